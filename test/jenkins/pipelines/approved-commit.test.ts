import { execFile } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { type PullRequest, refusalOf, type Review } from "../../../jenkins/pipelines/approved-commit";
import { type Asked, githubApi } from "../../support/github-api";
import { root } from "../../support/plan-world";

const sha = "c".repeat(40);
const ours = { full_name: "acme/infrastructure" };
const pull: PullRequest = {
  state: "open",
  user: { login: "mia" },
  head: { sha, repo: ours },
  base: { repo: ours },
};
const approval: Review = {
  state: "APPROVED",
  commit_id: sha,
  author_association: "MEMBER",
  user: { login: "tom" },
};

describe("a commit that may run with credentials that read", () => {
  it("is the newest of a branch of ours, approved by another member", () => {
    expect(refusalOf(pull, [approval])).to.equal(undefined);
    expect(refusalOf(pull, [approval, { ...approval, state: "COMMENTED" }])).to.equal(undefined);
  });

  const refused: [title: string, pull: PullRequest, reviews: Review[]][] = [
    ["nobody has approved", pull, []],
    ["an older commit was approved", pull, [{ ...approval, commit_id: "d".repeat(40) }]],
    ["its author approved it", pull, [{ ...approval, user: { login: "mia" } }]],
    ["a stranger approved it", pull, [{ ...approval, author_association: "CONTRIBUTOR" }]],
    ["nobody is left who approved it", pull, [{ ...approval, user: null }]],
    ["who approved it wants changes since", pull, [approval, { ...approval, state: "CHANGES_REQUESTED" }]],
    ["the approval was dismissed", pull, [{ ...approval, state: "DISMISSED" }]],
    ["it is a fork's", { ...pull, head: { sha, repo: { full_name: "eve/infrastructure" } } }, [approval]],
    ["its fork is gone", { ...pull, head: { sha, repo: null } }, [approval]],
    ["it is closed", { ...pull, state: "closed" }, [approval]],
  ];
  for (const [title, request, reviews] of refused) {
    it(`is none when ${title}`, () => {
      expect(refusalOf(request, reviews)).to.be.a("string");
    });
  }

  it("is asked for at GitHub, with all reviews, and printed", async function () {
    this.timeout(20_000);
    const answer = ({ path }: Asked) =>
      [
        200,
        path.endsWith("page=1")
          ? Array(100).fill({ ...approval, state: "COMMENTED" })
          : path.endsWith("page=2")
            ? [approval]
            : pull,
      ] as const;
    const api = await githubApi(answer);
    const program = join(root, "jenkins", "pipelines", "approved-commit.ts");
    const env = { ...process.env, GITHUB_API: api.url, TOKEN: "ghs_read" };
    const args = ["--import", "tsx", program, "acme/infrastructure", "57"];
    const out = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: root, env }, (error, text) =>
        resolve(error ? error.message : text),
      );
    }).finally(() => api.close());
    expect(out).to.equal(`${sha}\n`);
    expect(api.asked.map(({ path, headers }) => [path, headers.authorization])).to.deep.equal(
      ["", "/reviews?per_page=100&page=1", "/reviews?per_page=100&page=2"].map((path) => [
        `/repos/acme/infrastructure/pulls/57${path}`,
        "Bearer ghs_read",
      ]),
    );
  });
});
