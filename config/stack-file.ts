import { parse } from "yaml";

import type { RawConfig } from "./parse";
import { SettingsError } from "./problems";

/** A `Pulumi.STACK.yaml` as people write it, read without the engine. */
export interface StackFile {
  /** File to name in messages. */
  readonly file: string;
  /** Full key to value, blocks as blocks; encrypted values as `{ secure: … }`. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** @throws SettingsError when the text is not a stack file. */
export function readStackFile(text: string, file: string): StackFile {
  let document: unknown;
  try {
    // As the engine reads it: a time without quotes is no text, and `no` is false.
    document = parse(text, { version: "1.1" });
  } catch (error) {
    throw new SettingsError(file, [`it is not YAML: ${(error as Error).message.split("\n")[0]}`]);
  }
  const config = isBlock(document) ? (document["config"] ?? {}) : undefined;
  if (!isBlock(config))
    throw new SettingsError(file, ["it needs a block `config:` with the settings of the stack"]);
  return { file, config };
}

/**
 * The configuration as the engine would hand it to the program, with `placeholder` in place of what is encrypted:
 * good for checking the settings, not for using them.
 */
export function rawConfigOf({ file, config }: StackFile, placeholder: string): RawConfig {
  return {
    file,
    values: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, textOf(value, placeholder)]),
    ),
    encrypted: [...new Set(encryptedPaths(config).map(([key = ""]) => key))],
  };
}

/** What a pop-up without a file of its own starts from, seen from the checkout. */
export const popupTemplate = "templates/popup.yaml";

/** The same settings in another slice of the address plan: how a pop-up comes from its template. */
export function inSlice(file: StackFile, addresses: string): StackFile {
  const network = file.config["platform:network"];
  return {
    ...file,
    config: { ...file.config, "platform:network": { ...(isBlock(network) ? network : {}), addresses } },
  };
}

/** Whether a value of a stack file is an encrypted one. */
export function isEncrypted(value: unknown): value is { secure: string } {
  return isBlock(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

/** Where encrypted values are in a configuration: the full key, then the keys inside it. */
export function encryptedPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (isEncrypted(value)) return [[...path]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => encryptedPaths(inner, [...path, key]));
}

function textOf(value: unknown, placeholder: string): string {
  if (isEncrypted(value)) return placeholder;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (isEncrypted(inner) ? placeholder : inner));
}

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
