import type { z } from "zod";

import { nearest } from "./nearest";
import { namespace, secretKeys } from "./settings";

/** A JSON schema as far as problems are explained with it. */
export interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  /** The only keys there may be, where all of them have one shape. */
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: Shape;
}

/** Settings that cannot be used; the message lists every problem with its place, value and way out. */
export class SettingsError extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      `${count} in ${file}, nothing was changed:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
    this.name = "SettingsError";
  }
}

/** Stands in messages for a value that is nobody's business. */
export const hidden = "[secret]";

/** What was read: plain values, the names of encrypted keys, and the shape they should have. */
export interface Reading {
  /** What stands before a key in the file, `platform:`. */
  readonly prefix: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly encrypted: ReadonlySet<string>;
  readonly shape: Shape;
}

/** One sentence for each thing that is wrong, in the words of the person who wrote the file. */
export function explain(issue: z.core.$ZodIssue, reading: Reading): string[] {
  const path = issue.path.map(String);
  const key = `${reading.prefix}${path.join(".")}`;
  const given = shown(path, reading);

  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((unknown) => unknownKey([...path, unknown], reading));
    case "invalid_type":
      return valueAt(path, reading.values) === undefined
        ? [missing(path, issue.expected, reading)]
        : [`${key} is ${given}; it must be ${article(issue.expected)}`];
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const value = valueAt(path, reading.values);
      if (value === undefined) return [`${key} is missing; allowed: ${allowed.join(", ")}`];
      const meant = given === hidden || typeof value !== "string" ? undefined : nearest(value, allowed);
      return [`${key} is ${given}; ${meant ? `did you mean ${meant}? ` : ""}allowed: ${allowed.join(", ")}`];
    }
    case "too_small":
      return [`${key} is ${given}; it must be at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`];
    case "too_big":
      return [`${key} is ${given}; it must be at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`];
    case "invalid_union":
      return [`${key} is ${given}; allowed: ${literals(issue).join(", ")}`];
    case "invalid_key":
      return [`${key}: ${issue.issues.map((inner) => inner.message).join("; ")}`];
    case "custom":
      if (secretKeys.includes(path[0] ?? "") && valueAt(path, reading.values) === undefined) {
        return [`${key} is missing: ${issue.message}; set it with: ${setSecret(path)}`];
      }
      return [`${key} is ${given}: ${issue.message}`];
    default:
      return [`${key} is ${given}; it must be ${issue.message}`];
  }
}

/** The command that stores a secret setting. */
export function setSecret(path: readonly string[]): string {
  return `pulumi config set --secret ${path.length > 1 ? "--path " : ""}${namespace}:${path.join(".")}`;
}

function missing(path: readonly string[], expected: string, reading: Reading): string {
  const key = `${reading.prefix}${path.join(".")}`;
  return secretKeys.includes(path[0] ?? "")
    ? `${key} is missing; set it with: ${setSecret(path)}`
    : `${key} is missing; it must be ${article(expected)}`;
}

function unknownKey(path: readonly string[], reading: Reading): string {
  const around = shapeAt(path.slice(0, -1), reading.shape);
  const allowed = around?.propertyNames?.enum ?? Object.keys(around?.properties ?? {});
  const meant = nearest(path.at(-1) ?? "", allowed);
  return (
    `${reading.prefix}${path.join(".")} is not a setting; ` +
    `${meant ? `did you mean ${meant}? ` : ""}allowed here: ${allowed.join(", ")}`
  );
}

/** The value as it may be shown: never one that was encrypted, or that is a secret by its key. */
function shown(path: readonly string[], reading: Reading): string {
  const top = path[0] ?? "";
  if (reading.encrypted.has(top) || secretKeys.includes(top)) return hidden;
  const value = valueAt(path, reading.values);
  return value === undefined ? "missing" : JSON.stringify(value);
}

function valueAt(path: readonly string[], value: unknown): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function shapeAt(path: readonly string[], shape: Shape): Shape | undefined {
  return path.reduce<Shape | undefined>((at, key) => {
    if (at?.properties?.[key]) return at.properties[key];
    return typeof at?.additionalProperties === "object" ? at.additionalProperties : at?.items;
  }, shape);
}

function literals(issue: z.core.$ZodIssueInvalidUnion): string[] {
  return issue.errors
    .flat()
    .flatMap((inner) => (inner.code === "invalid_value" ? inner.values.map(String) : []));
}

function article(expected: string): string {
  const words: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a block of settings",
    record: "a block of settings",
    array: "a list",
  };
  return words[expected] ?? `of type ${expected}`;
}

function unit(origin: string, minimum: number | bigint): string {
  if (origin === "array") return minimum === 1 ? " entry" : " entries";
  return origin === "string" ? (minimum === 1 ? " character" : " characters") : "";
}
