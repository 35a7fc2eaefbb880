import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { CommandFailure, exitCodes } from "../failure";
import { git, gitOrNothing } from "../git/run";

/** A commit of the repository that a checkout belongs to. */
export interface Commit {
  /** Full hash. */
  readonly hash: string;
  /** Hash of the files below the checkout's folder: two commits with one tree hold the same. */
  readonly tree: string;
  readonly subject: string;
}

/** Where a change begins. */
export interface Base extends Commit {
  /** What was asked for. */
  readonly ref: string;
  /** Whether the ref has commits that `HEAD` does not have; they are no part of the change. */
  readonly movedOn: boolean;
}

/**
 * The commit that `HEAD` and `ref` last had in common: what a change is compared with, whatever `ref` got since.
 *
 * @throws CommandFailure when the folder is no repository, or holds no such commit.
 */
export async function baseOf(checkout: string, ref: string): Promise<Base> {
  // A ref that begins with a dash would be an option.
  const tip = ref.startsWith("-")
    ? undefined
    : await gitOrNothing(checkout, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  if (tip === undefined) throw await unknownRef(checkout, ref);
  const base = await gitOrNothing(checkout, ["merge-base", tip.trim(), "HEAD"]);
  if (base === undefined) {
    throw new CommandFailure(
      `${ref} and HEAD have no commit in common here; where the clone is shallow, fetch the rest: git fetch --unshallow`,
      exitCodes.wrong,
    );
  }
  const hash = base.trim();
  const tree = await gitOrNothing(checkout, ["rev-parse", "--verify", "--quiet", `${hash}:./`]);
  if (tree === undefined) {
    throw new CommandFailure(
      `the folder of this checkout is not in the base ${hash.slice(0, 7)}; compare with a later commit`,
      exitCodes.wrong,
    );
  }
  return {
    ref,
    movedOn: tip.trim() !== hash,
    hash,
    tree: tree.trim(),
    subject: (await git(checkout, ["show", "--no-patch", "--format=%s", hash])).trim(),
  };
}

/** Whether files of the checkout differ from `HEAD`: what is compared is the files. */
export async function isEdited(checkout: string): Promise<boolean> {
  const args = ["--no-optional-locks", "status", "--porcelain", "--untracked-files=normal", "--", "."];
  return (await git(checkout, args)) !== "";
}

/** The text of one file in a commit, or undefined when it is not there. */
export async function fileIn(checkout: string, commit: Commit, path: string): Promise<string | undefined> {
  // What is listed must also be had: a failure to read it is none of "it is not there".
  const listed = await git(checkout, ["ls-tree", "--full-tree", "--name-only", commit.tree, "--", path]);
  return listed === "" ? undefined : git(checkout, ["cat-file", "blob", `${commit.tree}:${path}`]);
}

/** Writes the files of a commit into a folder; the checkout, its index and its branches stay as they are. */
export async function writeTree(checkout: string, commit: Commit, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const repository = (await git(checkout, ["rev-parse", "--absolute-git-dir"])).trim();
  const index = { GIT_INDEX_FILE: join(folder, "..", "index") };
  const there = ["--git-dir", repository, "--work-tree", folder];
  await git(folder, [...there, "read-tree", commit.tree], { env: index });
  await git(folder, [...there, "checkout-index", "--all"], { env: index });
}

async function unknownRef(checkout: string, ref: string): Promise<CommandFailure> {
  try {
    await git(checkout, ["rev-parse", "--verify", "HEAD"]);
  } catch (error) {
    return new CommandFailure(
      `${checkout} is no git checkout with a commit to compare with: ${(error as Error).message}`,
      exitCodes.wrong,
    );
  }
  return new CommandFailure(
    `${JSON.stringify(ref)} is no commit here; allowed: a branch, a tag or a hash that this clone has, such as origin/main`,
    exitCodes.wrong,
  );
}
