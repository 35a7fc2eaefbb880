import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { contract, judgeMakefile } from "../../../../cli/service/rules/makefile";
import { openRepository } from "../../../../cli/service/service-repository";
import { found, inShort, withFiles } from "../../../support/service-repository";

const targets = Object.keys(contract);
const makefile = [
  `.PHONY: ${targets.join(" ")}`,
  ...targets.map((target) => `${target}:\n\t@touch ran-${target}`),
].join("\n");
const judged = async (text: string, more: Record<string, string> = {}) =>
  found(judgeMakefile, { Makefile: text, ...more });

describe("the rules for a Makefile", () => {
  it("allow one that answers to every target, and run none of them", async () => {
    await withFiles({ Makefile: makefile }, async (folder) => {
      expect(await judgeMakefile(openRepository(folder, "search"))).to.deep.equal([]);
      expect(targets.filter((target) => existsSync(join(folder, `ran-${target}`)))).to.deep.equal([]);
    });
  });

  for (const target of targets) {
    it(`find that ${target} is not there`, async () => {
      const without = makefile.replace(`\n${target}:\n\t@touch ran-${target}`, "").replace(` ${target}`, "");
      const findings = await judged(without.replace(".PHONY:", ".PHONY: none "));
      expect(findings.map(({ problem }) => problem)).to.deep.equal([`there is no target ${target}`]);
    });
  }

  it("give what a target asks for, so that none is refused for want of a version", async () => {
    const asking = makefile.replace("test:\n", "test:\n\t$(if $(VERSION),,$(error say VERSION=...))\n");
    expect(await judged(asking)).to.deep.equal([]);
  });

  it("find that a folder of the same name stops a target", async () => {
    const findings = await judged(makefile.replace(" test ", " "), { "test/a.txt": "" });
    expect(inShort(findings)).to.deep.equal(["Makefile makefile-phony"]);
    expect(findings[0]?.problem).to.include("target test does nothing");
  });

  it("tell once that the file cannot be read, in the words of make", async () => {
    const findings = await judged("build:\n    spaces instead of a tab\n");
    expect(findings).to.have.length(1);
    expect(findings[0]?.problem).to.match(/fails before it starts: .*missing separator/);
  });
});
