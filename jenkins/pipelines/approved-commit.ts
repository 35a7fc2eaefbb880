/**
 * Prints the commit of a pull request that may run with credentials that read: one of this repository, which another
 * member has approved as it is now. The token is in TOKEN.
 *
 *   approved-commit.ts OWNER/REPOSITORY NUMBER
 */
import { askGithub } from "./github-app";

export interface PullRequest {
  readonly state: string;
  readonly user: { readonly login: string };
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly repo: { readonly full_name: string } };
}

export interface Review {
  readonly state: string;
  readonly commit_id: string | null;
  readonly author_association: string;
  readonly user: { readonly login: string } | null;
}

const members: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/** Why its commit may not run, or undefined where it may. */
export function refusalOf(
  { state, user, head, base }: PullRequest,
  reviews: readonly Review[],
): string | undefined {
  if (state !== "open") return `it is ${state}`;
  // Of a branch of ours the author is somebody who may write here.
  if (head.repo?.full_name !== base.repo.full_name) return "it comes from a fork";
  // What somebody said last counts; a comment leaves a verdict as it is.
  const verdicts = new Map<string, Review>();
  for (const review of reviews) {
    if (review.user && review.state !== "COMMENTED" && review.state !== "PENDING") {
      verdicts.set(review.user.login, review);
    }
  }
  const approved = [...verdicts].some(
    ([login, review]) =>
      login !== user.login &&
      review.state === "APPROVED" &&
      review.commit_id === head.sha &&
      members.has(review.author_association),
  );
  return approved
    ? undefined
    : `no other member has approved ${head.sha.slice(0, 7)}, its newest commit; approve it, and start this job again`;
}

async function main([place = "", number = ""]: readonly string[]): Promise<void> {
  if (!/^[A-Za-z0-9-]+\/[\w.-]+$/.test(place) || !/^[1-9][0-9]*$/.test(number)) {
    throw new Error(
      `${JSON.stringify(place)} ${JSON.stringify(number)} must be OWNER/REPOSITORY and a number`,
    );
  }
  const pull = `/repos/${place}/pulls/${number}`;
  const token = process.env["TOKEN"] ?? "";
  const request = (await askGithub("GET", pull, token)) as PullRequest;
  const reviews: Review[] = [];
  for (let page = 1; ; page++) {
    const some = (await askGithub("GET", `${pull}/reviews?per_page=100&page=${page}`, token)) as Review[];
    reviews.push(...some);
    if (some.length < 100) break;
  }
  const refusal = refusalOf(request, reviews);
  if (refusal !== undefined) throw new Error(`pull request ${number} is not previewed: ${refusal}`);
  process.stdout.write(`${request.head.sha}\n`);
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
}
