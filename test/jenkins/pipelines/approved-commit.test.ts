import { execFile } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { type Asked, githubApi } from "../../support/github-api";
import { root } from "../../support/plan-world";

const sha = "c".repeat(40);
const ours = { full_name: "acme/infrastructure" };
const pull = {
  number: 57,
  state: "open",
  user: { login: "mia" },
  head: { sha, ref: "a/b", repo: ours },
  base: { ref: "main", repo: ours },
};
const approval = { state: "APPROVED", commit_id: sha, user: { login: "tom" } };
const activity = [
  { activity_type: "branch_creation", before: "0".repeat(40), after: sha, actor: { login: "mia" } },
];
const place = "/repos/acme/infrastructure";

/** What GitHub has, by the path that is asked for; the second page of reviews has the approval. */
const answers = (request: object, permission: string): Record<string, [number, unknown, string?]> => ({
  [`${place}/pulls/57`]: [200, request],
  [`${place}/pulls/57/reviews?per_page=100`]: [
    200,
    Array(100).fill({ ...approval, state: "COMMENTED" }),
    `${place}/pulls/57/reviews?per_page=100&page=2`,
  ],
  [`${place}/pulls/57/reviews?per_page=100&page=2`]: [200, [approval]],
  [`${place}/activity?ref=refs%2Fheads%2Fa%2Fb&per_page=100`]: [200, activity],
  [`${place}/collaborators/tom/permission`]: [200, { permission, role_name: permission }],
});

async function printed(known: Record<string, [number, unknown, string?]>) {
  const api = await githubApi(({ path }: Asked) => known[path] ?? [404, { message: "Not Found" }]);
  const program = join(root, "jenkins", "pipelines", "approved-commit.ts");
  const env = { ...process.env, GITHUB_API: api.url, TOKEN: "ghs_read" };
  const args = ["--import", "tsx", program, "acme/infrastructure", "57"];
  const ended = await new Promise<{ out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: root, env }, (_error, out, err) => resolve({ out, err }));
  }).finally(() => api.close());
  return { ...ended, asked: api.asked };
}

describe("a commit that may run with credentials that read", function () {
  this.timeout(180_000);

  it("is printed when GitHub knows of somebody who has approved it, on all pages of all that is asked", async () => {
    const known = answers(pull, "write");
    const { out, asked } = await printed(known);
    expect(out).to.equal(`${sha}\n`);
    expect(asked.map(({ path, headers }) => [path, headers.authorization])).to.deep.equal(
      Object.keys(known).map((path) => [path, "Bearer ghs_read"]),
    );
  });

  it("is none when who has approved it may not write, which is said with what to do", async () => {
    const { out, err } = await printed(answers(pull, "read"));
    expect(out).to.equal("");
    expect(err).to.equal(
      "pull request 57 is not previewed: nobody has approved ccccccc, its newest commit, who counts: tom may not write here; let somebody who may write here approve it, who neither opened it nor pushed to it, and start this job again\n",
    );
  });

  it("is none of a pull request that is closed, or where GitHub does not answer all of it", async () => {
    expect((await printed(answers({ ...pull, state: "closed" }, "write"))).err).to.contain("it is closed;");
    const known = answers(pull, "write");
    for (const path of Object.keys(known)) {
      const { out, err } = await printed({ ...known, [path]: [404, { message: "Not Found" }] });
      expect([out, err]).to.deep.equal(["", `GitHub answered 404 to GET ${path}: Not Found\n`]);
    }
  });

  it("is none when GitHub sends to somebody else for the next page, who gets no token", async () => {
    const path = `${place}/pulls/57/reviews?per_page=100`;
    const known = {
      ...answers(pull, "write"),
      [path]: [200, [], "http://127.0.0.2:9/reviews"] as [number, unknown, string],
    };
    const { out, err } = await printed(known);
    expect([out, err]).to.deep.equal(["", "GitHub names http://127.0.0.2:9/reviews as its next page\n"]);
  });
});
