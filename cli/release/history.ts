import { parse } from "yaml";

import { isBlock } from "../../config/cross-rules";
import { type ReleaseEntry, releaseEntry } from "../../config/releases";
import { exactVersion } from "../../config/version";
import { CommandFailure, exitCodes } from "../failure";
import { git, gitOrNothing } from "../git/run";
import { lineIn } from "./edit";
import { placeOf } from "./files";

/** A commit that has changed a file, and what the file was then. */
interface Past {
  readonly commit: string;
  /** `2026-01-31`. */
  readonly date: string;
  readonly subject: string;
  readonly text: string;
}

/** A release that a stack had, and the newest commit that says so. */
export interface PastRelease extends Omit<Past, "text"> {
  readonly version: string;
}

/**
 * Refuses to go on without a history to ask.
 *
 * @throws CommandFailure
 */
export async function needHistory(checkout: string, question: string): Promise<void> {
  try {
    await git(checkout, ["rev-parse", "--verify", "HEAD^{commit}"]);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      `${checkout} is no git checkout with a commit, and ${question} is known only from the commits; ` +
        `clone the repository with git and run this there (${(error as Error).message})`,
      exitCodes.wrong,
    );
  }
}

/** Whether the clone lacks older commits: what it does not know may have been all the same. */
export async function isShallow(checkout: string): Promise<boolean> {
  return (await git(checkout, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
}

/** The release of a service as `HEAD` has it, whatever is edited since. */
export async function committedRelease(
  checkout: string,
  stack: string,
  service: string,
): Promise<ReleaseEntry | undefined> {
  const file = placeOf(stack);
  if ((await git(checkout, ["ls-tree", "--name-only", "HEAD", "--", file])) === "") return undefined;
  const text = await git(checkout, ["cat-file", "blob", `HEAD:./${file}`]);
  return releaseEntry.safeParse(entryIn(text, service)).data;
}

/**
 * The version of each service that a commit has in a stack, in the order of its file.
 *
 * @throws CommandFailure where the clone has no such commit.
 */
export async function versionsAt(
  checkout: string,
  stack: string,
  commit: string,
): Promise<Record<string, string>> {
  const file = placeOf(stack);
  // A commit that looks like an option is none.
  const found = /^[0-9a-f]{7,64}$/.test(commit)
    ? await gitOrNothing(checkout, ["rev-parse", "--verify", `${commit}^{commit}`])
    : undefined;
  if (found === undefined) {
    throw new CommandFailure(
      `--since is ${JSON.stringify(commit)}, which this clone does not have; it must be a commit by its hash, and the clone whole (git fetch --unshallow)`,
      exitCodes.wrong,
    );
  }
  if ((await git(checkout, ["ls-tree", "--name-only", found.trim(), "--", file])) === "") return {};
  const text = await git(checkout, ["cat-file", "blob", `${found.trim()}:./${file}`]);
  const values = valuesIn(text);
  return Object.fromEntries(
    Object.keys(isBlock(values) ? values : {}).flatMap((service) => {
      const version = versionIn(text, service);
      return version === undefined ? [] : [[service, version]];
    }),
  );
}

/** The commit by which a stack had a version of a service, or undefined where none of this branch says so. */
export async function whenItHad(
  checkout: string,
  stack: string,
  service: string,
  version: string,
): Promise<PastRelease | undefined> {
  for await (const { text, ...past } of pastsOf(checkout, placeOf(stack))) {
    // To read a file with all services takes long, and most do not even name the version.
    if (text.includes(version) && versionIn(text, service) === version) return { ...past, version };
  }
  return undefined;
}

/** The last release that a service had in a stack before the one it has now, or undefined where there was none. */
export async function releaseBefore(
  checkout: string,
  stack: string,
  service: string,
  present: { readonly text: string; readonly version: string },
): Promise<PastRelease | undefined> {
  const line = lineIn(present.text, service);
  for await (const { text, ...past } of pastsOf(checkout, placeOf(stack))) {
    // As above: most commits are about other services.
    if (line !== undefined && `\n${text}`.includes(`\n${line}`)) continue;
    const version = versionIn(text, service);
    if (version !== undefined && version !== present.version) return { ...past, version };
  }
  return undefined;
}

/**
 * What a stack had of a service before it had a version; `release` is undefined where that version was the first.
 * Commits in which the file was broken tell nothing.
 */
export async function stateBefore(
  checkout: string,
  stack: string,
  service: string,
  version: string,
): Promise<{ readonly release?: ReleaseEntry; readonly known: boolean }> {
  const file = placeOf(stack);
  for await (const { text, commit } of pastsOf(checkout, file)) {
    const values = valuesIn(text);
    if (!isBlock(values) || versionIn(text, service) === version) continue;
    if (!Object.hasOwn(values, service)) return { known: true };
    const release = releaseEntry.safeParse(values[service]).data;
    if (release) return { release, known: true };
    throw new CommandFailure(
      `${file} of commit ${commit.slice(0, 7)} has no whole release of ${service} to go back to; ` +
        `say what is to run: ./platform release set ${service} VERSION --stack ${stack} --build BUILD`,
      exitCodes.wrong,
    );
  }
  return { known: false };
}

/** Files that are read at once. */
const batch = 200;

/**
 * Every text that a file had in the commits of this branch, the newest first. All sides of a merge count, so that
 * nothing is lost that came by one.
 */
async function* pastsOf(checkout: string, file: string): AsyncGenerator<Past> {
  const format = "--format=%H%x00%cs%x00%s";
  // Not `log`, which does as each user has configured it.
  const list = await git(checkout, [
    "rev-list",
    "--full-history",
    "--date-order",
    format,
    "HEAD",
    "--",
    file,
  ]);
  const commits = list.split("\n").filter((line) => line.includes("\0"));
  for (let from = 0; from < commits.length; from += batch) {
    const some = commits.slice(from, from + batch).map((line) => {
      const [commit = "", date = "", subject = ""] = line.split("\0");
      return { commit, date, subject };
    });
    const texts = await textsIn(
      checkout,
      some.map(({ commit }) => commit),
      file,
    );
    for (const [index, past] of some.entries()) {
      const text = texts[index];
      if (text !== undefined) yield { ...past, text };
    }
  }
}

/** What a file was in several commits; undefined where it was not there. */
async function textsIn(
  checkout: string,
  commits: readonly string[],
  file: string,
): Promise<(string | undefined)[]> {
  const input = commits.map((commit) => `${commit}:./${file}\n`).join("");
  const output = Buffer.from(await git(checkout, ["cat-file", "--batch"], { input }));
  const texts: (string | undefined)[] = [];
  let at = 0;
  for (const commit of commits) {
    const end = output.indexOf("\n", at);
    const heading = output.toString("utf8", at, end);
    at = end + 1;
    const size = /^[0-9a-f]+ blob ([0-9]+)$/.exec(heading)?.[1];
    if (size === undefined) {
      await refuseWhatIsNotHere(checkout, commit, file);
      texts.push(undefined);
      continue;
    }
    texts.push(output.toString("utf8", at, at + Number(size)));
    at += Number(size) + 1;
  }
  return texts;
}

/** A file that a commit has and the clone does not is no file that was removed. */
async function refuseWhatIsNotHere(checkout: string, commit: string, file: string): Promise<void> {
  const listed = await git(checkout, ["ls-tree", "--name-only", commit, "--", file]);
  if (listed === "") return;
  throw new CommandFailure(
    `this clone does not have ${file} of commit ${commit.slice(0, 7)}; fetch what is left out: git fetch --refetch --no-filter`,
    exitCodes.wrong,
  );
}

/** The version in a text of any age, which may say else what it will. */
function versionIn(text: string, service: string): string | undefined {
  const entry = entryIn(text, service);
  return isBlock(entry) ? exactVersion.safeParse(entry["version"]).data : undefined;
}

function entryIn(text: string, service: string): unknown {
  const values = valuesIn(text);
  return isBlock(values) ? values[service] : undefined;
}

function valuesIn(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch {
    return undefined;
  }
}
