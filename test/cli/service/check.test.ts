/** The gate as a whole, with the real Helm and the real make. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { judge, rules } from "../../../cli/service/check";
import { openRepository } from "../../../cli/service/service-repository";
import { temporaryFolder } from "../../support/plan-world";
import { inShort } from "../../support/service-repository";
import { root } from "../../support/settings";

describe("the check of a service's repository", function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("platform-checked-");
    const filter = (source: string) => !/\/(node_modules|dist)$/.test(source);
    cpSync(join(root, "templates", "service"), folder, { recursive: true, filter });
  });

  const judged = async () =>
    inShort(await judge(openRepository(folder, "example-service"), { checkout: root, catalogue: {} }));
  const edit = (file: string, from: string | RegExp, to: string) => {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    if (text.replace(from, to) === text) throw new Error(`the edit of ${file} changes nothing`);
    writeFileSync(path, text.replace(from, to));
  };

  it("finds nothing in what the template is", async () => {
    expect(await judged()).to.deep.equal([]);
  });

  it("finds what is wrong in every part at once", async () => {
    edit("Jenkinsfile", "'redis'", "'mysql'");
    edit("Makefile", /^lint:.*\n.*\n/m, "");
    edit("chart/values.yaml", "metrics:", "metrix:");
    rmSync(join(folder, "CODEOWNERS"));
    writeFileSync(join(folder, ".env"), "A=1\n");
    expect((await judged()).sort()).to.deep.equal([
      ".env no-secret-files",
      "CODEOWNERS files-present",
      "Jenkinsfile:3 jenkinsfile-stores",
      "Makefile makefile-phony",
      "chart/values.yaml chart-values",
    ]);
  });

  it("has no two rules of one name, and says of each what holds", () => {
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(rules.length);
    expect(rules.filter(({ holds }) => !/^[A-Z].*\.$/.test(holds))).to.deep.equal([]);
  });
});
