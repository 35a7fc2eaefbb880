import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { commitAll, git } from "../../support/git";
import { type Asked, githubApi } from "../../support/github-api";
import { root, temporaryFolder } from "../../support/plan-world";

const place = "/repos/acme/infrastructure";
const ours = { full_name: "acme/infrastructure" };
const file = "catalog/releases/production.yaml";
const program = [
  "--import",
  `file://${join(root, "node_modules/tsx/dist/loader.mjs")}`,
  join(root, "jenkins/pipelines/merged-releases.ts"),
];

/** A pull request as GitHub has it, with the version that its newest commit says. */
interface Pull {
  readonly number: number;
  readonly approver: string;
  readonly says: string;
  readonly merged_at: string | null;
  readonly base: string;
}
const asked: Pull = {
  number: 7,
  approver: "tom",
  says: "2.0.0",
  merged_at: "2026-11-29T12:00:00Z",
  base: "main",
};

class Main {
  readonly folder = temporaryFolder("platform-merged-");
  /** What GitHub answers, by the path. */
  readonly known: Record<string, unknown> = {
    [`${place}/collaborators/tom/permission`]: { permission: "write" },
    [`${place}/collaborators/mia/permission`]: { permission: "write" },
  };
  since: string;

  constructor() {
    this.since = this.commit("1.0.0");
  }

  /** A commit of main, without a pull request as long as none is told. */
  commit(version: string, more = ""): string {
    mkdirSync(join(this.folder, "catalog/releases"), { recursive: true });
    writeFileSync(join(this.folder, file), `${more}billing: { version: ${version}, by: x, build: y }\n`);
    return this.brought(commitAll(this.folder, `billing ${version}`));
  }

  brought(commit: string, ...pulls: Pull[]): string {
    this.known[`${place}/commits/${commit}/pulls?per_page=100`] = pulls.map((pull) => this.pull(pull));
    return commit;
  }

  pull({ number, approver, says, merged_at, base }: Pull): object {
    const sha = `${number}`.repeat(40).slice(0, 40);
    const said = {
      number,
      state: "closed",
      merged_at,
      user: { login: "mia" },
      head: { sha, ref: `change-${number}`, repo: ours },
      base: { ref: base, repo: ours },
    };
    this.known[`${place}/pulls/${number}`] = said;
    this.known[`${place}/pulls/${number}/reviews?per_page=100`] = [
      { state: "APPROVED", commit_id: sha, user: { login: approver } },
    ];
    this.known[`${place}/activity?ref=${encodeURIComponent(`refs/heads/change-${number}`)}&per_page=100`] = [
      { activity_type: "branch_deletion", before: sha, after: "0".repeat(40), actor: { login: "tom" } },
      { activity_type: "branch_creation", before: "0".repeat(40), after: sha, actor: { login: "mia" } },
    ];
    const text = `billing: { version: ${says}, by: x, build: y }\n`;
    this.known[`${place}/contents/${file}?ref=${sha}`] = { content: Buffer.from(text).toString("base64") };
    return said;
  }

  /** What is refused, or what is wrong. */
  async refused(...releases: string[]): Promise<Record<string, string> | string> {
    const api = await githubApi(({ path }: Asked) =>
      path in this.known ? [200, this.known[path]] : [404, { message: `no ${path}` }],
    );
    const env = { ...process.env, GITHUB_API: api.url, TOKEN: "ghs_read" };
    return new Promise<Record<string, string> | string>((resolve) => {
      execFile(
        process.execPath,
        [...program, "acme/infrastructure", this.since, ...releases],
        { cwd: this.folder, env },
        (error, out, err) => resolve(error ? err : (JSON.parse(out) as Record<string, string>)),
      );
    }).finally(() => api.close());
  }
}

