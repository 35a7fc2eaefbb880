import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { baseOf, fileIn, isEdited, writeTree } from "../../../cli/preview/repository";
import { commitAll, git } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";

/** A repository with one commit on main and one more on a branch that is checked out. */
function repository(): { folder: string; first: string; second: string } {
  const folder = temporaryFolder("platform-git-");
  writeFileSync(join(folder, "a.txt"), "one");
  const first = commitAll(folder, "first");
  git(folder, "switch", "--quiet", "--create", "change");
  writeFileSync(join(folder, "a.txt"), "two");
  const second = commitAll(folder, "second");
  return { folder, first, second };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "",
    (error: Error) => error.message,
  );
}

describe("the base of a change", () => {
  it("is the commit itself where HEAD has everything of the ref", async () => {
    const { folder, first } = repository();
    expect(await baseOf(folder, "main")).to.deep.include({
      hash: first,
      subject: "first",
      ref: "main",
      movedOn: false,
    });
  });

  it("is where HEAD left the ref, whatever the ref got since", async () => {
    const { folder, first } = repository();
    git(folder, "switch", "--quiet", "main");
    writeFileSync(join(folder, "b.txt"), "later");
    commitAll(folder, "third");
    git(folder, "switch", "--quiet", "change");
    expect(await baseOf(folder, "main")).to.deep.include({ hash: first, movedOn: true });
  });

  it("is refused where the ref is unknown, an option, or shares nothing with HEAD", async () => {
    const { folder } = repository();
    expect(await messageOf(baseOf(folder, "mian"))).to.equal(
      '"mian" is no commit here; allowed: a branch, a tag or a hash that this clone has, such as origin/main',
    );
    expect(await messageOf(baseOf(folder, "--all"))).to.include('"--all" is no commit here');
    git(folder, "switch", "--quiet", "--orphan", "other");
    commitAll(folder, "elsewhere");
    expect(await messageOf(baseOf(folder, "main")))
      .to.include("no commit in common")
      .and.to.include("--unshallow");
  });

  it("is refused outside of a repository", async () => {
    expect(await messageOf(baseOf(temporaryFolder("platform-none-"), "main"))).to.include(
      "is no git checkout",
    );
  });

  it("is found from inside a hook, where Git's own variables name another repository", async () => {
    const { folder, first } = repository();
    process.env["GIT_DIR"] = join(temporaryFolder("platform-none-"), ".git");
    try {
      expect((await baseOf(folder, "main")).hash).to.equal(first);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });

  it("has the files of its commit, and none that it does not have", async () => {
    const { folder } = repository();
    const base = await baseOf(folder, "main");
    expect(await fileIn(folder, base, "a.txt")).to.equal("one");
    expect(await fileIn(folder, base, "b.txt")).to.equal(undefined);
  });

  it("is written out without touching checkout, index or branches", async () => {
    const { folder, second } = repository();
    writeFileSync(join(folder, "a.txt"), "not committed");
    writeFileSync(join(folder, "staged.txt"), "staged");
    git(folder, "add", "staged.txt");
    const before = git(folder, "status", "--porcelain");
    const written = join(temporaryFolder("platform-written-"), "program");
    await writeTree(folder, await baseOf(folder, "main"), written);
    expect(readFileSync(join(written, "a.txt"), "utf8")).to.equal("one");
    expect(readdirSync(written)).to.deep.equal(["a.txt"]);
    expect(git(folder, "status", "--porcelain")).to.equal(before);
    expect(git(folder, "rev-parse", "HEAD")).to.equal(second);
    expect(git(folder, "worktree", "list").split("\n")).to.have.length(1);
  });

  it("is that of the folder where the program is a part of a larger repository", async () => {
    const outer = temporaryFolder("platform-outer-");
    const folder = join(outer, "infrastructure");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.txt"), "one");
    writeFileSync(join(outer, "other.txt"), "not ours");
    commitAll(outer, "first");
    const base = await baseOf(folder, "HEAD");
    const written = join(temporaryFolder("platform-written-"), "program");
    await writeTree(folder, base, written);
    expect(await fileIn(folder, base, "a.txt")).to.equal("one");
    expect(existsSync(join(written, "a.txt"))).to.equal(true);
    expect(existsSync(join(written, "other.txt"))).to.equal(false);
  });
});

describe("a folder that the base does not have", () => {
  it("is said to be missing there", async () => {
    const { folder } = repository();
    mkdirSync(join(folder, "later"));
    writeFileSync(join(folder, "later", "a.txt"), "new");
    expect(await messageOf(baseOf(join(folder, "later"), "main"))).to.include("is not in the base");
  });
});

describe("a file of the base", () => {
  it("that cannot be read is no file that is not there", async () => {
    const { folder } = repository();
    const base = await baseOf(folder, "main");
    const blob = git(folder, "rev-parse", "main:a.txt");
    rmSync(join(folder, ".git", "objects", blob.slice(0, 2), blob.slice(2)));
    expect(await messageOf(fileIn(folder, base, "a.txt"))).to.include("git cat-file");
  });
});

describe("a checkout", () => {
  it("is not edited by what lies outside of its folder, and its index stays as it is", async () => {
    const { folder } = repository();
    mkdirSync(join(folder, "part"));
    writeFileSync(join(folder, "part", "b.txt"), "");
    commitAll(folder, "with a part");
    writeFileSync(join(folder, "outside.txt"), "");
    utimesSync(join(folder, "a.txt"), new Date(), new Date());
    const index = readFileSync(join(folder, ".git", "index"));
    expect(await isEdited(join(folder, "part"))).to.equal(false);
    expect(readFileSync(join(folder, ".git", "index")).equals(index)).to.equal(true);
  });

  it("is edited when a file differs from its commit or is new", async () => {
    const { folder } = repository();
    expect(await isEdited(folder)).to.equal(false);
    writeFileSync(join(folder, "new.txt"), "");
    expect(await isEdited(folder)).to.equal(true);
  });
});
