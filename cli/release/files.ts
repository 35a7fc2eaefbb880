import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import type { Catalogue } from "../../config/catalogue";
import { nearest } from "../../config/nearest";
import { parseReleases, type Releases, releasesFolder } from "../../config/releases";
import { longLivedStacks } from "../../config/stacks";

/** The file that says what runs in a stack, read and found right. */
export interface ReleasesFile {
  readonly stack: string;
  /** Its place in the checkout, for messages and for git. */
  readonly file: string;
  readonly path: string;
  readonly text: string;
  readonly releases: Releases;
}

/** The stacks that have a file of releases: the long-lived ones in the order of promotion, then the others. */
export function stacksWithReleases(checkout: string): string[] {
  const rank = (stack: string) => {
    const index = (longLivedStacks as readonly string[]).indexOf(stack);
    return index === -1 ? longLivedStacks.length : index;
  };
  return readdirSync(join(checkout, releasesFolder))
    .filter((file) => /^[^.].*\.yaml$/.test(file))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort()
    .sort((a, b) => rank(a) - rank(b));
}

/** Why a stack has no file of releases, or undefined where it has one. */
export function stackProblem(checkout: string, option: string, stack: string): string | undefined {
  const stacks = stacksWithReleases(checkout);
  if (stacks.includes(stack)) return undefined;
  const meant = nearest(stack, stacks);
  return (
    `${option} is ${JSON.stringify(stack)}, which has no file in ${releasesFolder}; ` +
    `${meant ? `did you mean ${meant}? ` : ""}allowed: ${stacks.join(", ")}`
  );
}

/** Where the releases of a stack are in a checkout. */
export function placeOf(stack: string): string {
  return `${releasesFolder}/${stack}.yaml`;
}

/** @throws SettingsError with everything that is wrong in the file. */
export function readReleasesFile(checkout: string, stack: string, catalogue: Catalogue): ReleasesFile {
  const file = placeOf(stack);
  const path = join(checkout, file);
  const text = readFileSync(path, "utf8");
  return { stack, file, path, text, releases: parseReleases(text, file, catalogue) };
}

/** Puts a text in the place of a file at once: whoever reads it has all of the one or all of the other. */
export function replaceFile(path: string, text: string): void {
  // A link stays one.
  const target = realpathSync(path);
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}`);
  const file = openSync(beside, "wx", statSync(target).mode);
  try {
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
