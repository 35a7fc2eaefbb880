import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { openRepository } from "../../../cli/service/service-repository";
import { withFiles } from "../../support/service-repository";

describe("the repository of a service", () => {
  it("has what git tracks and what it would, and nothing that is ignored", async () => {
    const files = { "a.txt": "", "src/b.txt": "", ".gitignore": "out/\n", "out/c.txt": "" };
    await withFiles(files, (folder) => {
      execFileSync("git", ["init", "--quiet"], { cwd: folder });
      execFileSync("git", ["add", "a.txt"], { cwd: folder });
      expect([...openRepository(folder).files].sort()).to.deep.equal([".gitignore", "a.txt", "src/b.txt"]);
    });
  });

  it("has all that people wrote where there is no git", async () => {
    await withFiles({ "a.txt": "", "node_modules/b/c.js": "", "src/d.txt": "" }, (folder) => {
      expect([...openRepository(folder).files].sort()).to.deep.equal(["a.txt", "src/d.txt"]);
    });
  });

  it("is called as its folder, or as it is told", async () => {
    await withFiles({ "search/a.txt": "x" }, (folder) => {
      const path = join(folder, "search");
      expect(openRepository(path).name).to.equal("search");
      expect(openRepository(path, "other").name).to.equal("other");
      expect(openRepository(path).text("a.txt")).to.equal("x");
      expect(openRepository(path).text("b.txt")).to.equal(undefined);
    });
  });

  it("is refused where there is no folder", () => {
    expect(() => openRepository("/nowhere/at/all")).to.throw("/nowhere/at/all is no folder");
  });
});
