import { expect } from "chai";

import { type Activity, type Evidence, refusalOf, type Review } from "../../../jenkins/pipelines/approval";

const [first, second, sha, older] = ["1", "2", "c", "d"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const ours = { full_name: "acme/infrastructure" };
const none = "0".repeat(40);
const approval: Review = { state: "APPROVED", commit_id: sha, user: { login: "Tom" } };
const push = (before: string, after: string, login: string, activity_type = "push"): Activity => ({
  activity_type,
  before,
  after,
  actor: { login },
});
/** Mia begins the branch, and lea pushes twice. */
const activity = [
  push(second, sha, "lea"),
  push(first, second, "lea"),
  push(none, first, "mia", "branch_creation"),
];
const evidence: Evidence = {
  pull: {
    number: 57,
    state: "open",
    user: { login: "mia" },
    head: { sha, ref: "faster", repo: ours },
    base: { ref: "main", repo: ours },
  },
  reviews: [approval],
  activity,
  permissions: new Map([["tom", "write"]]),
};
const { pull } = evidence;

describe("an approval of a pull request", () => {
  it("counts when it is of the newest commit, by somebody who may write and had no part in it", () => {
    expect(refusalOf(evidence)).to.equal(undefined);
    for (const permission of ["maintain", "admin"]) {
      expect(refusalOf({ ...evidence, permissions: new Map([["tom", permission]]) })).to.equal(undefined);
    }
  });

  it("stays when a comment follows it, and when others have approved who do not count", () => {
    for (const more of [
      { ...approval, state: "COMMENTED" },
      { ...approval, user: { login: "lea" } },
    ]) {
      expect(refusalOf({ ...evidence, reviews: [approval, more] })).to.equal(undefined);
    }
  });

  it("counts whatever has become of the branch since", () => {
    const since = [
      push(none, older, "tom", "branch_creation"),
      push(sha, none, "tom", "branch_deletion"),
      ...activity,
    ];
    expect(refusalOf({ ...evidence, activity: since })).to.equal(undefined);
  });

  const refused: [title: string, evidence: Partial<Evidence>, reason: string][] = [
    ["there is none", { reviews: [] }, "nobody has approved ccccccc, its newest commit"],
    ["it is of an older commit", { reviews: [{ ...approval, commit_id: older }] }, "nobody has approved"],
    ["it is its author's", { reviews: [{ ...approval, user: { login: "MIA" } }] }, "mia is its author"],
    ["it is of nobody who is left", { reviews: [{ ...approval, user: null }] }, "nobody has approved"],
    [
      "who gave it wants changes since",
      { reviews: [approval, { ...approval, state: "CHANGES_REQUESTED" }] },
      "nobody has approved",
    ],
    ["it was dismissed", { reviews: [{ ...approval, state: "DISMISSED" }] }, "nobody has approved"],
    [
      "it is by who pushed last",
      { activity: [push(second, sha, "tom"), ...activity.slice(1)] },
      "tom has pushed to it",
    ],
    [
      "it is by who pushed before others did",
      { activity: [activity[0]!, push(first, second, "TOM"), activity[2]!] },
      "tom has pushed to it",
    ],
    [
      "who gave it has begun the branch",
      { activity: [...activity.slice(0, 2), push(none, first, "tom", "branch_creation")] },
      "tom has pushed to it",
    ],
    [
      "who gave it pushed what was pushed away by force",
      { activity: [push(second, sha, "lea", "force_push"), push(first, second, "tom"), activity[2]!] },
      "tom has pushed to it",
    ],
    [
      "who gave it pushed by force",
      { activity: [push(second, sha, "tom", "force_push"), ...activity.slice(1)] },
      "tom has pushed to it",
    ],
    ["who gave it may only read", { permissions: new Map([["tom", "read"]]) }, "tom may not write here"],
    ["it is not known what who gave it may", { permissions: new Map() }, "tom may not write here"],
    [
      "nobody says who pushed",
      { activity: [{ ...activity[0]!, actor: null }, ...activity.slice(1)] },
      "does not say who",
    ],
    ["the newest push is not known", { activity: activity.slice(1) }, "does not say who"],
    ["a push between is not known", { activity: [activity[0]!, activity[2]!] }, "does not say who"],
    ["the beginning of the branch is not known", { activity: activity.slice(0, 2) }, "does not say who"],
    ["nothing is known of the branch", { activity: [] }, "does not say who"],
    [
      "the pull request is a fork's",
      { pull: { ...pull, head: { ...pull.head, repo: { full_name: "eve/infrastructure" } } } },
      "it comes from a fork",
    ],
    ["its fork is gone", { pull: { ...pull, head: { ...pull.head, repo: null } } }, "it comes from a fork"],
    ["its author is gone", { pull: { ...pull, user: null } }, "its author is no more"],
  ];
  for (const [title, changed, reason] of refused) {
    it(`does not count when ${title}`, () => {
      expect(refusalOf({ ...evidence, ...changed })).to.contain(reason);
    });
  }
});
