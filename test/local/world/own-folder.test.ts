import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ownFolder } from "../../../local/world/own-folder";
import { temporaryFolder } from "../../support/plan-world";

describe("a folder of one process", () => {
  it("is nobody else's, and is gone when it is removed", () => {
    const parent = join(temporaryFolder("platform-own-"), "below");
    const [first, second] = [ownFolder(parent), ownFolder(parent)];
    expect(first.path).to.not.equal(second.path);
    first.remove();
    expect(existsSync(first.path)).to.equal(false);
    expect(existsSync(second.path)).to.equal(true);
    second.remove();
  });

  it("takes away what a killed process left, and leaves what others have", () => {
    const parent = temporaryFolder("platform-own-");
    // A process that has ended: its number is free, or somebody else's only for a moment.
    const { pid } = spawnSync("true");
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [`${pid}-left`, `${process.ppid}-theirs`, "not-ours"]) {
      mkdirSync(join(parent, name));
      utimesSync(join(parent, name), longAgo, longAgo);
    }
    // Of a process in another container, as far as anybody here can tell.
    mkdirSync(join(parent, `${pid}-young`));
    const own = ownFolder(parent);
    expect(readdirSync(parent)).to.include.members([`${process.ppid}-theirs`, `${pid}-young`, "not-ours"]);
    expect(readdirSync(parent)).to.not.include(`${pid}-left`);
    own.remove();
  });
});