describe("a version that came to production's file", function () {
  this.timeout(180_000);
  let main: Main;
  beforeEach(() => {
    main = new Main();
  });
  const reasonFor = async (version: string) => {
    const refused = await main.refused(`billing=${version}`);
    expect(refused, JSON.stringify(refused)).to.be.an("object");
    return (refused as Record<string, string>)["billing"];
  };

  it("may be deployed when a merged pull request brought it that somebody else has approved", async () => {
    main.brought(main.commit("2.0.0"), asked);
    expect(await main.refused("billing=2.0.0")).to.deep.equal({});
  });

  it("may be deployed when a merge commit brought it, whatever commits it merged", async () => {
    git(main.folder, "checkout", "--quiet", "-b", "change");
    main.commit("2.0.0");
    git(main.folder, "checkout", "--quiet", "main");
    git(main.folder, "merge", "--quiet", "--no-ff", "--message", "merge", "change");
    main.brought(git(main.folder, "rev-parse", "HEAD"), asked);
    expect(await main.refused("billing=2.0.0")).to.deep.equal({});
  });

  it("is refused when it was pushed to main, and it is said what to do", async () => {
    const pushed = main.commit("2.0.0");
    expect(await main.refused("billing=2.0.0")).to.deep.equal({
      billing: `billing 2.0.0 is not deployed, for nobody has approved it: ${pushed.slice(0, 7)} came to main without a pull request`,
    });
  });

  it("is refused when a merge was pushed that takes the line of a commit which was approved before", async () => {
    main.brought(main.commit("2.0.0"), asked);
    const handled = main.commit("3.0.0");
    git(main.folder, "checkout", "--quiet", "-b", "old", `${handled}~1`);
    git(main.folder, "merge", "--quiet", "--strategy", "ours", "--message", "merge", handled);
    git(main.folder, "branch", "--force", "main");
    main.since = handled;
    expect(await reasonFor("2.0.0")).to.contain(
      `no commit of main since ${handled.slice(0, 7)} has brought it`,
    );
  });

  const reasons: [title: string, pull: Pull, reason: string][] = [
    [
      "was only approved by its author",
      { ...asked, approver: "mia" },
      "pull request 7: nobody has approved 7777777",
    ],
    ["is not merged", { ...asked, merged_at: null }, "came to main without a pull request"],
    ["was merged into another branch", { ...asked, base: "next" }, "came to main without a pull request"],
    ["said another version when it was approved", { ...asked, says: "1.9.0" }, "what was approved has 1.9.0"],
  ];
  for (const [title, pull, reason] of reasons) {
    it(`is refused when the pull request that brought it ${title}`, async () => {
      main.brought(main.commit("2.0.0"), pull);
      expect(await reasonFor("2.0.0")).to.contain(reason);
    });
  }

  it("is judged by what brought it, not by what came to the file beside it", async () => {
    main.commit("2.0.0");
    main.brought(main.commit("2.0.0", "webhooks: { version: 1.0.0, by: x, build: y }\n"), asked);
    expect(await reasonFor("2.0.0")).to.contain("without a pull request");
  });

  it("may be deployed when main went back to it from a newer one, which asks for no approval of its own", async () => {
    main.brought(main.commit("2.0.0"), asked);
    main.brought(main.commit("3.0.0"), { ...asked, number: 8, says: "3.0.0" });
    main.commit("2.0.0");
    expect(await main.refused("billing=2.0.0")).to.deep.equal({});
  });

  it("is refused alone: others are judged by themselves", async () => {
    main.brought(main.commit("2.0.0"), asked);
    const refused = await main.refused("billing=2.0.0", "webhooks=1.0.0");
    expect(Object.keys(refused)).to.deep.equal(["webhooks"]);
  });

  it("is not judged at all where GitHub does not answer", async () => {
    main.brought(main.commit("2.0.0"), asked);
    delete main.known[`${place}/pulls/7`];
    expect(await main.refused("billing=2.0.0")).to.contain(
      "who approved the releases is not known: GitHub answered 404 to GET /repos/acme/infrastructure/pulls/7",
    );
  });
});
