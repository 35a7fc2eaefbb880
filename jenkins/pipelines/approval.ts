/** Whether somebody has approved a pull request who had no part in it, by what GitHub knows of it. */
import { askGithub, listGithub } from "./github-app";

export interface PullRequest {
  readonly number: number;
  readonly state: string;
  readonly user: { readonly login: string } | null;
  readonly head: {
    readonly sha: string;
    readonly ref: string;
    readonly repo: { readonly full_name: string } | null;
  };
  readonly base: { readonly ref: string; readonly repo: { readonly full_name: string } };
}

export interface Review {
  readonly state: string;
  readonly commit_id: string | null;
  readonly user: { readonly login: string } | null;
}

/** https://docs.github.com/rest/repos/repos#list-repository-activities */
export interface Activity {
  readonly activity_type: string;
  readonly before: string;
  readonly after: string;
  readonly actor: { readonly login: string } | null;
}

/** What a verdict on a pull request rests on. */
export interface Evidence {
  readonly pull: PullRequest;
  readonly reviews: readonly Review[];
  /** Of its branch, the newest first. */
  readonly activity: readonly Activity[];
  /** What those who have approved it may in its repository. */
  readonly permissions: ReadonlyMap<string, string>;
}

/**
 * `permission` of who may write. GitHub says `maintain` and roles of an organization there as the one of these that they
 * are built on: https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
const writing: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

/** GitHub takes names of people in upper and lower case for the same. */
const called = (person: { readonly login: string }) => person.login.toLowerCase();

/** Why nobody counts as having approved its newest commit, or undefined where somebody does. */
export function refusalOf({ pull, reviews, activity, permissions }: Evidence): string | undefined {
  const { user, head, base } = pull;
  const short = head.sha.slice(0, 7);
  // Of a branch of ours whoever pushed is somebody who may write here, and GitHub says who it was.
  if (head.repo?.full_name !== base.repo.full_name) return "it comes from a fork";
  if (!user) return "its author is no more at GitHub; let somebody else open it again";
  const approvers = approversOf(reviews, head.sha);
  if (approvers.length === 0) return `nobody has approved ${short}, its newest commit`;
  const pushers = pushersOf(activity, head.sha);
  if (!pushers) {
    return `GitHub does not say who has pushed all of ${short}; push it to a new branch, and open another pull request`;
  }
  const judged = approvers.map((login) => {
    if (login === called(user)) return `${login} is its author`;
    if (pushers.has(login)) return `${login} has pushed to it`;
    return writing.has(permissions.get(login) ?? "none") ? undefined : `${login} may not write here`;
  });
  return judged.includes(undefined)
    ? undefined
    : `nobody has approved ${short}, its newest commit, who counts: ${judged.join(", ")}`;
}

/** Whose last word on the pull request is that this commit is good; a comment leaves a verdict as it is. */
function approversOf(reviews: readonly Review[], sha: string): string[] {
  const verdicts = new Map<string, Review>();
  for (const review of reviews) {
    if (review.user && review.state !== "COMMENTED" && review.state !== "PENDING") {
      verdicts.set(called(review.user), review);
    }
  }
  return [...verdicts]
    .filter(([, { state, commit_id }]) => state === "APPROVED" && commit_id === sha)
    .map(([login]) => login);
}

/**
 * Everybody who has pushed to the branch from its beginning to this commit, whatever is left of it: whose commits they
 * were cannot be told from commits. Undefined where one push is not known, or by whom it was.
 */
function pushersOf(activity: readonly Activity[], sha: string): ReadonlySet<string> | undefined {
  const pushers = new Set<string>();
  // What came after this commit, such as the end of the branch, is no part of it.
  let wanted = sha;
  for (const { activity_type, before, after, actor } of activity.slice(
    activity.findIndex((one) => one.after === sha),
  )) {
    if (after !== wanted || !actor) return undefined;
    pushers.add(called(actor));
    if (activity_type === "branch_creation") return pushers;
    wanted = before;
  }
  return undefined;
}

/** Asks GitHub for all of it; the token has to read contents, metadata and pull requests. */
export async function evidenceOf(place: string, number: number, token: string): Promise<Evidence> {
  const path = `/repos/${place}/pulls/${number}`;
  const pull = (await askGithub("GET", path, token)) as PullRequest;
  const reviews = (await listGithub(`${path}/reviews?per_page=100`, token)) as Review[];
  const ref = encodeURIComponent(`refs/heads/${pull.head.ref}`);
  const activity = (await listGithub(
    `/repos/${place}/activity?ref=${ref}&per_page=100`,
    token,
  )) as Activity[];
  const permissions = new Map<string, string>();
  for (const login of approversOf(reviews, pull.head.sha)) {
    const answer = await askGithub(
      "GET",
      `/repos/${place}/collaborators/${encodeURIComponent(login)}/permission`,
      token,
    );
    permissions.set(login, (answer as { permission: string }).permission);
  }
  return { pull, reviews, activity, permissions };
}
