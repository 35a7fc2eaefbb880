import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { placeOf, replaceFile, stackProblem, stacksWithReleases } from "../../../cli/release/files";
import { temporaryFolder } from "../../support/plan-world";
import { releaseCheckout } from "../../support/release-checkout";
import { root } from "../../support/settings";

describe("the environments with releases", () => {
  it("are staging and production in this checkout", () => {
    expect(stacksWithReleases(root)).to.deep.equal(["staging", "production"]);
  });

  it("are those with a file, whatever the alphabet says of production", () => {
    const checkout = releaseCheckout();
    const { folder } = checkout;
    checkout.write("catalog/releases/zulu.yaml", "{}");
    checkout.write("catalog/releases/alpha.yaml", "{}");
    expect(stacksWithReleases(folder)).to.deep.equal(["staging", "production", "alpha", "zulu"]);
    expect(stackProblem(folder, "--stack", "zulu")).to.equal(undefined);
    expect(stackProblem(folder, "--stack", "telephone")).to.equal(
      '--stack is "telephone", which has no file in catalog/releases; allowed: staging, production, alpha, zulu',
    );
    expect(placeOf("zulu")).to.equal("catalog/releases/zulu.yaml");
  });
});

describe("a file that is replaced", () => {
  it("has the new text and the rights of the old, with nothing beside it", () => {
    const folder = temporaryFolder("platform-replace-");
    const path = join(folder, "staging.yaml");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    replaceFile(path, "new");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).to.deep.equal(["new", 0o640]);
    expect(readdirSync(folder)).to.deep.equal(["staging.yaml"]);
  });

  it("was never half of either: its new text is another file first", () => {
    const folder = temporaryFolder("platform-replace-");
    const path = join(folder, "staging.yaml");
    writeFileSync(path, "old");
    const { ino } = statSync(path);
    replaceFile(path, "new");
    expect(statSync(path).ino).to.not.equal(ino);
  });

  it("is as it was where there is no room beside it", () => {
    const folder = temporaryFolder("platform-replace-");
    const path = join(folder, "staging.yaml");
    writeFileSync(path, "old");
    writeFileSync(join(folder, `.staging.yaml.${process.pid}`), "somebody else's");
    expect(() => replaceFile(path, "new")).to.throw("EEXIST");
    expect(readFileSync(path, "utf8")).to.equal("old");
  });
});
