import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../../cloud/check";
import type { Value, Values } from "../../cloud/rules/shape";
import { type PathStep, pathTo } from "../property-path";
import type { ChangeKind, Difference } from "../provider";

/** One place at which two versions of an object differ. */
export interface Place {
  readonly steps: readonly PathStep[];
  /** What stands there in one of the versions, the later one where both have something. */
  readonly value: Value;
}

/** Every place at which two versions of an object differ, and whether that makes another object. */
export function changesOf(
  old: Values,
  next: Values,
  replaces: (place: Place) => boolean,
): Difference["changes"] {
  const changes = new Map<string, { kind: ChangeKind; replaces: boolean }>();
  const compare = (before: Value | undefined, after: Value | undefined, steps: readonly PathStep[]) => {
    if (isDeepStrictEqual(before, after)) return;
    if (isBlock(before) && isBlock(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        compare(present(before[key]), present(after[key]), [...steps, key]);
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
        compare(before[index], after[index], [...steps, index]);
      }
    } else {
      const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
      const place = { steps, value: after ?? before ?? null };
      changes.set(pathOf(steps), { kind, replaces: replaces(place) });
    }
  };
  compare(old, next, []);
  return changes;
}

/** To an API server a property that is null is one that is not there. */
function present(value: Value | undefined): Value | undefined {
  return value === null ? undefined : value;
}

function pathOf(steps: readonly PathStep[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : pathTo(path, step)),
    "",
  );
}
