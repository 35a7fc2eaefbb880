import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../cloud/check";
import { pathOf } from "../cloud/rules/read";
import type { Field, Fields, Value, Values } from "../cloud/rules/shape";
import { pathTo } from "./property-path";
import type { ChangeKind, Difference } from "./provider";

type Changes = Map<string, { kind: ChangeKind; replaces: boolean }>;

/**
 * Every property that differs between two versions of the inputs, and whether it makes a new resource.
 *
 * `live` is what the cloud answered last. What Google fills in by itself is no change when a caller stops saying it,
 * or begins to say what it is already.
 */
export function changesBetween(
  fields: Fields,
  old: Values,
  next: Values,
  live: Values = {},
): Difference["changes"] {
  const changes: Changes = new Map();
  compareFields(fields, { old, next, live }, "", changes);
  return changes;
}

interface Versions<T> {
  readonly old: T;
  readonly next: T;
  readonly live: Value | undefined;
}

function compareFields(
  fields: Fields,
  { old, next, live }: Versions<Values>,
  path: string,
  into: Changes,
): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const field = fields[name] ?? { type: "flag" as const };
    const inner = { old: old[name], next: next[name], live: isBlock(live) ? live[name] : undefined };
    compare(field, inner, path === "" ? name : `${path}.${name}`, field.replaces === true, into);
  }
}

/** `replaces` of a block is about its coming and going; what is inside speaks for itself. */
function compare(
  field: Field,
  { old, next, live }: Versions<Value | undefined>,
  path: string,
  replaces: boolean,
  into: Changes,
): void {
  if (same(field, old, next)) return;
  if (isMissing(next) && field.computed) return;
  if (isMissing(old) && !isMissing(live) && field.computed && same(field, live, next)) return;
  if (isMissing(old) || isMissing(next)) {
    if (field.default === undefined && (isZero(old) || isZero(next))) return;
    into.set(path, {
      kind: isMissing(old) ? "add" : "delete",
      replaces: replaces || replacesBelow(field, old, next),
    });
  } else if (field.type === "object" && isBlock(old) && isBlock(next)) {
    compareFields(field.fields, { old, next, live }, path, into);
  } else if (field.type === "map" && isBlock(old) && isBlock(next)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      const inner = { old: old[key], next: next[key], live: undefined };
      compare(field.of, inner, pathTo(path, key), replaces, into);
    }
  } else if (field.type === "list" && !field.unordered && Array.isArray(old) && Array.isArray(next)) {
    for (let index = 0; index < Math.max(old.length, next.length); index += 1) {
      const item = Array.isArray(live) ? live[index] : undefined;
      const inner = { old: old[index], next: next[index], live: item };
      compare(field.of, inner, `${path}[${index}]`, replaces, into);
    }
  } else {
    into.set(path, { kind: "update", replaces: replaces || replacesBelow(field, old, next) });
  }
}

/** What the provider cannot tell from nothing: false, 0, an empty text or list. */
function isZero(value: Value | undefined): boolean {
  return value === false || value === 0 || value === "" || (Array.isArray(value) && value.length === 0);
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
    // A self link and the id in it mean the same resource.
    return pathOf(old) === pathOf(next);
  }
  if (field.type === "text" && field.json && typeof old === "string" && typeof next === "string") {
    return sameJson(old, next);
  }
  return isDeepStrictEqual(old, next);
}

/** What the old one has and the new one does not say counts as added by Google, even when a program took it out. */
function sameJson(old: string, next: string): boolean {
  try {
    const wanted = JSON.parse(next) as Value;
    return isDeepStrictEqual(withoutMore(JSON.parse(old) as Value, wanted), wanted);
  } catch {
    return old === next;
  }
}

function withoutMore(old: Value, next: Value | undefined): Value {
  if (isBlock(old) && isBlock(next)) {
    const shared = Object.entries(old).filter(([name]) => !isMissing(next[name]));
    return Object.fromEntries(shared.map(([name, value]) => [name, withoutMore(value, next[name])]));
  }
  if (Array.isArray(old) && Array.isArray(next))
    return old.map((value, index) => withoutMore(value, next[index]));
  return old;
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
