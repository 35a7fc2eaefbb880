import { expect } from "chai";

import { CommandFailure } from "../../../cli/failure";
import { git, gitOrNothing } from "../../../cli/git/run";
import { commitAll } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";

describe("git", () => {
  it("reads what it is given, and gives what it printed", async () => {
    const folder = temporaryFolder("platform-git-");
    const hash = commitAll(folder, "first");
    expect(await git(folder, ["cat-file", "--batch-check"], { input: `${hash}\nnothing\n` })).to.match(
      /^[0-9a-f]{40} commit \d+\nnothing missing\n$/,
    );
  });

  it("does not wait for somebody to type where it is given nothing", async () => {
    const folder = temporaryFolder("platform-git-");
    commitAll(folder, "first");
    expect(await git(folder, ["cat-file", "--batch-check"])).to.equal("");
  });

  it("says what it failed at and why, or gives nothing where that was asked for", async () => {
    const folder = temporaryFolder("platform-none-");
    const reason = await git(folder, ["rev-parse", "HEAD"]).catch((error: Error) => error.message);
    expect(reason).to.match(/^git rev-parse HEAD: fatal: not a git repository/);
    expect(await gitOrNothing(folder, ["rev-parse", "HEAD"])).to.equal(undefined);
  });

  it("says that it is not there, also where nothing would do", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      for (const run of [git, gitOrNothing]) {
        const error: unknown = await run("/", ["--version"]).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(CommandFailure);
        expect((error as Error).message).to.equal("git is not on PATH; what was committed comes from it");
      }
    } finally {
      process.env["PATH"] = path;
    }
  });
});
