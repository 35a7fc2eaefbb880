import { z } from "zod";

/**
 * A version in full, as semver.org has it but for build metadata: an OCI tag has no `+`.
 * https://semver.org
 */
export const exactVersion = z
  .string()
  .max(60, "at most 60 characters")
  .regex(
    /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?$/,
    "one exact version, for example 1.4.2 or 1.5.0-pr.57; no ranges and no v before it",
  );

/**
 * Which of two exact versions comes first: below zero for `a`, above for `b`, zero where neither does.
 *
 * https://semver.org/#spec-item-11
 */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = parts(a);
  const [coreB, preB] = parts(b);
  const core = compareLists(coreA, coreB);
  if (core !== 0) return core;
  // What comes before a release is smaller than the release.
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length;
  return compareLists(preA, preB);
}

function parts(version: string): [core: string[], preRelease: string[]] {
  const dash = version.indexOf("-");
  return dash < 0
    ? [version.split("."), []]
    : [version.slice(0, dash).split("."), version.slice(dash + 1).split(".")];
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    // Of two that begin alike the longer is greater.
    if (other === undefined) return 1;
    const order = compareParts(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by their size, and before texts, which are ordered by their characters. */
function compareParts(a: string, b: string): number {
  const [numberA, numberB] = [isNumber(a), isNumber(b)];
  if (numberA !== numberB) return numberA ? -1 : 1;
  // Without leading zeros the longer number is the greater; JavaScript's own would round what has 16 digits.
  if (numberA && a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
