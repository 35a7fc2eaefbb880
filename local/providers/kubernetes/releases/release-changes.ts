import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import { pathTo } from "../../property-path";
import type { ChangeKind, Difference } from "../../provider";

type Changes = Map<string, { kind: ChangeKind; replaces: boolean }>;

/** What makes a release another one. */
const replacing = ["name", "namespace"];

/** Every input that differs, to the last value; the order of keys carries no meaning. */
export function releaseChanges(old: Values, next: Values): Difference {
  const changes: Changes = new Map();
  compare(old, next, "", changes);
  return { changes, deleteBeforeReplace: true };
}

function compare(old: Value | undefined, next: Value | undefined, path: string, into: Changes): void {
  if (isDeepStrictEqual(old, next)) return;
  if (isBlock(old) && isBlock(next)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      compare(old[key], next[key], pathTo(path, key), into);
    }
  } else if (Array.isArray(old) && Array.isArray(next)) {
    for (let index = 0; index < Math.max(old.length, next.length); index += 1) {
      compare(old[index], next[index], `${path}[${index}]`, into);
    }
  } else {
    const kind = old === undefined ? "add" : next === undefined ? "delete" : "update";
    into.set(path, { kind, replaces: replacing.includes(path) });
  }
}
