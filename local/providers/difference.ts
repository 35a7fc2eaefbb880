import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../cloud/check";
import type { Field, Fields, Value, Values } from "../cloud/rules/shape";
import type { ChangeKind, Difference } from "./provider";

type Changes = Map<string, { kind: ChangeKind; replaces: boolean }>;

/** Every property that differs between two versions of the inputs, and whether it makes a new resource. */
export function changesBetween(fields: Fields, old: Values, next: Values): Difference["changes"] {
  const changes: Changes = new Map();
  compareFields(fields, old, next, "", changes);
  return changes;
}

function compareFields(fields: Fields, old: Values, next: Values, path: string, into: Changes): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const field = fields[name] ?? { type: "flag" as const };
    compare(
      field,
      old[name],
      next[name],
      path === "" ? name : `${path}.${name}`,
      field.replaces === true,
      into,
    );
  }
}

/** `replaces` of a block is about its coming and going; what is inside speaks for itself. */
function compare(
  field: Field,
  old: Value | undefined,
  next: Value | undefined,
  path: string,
  replaces: boolean,
  into: Changes,
): void {
  if (same(field, old, next)) return;
  if (isMissing(old) || isMissing(next)) {
    into.set(path, {
      kind: isMissing(old) ? "add" : "delete",
      replaces: replaces || replacesBelow(field, old, next),
    });
  } else if (field.type === "object" && isBlock(old) && isBlock(next)) {
    compareFields(field.fields, old, next, path, into);
  } else if (field.type === "map" && isBlock(old) && isBlock(next)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      compare(field.of, old[key], next[key], `${path}.${key}`, replaces, into);
    }
  } else if (field.type === "list" && !field.unordered && Array.isArray(old) && Array.isArray(next)) {
    for (let index = 0; index < Math.max(old.length, next.length); index += 1) {
      compare(field.of, old[index], next[index], `${path}[${index}]`, replaces, into);
    }
  } else {
    into.set(path, { kind: "update", replaces: replaces || replacesBelow(field, old, next) });
  }
}

/** A block that comes or goes brings its own replacing fields along. */
function replacesBelow(field: Field, old: Value | undefined, next: Value | undefined): boolean {
  const block = isBlock(old) ? old : isBlock(next) ? next : undefined;
  if (field.type === "list") {
    const items = [old, next].flatMap((value) => (Array.isArray(value) ? value : []));
    return field.of.replaces === true || items.some((item) => replacesBelow(field.of, item, item));
  }
  if (field.type !== "object" || !block) return false;
  return Object.entries(block).some(([name, value]) => {
    const inner = field.fields[name];
    return (
      inner !== undefined &&
      !isMissing(value) &&
      (inner.replaces === true || replacesBelow(inner, value, value))
    );
  });
}

function same(field: Field, old: Value | undefined, next: Value | undefined): boolean {
  if (isMissing(old) && isMissing(next)) return true;
  if (field.type === "list" && field.unordered && Array.isArray(old) && Array.isArray(next)) {
    return isDeepStrictEqual(sorted(old), sorted(next));
  }
  if (field.type === "text" && field.reference && typeof old === "string" && typeof next === "string") {
    return plainId(old) === plainId(next);
  }
  return isDeepStrictEqual(old, next);
}

function isMissing(value: Value | undefined): value is undefined | null {
  return value === undefined || value === null;
}

function sorted(values: Value[]): string[] {
  return values.map((value) => JSON.stringify(ordered(value))).sort();
}

/** The same value with the keys of its blocks in order: their order carries no meaning. */
function ordered(value: Value): Value {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isBlock(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key] ?? null)]),
  );
}

/** A self link and the id in it mean the same resource. */
function plainId(value: string): string {
  return value.replace(/^https:\/\/[^/]+\/(?:compute\/)?[a-z0-9]+\/(?=projects\/)/, "");
}
