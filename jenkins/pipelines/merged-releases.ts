/**
 * Prints, as JSON, why versions that production's file has may not be deployed: `{ SERVICE: REASON }`, without those that
 * may. One may that came to main since a commit by a merged pull request, which somebody has approved who had no part in
 * it. A commit after it that goes back to it, as promote makes when a newer version does not come to run, asks for nothing
 * more. The token is in TOKEN.
 *
 *   merged-releases.ts OWNER/REPOSITORY SINCE SERVICE=VERSION...
 */
import { execFileSync } from "node:child_process";

import { parse } from "yaml";

import { releasesFolder } from "../../config/releases";
import { evidenceOf, type PullRequest, refusalOf } from "./approval";
import { askGithub, listGithub } from "./github-app";

const file = `${releasesFolder}/production.yaml`;

/** The only branch that is deployed. */
const main = "main";

interface Question {
  readonly place: string;
  readonly since: string;
  readonly token: string;
}

/** Why a version may not be deployed, or undefined where it may. */
async function refusal(
  { place, since, token }: Question,
  service: string,
  version: string,
): Promise<string | undefined> {
  const commits = broughtBy(since, service, version);
  const reasons: string[] = [];
  if (commits.length === 0) reasons.push(`no commit of ${main} since ${since.slice(0, 7)} has brought it`);
  for (const commit of commits) {
    const pulls = await mergedWith(place, commit, token);
    if (pulls.length === 0) {
      reasons.push(`${commit.slice(0, 7)} came to ${main} without a pull request`);
    }
    for (const number of pulls) {
      const evidence = await evidenceOf(place, number, token);
      const { sha } = evidence.pull.head;
      // What was pushed beside GitHub can say another version than what was approved.
      const approved = await versionAt(place, sha, service, token);
      const reason =
        refusalOf(evidence) ??
        (approved === version ? undefined : `what was approved has ${approved ?? `no ${service}`}`);
      if (reason === undefined) return undefined;
      reasons.push(`pull request ${number}: ${reason}`);
    }
  }
  return `${service} ${version} is not deployed, for nobody has approved it: ${reasons.join("; ")}`;
}

/** Commits of main itself with which its line came to be of this version, the newest first. */
function broughtBy(since: string, service: string, version: string): string[] {
  // By the first parents alone: what a merge took from elsewhere came with the merge.
  const commits = git("rev-list", "--first-parent", `${since}..HEAD`, "--", file)
    .split("\n")
    .filter((line) => line !== "");
  return commits.filter((commit) => {
    const [, parent] = git("rev-list", "--parents", "--max-count=1", commit).trim().split(" ");
    return (
      versionIn(textAt(commit), service) === version &&
      (parent === undefined || versionIn(textAt(parent), service) !== version)
    );
  });
}

const git = (...args: string[]) =>
  execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const textAt = (commit: string) =>
  git("ls-tree", "--name-only", commit, "--", file) === ""
    ? ""
    : git("cat-file", "blob", `${commit}:${file}`);

/** Undefined too where it is a file that nobody could deploy. */
function versionIn(text: string, service: string): string | undefined {
  try {
    const version = (parse(text) as Record<string, { version?: unknown }> | null)?.[service]?.version;
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Numbers of the pull requests by which GitHub says that a commit came to main.
 * https://docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
async function mergedWith(place: string, commit: string, token: string): Promise<number[]> {
  const pulls = (await listGithub(
    `/repos/${place}/commits/${commit}/pulls?per_page=100`,
    token,
  )) as (PullRequest & {
    merged_at: string | null;
  })[];
  return pulls
    .filter(
      ({ merged_at, base }) =>
        merged_at !== null && base.ref === main && base.repo.full_name.toLowerCase() === place.toLowerCase(),
    )
    .map(({ number }) => number);
}

async function versionAt(
  place: string,
  commit: string,
  service: string,
  token: string,
): Promise<string | undefined> {
  const answer = await askGithub("GET", `/repos/${place}/contents/${file}?ref=${commit}`, token);
  return versionIn(Buffer.from((answer as { content: string }).content, "base64").toString(), service);
}

async function run([place = "", since = "", ...releases]: readonly string[]): Promise<void> {
  if (!/^[A-Za-z0-9-]+\/[\w.-]+$/.test(place) || !/^[0-9a-f]{40}$/.test(since)) {
    throw new Error(
      `${JSON.stringify(place)} ${JSON.stringify(since)} must be OWNER/REPOSITORY and a commit`,
    );
  }
  const question = { place, since, token: process.env["TOKEN"] ?? "" };
  const refused: Record<string, string> = {};
  for (const release of releases) {
    const [, service, version] = /^([a-z][a-z0-9-]*)=([0-9A-Za-z.-]+)$/.exec(release) ?? [];
    if (service === undefined || version === undefined) {
      throw new Error(`${JSON.stringify(release)} must be SERVICE=VERSION`);
    }
    const reason = await refusal(question, service, version);
    if (reason !== undefined) refused[service] = reason;
  }
  process.stdout.write(`${JSON.stringify(refused)}\n`);
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`who approved the releases is not known: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
