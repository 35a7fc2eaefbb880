import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { CommandFailure } from "../../../cli/failure";
import { SettingsError } from "../../../config/problems";
import {
  type Outcome,
  productionFile,
  releaseCheckout,
  releaseLine,
  stagingFile,
} from "../../support/release-checkout";

describe("platform release set", () => {
  const toStaging = ["--stack", "staging", "--by", "mia", "--build", "billing/main/40"];

  it("changes one line of one file, needs no git for staging, and says what is to be done", async () => {
    const checkout = releaseCheckout();
    const before = checkout.read(stagingFile);
    const { out, error } = await checkout.run("set", "billing", "1.5.0", ...toStaging);
    expect(error).to.equal(undefined);
    expect(out).to.equal(
      "billing in staging: 1.4.0 → 1.5.0\n" +
        "catalog/releases/staging.yaml is changed and not committed: commit that line, and the next `up` of staging makes it so.\n",
    );
    expect(checkout.read(stagingFile)).to.equal(
      before.replace(
        releaseLine("billing", "1.4.0"),
        "billing: { version: 1.5.0, by: mia, build: billing/main/40 }\n",
      ),
    );
    expect(existsSync(join(checkout.folder, ".git"))).to.equal(false);
  });

  it("gives a service its first version, at its place in the alphabet", async () => {
    const checkout = releaseCheckout();
    const before = checkout.read(stagingFile);
    const { out } = await checkout.run("set", "charlie", "0.1.0-pr.7", ...toStaging);
    expect(out).to.match(/^charlie in staging: — → 0\.1\.0-pr\.7\n/);
    expect(checkout.read(stagingFile)).to.equal(
      before.replace(
        releaseLine("legacy", "0.9.0"),
        `charlie: { version: 0.1.0-pr.7, by: mia, build: billing/main/40 }\n${releaseLine("legacy", "0.9.0")}`,
      ),
    );
  });

  it("says so where there is nothing to change, and writes nothing", async () => {
    const checkout = releaseCheckout();
    const before = checkout.read(productionFile);
    const { out, error } = await checkout.run(
      "set",
      "billing",
      "1.4.0",
      ...toStaging.map((word) => (word === "staging" ? "production" : word)),
    );
    expect([out, error]).to.deep.equal([
      "production has billing 1.4.0 already; nothing to change\n",
      undefined,
    ]);
    expect(checkout.read(productionFile)).to.equal(before);
  });

  it("tells a machine what has changed, and what has not", async () => {
    const checkout = releaseCheckout();
    const change = { service: "billing", stack: "staging", file: stagingFile, to: "1.5.0" };
    for (const [from, changed] of [
      ["1.4.0", true],
      ["1.5.0", false],
    ]) {
      const { out } = await checkout.run("set", "billing", "1.5.0", ...toStaging, "--json");
      expect(JSON.parse(out)).to.deep.equal({ ...change, from, changed });
    }
  });

  it("leaves a retired service its next version", async () => {
    const checkout = releaseCheckout();
    expect((await checkout.run("set", "legacy", "0.9.1", ...toStaging)).out).to.include("0.9.0 → 0.9.1");
  });

  it("leaves nothing beside the file, and a link a link", async () => {
    const checkout = releaseCheckout();
    checkout.write("elsewhere/shared.yaml", releaseLine("alpha", "1.0.0"));
    symlinkSync("../../elsewhere/shared.yaml", join(checkout.folder, "catalog/releases/shared.yaml"));
    await checkout.run("set", "alpha", "1.0.1", "--stack", "shared", "--by", "mia", "--build", "x");
    expect(checkout.read("elsewhere/shared.yaml")).to.equal("alpha: { version: 1.0.1, by: mia, build: x }\n");
    expect(readdirSync(join(checkout.folder, "catalog/releases")).sort()).to.deep.equal([
      "production.yaml",
      "shared.yaml",
      "staging.yaml",
    ]);
  });

  /** The message of a command that did nothing, once it is sure that it did nothing. */
  async function refusal(args: readonly string[], prepare = (_: ReturnType<typeof releaseCheckout>) => {}) {
    const checkout = releaseCheckout();
    prepare(checkout);
    const before = [checkout.read(stagingFile), checkout.read(productionFile)];
    const outcome: Outcome = await checkout.run("set", ...args);
    expect([checkout.read(stagingFile), checkout.read(productionFile)]).to.deep.equal(before);
    expect(outcome.out).to.equal("");
    return outcome.error;
  }

  const versionRule =
    "it must be one exact version, for example 1.4.2 or 1.5.0-pr.57; no ranges and no v before it";
  for (const version of ["^1.5.0", "1.5", "1.x", "v1.5.0", "latest", "1.5.0+build.1", "1.5.0 "]) {
    it(`refuses ${JSON.stringify(version)}, which is no exact version`, async () => {
      const error = await refusal(["billing", version, ...toStaging]);
      expect(error).to.be.instanceOf(CommandFailure);
      expect(error?.message).to.equal(`VERSION is ${JSON.stringify(version)}; ${versionRule}`);
      expect(error?.exitCode).to.equal(2);
    });
  }

  it("refuses a version that is longer than a label's value", async () => {
    const version = `1.0.0-${"a".repeat(55)}`;
    expect((await refusal(["billing", version, ...toStaging]))?.message).to.equal(
      `VERSION is "${version}"; it must be at most 60 characters`,
    );
  });

  it("tells everything that is wrong with its words at once", async () => {
    const args = ["biling", "1", "--stack", "stagin", "--by", "mia\nx", "--build", " "];
    expect((await refusal(args))?.message.split("\n")).to.deep.equal([
      '"biling" is no service of catalog/services; did you mean billing? allowed: alpha, billing, charlie, legacy',
      '--stack is "stagin", which has no file in catalog/releases; did you mean staging? allowed: staging, production',
      `VERSION is "1"; ${versionRule}`,
      '--by is "mia\\nx"; it must be one line of text',
      '--build is " "; it must say something',
    ]);
  });

  for (const stack of ["../releases/staging", "staging.yaml", "", "constructor"]) {
    it(`refuses ${JSON.stringify(stack)} as an environment`, async () => {
      const args = ["billing", "1.5.0", "--stack", stack, "--by", "mia", "--build", "x"];
      expect((await refusal(args))?.message).to.include(
        `--stack is ${JSON.stringify(stack)}, which has no file`,
      );
    });
  }

  it("refuses a service that every object has", async () => {
    expect((await refusal(["constructor", "1.5.0", ...toStaging]))?.message).to.include(
      '"constructor" is no service of catalog/services',
    );
  });

  const broken: [title: string, text: string, problem: string][] = [
    ["that is not YAML", `${releaseLine("billing", "1.4.0")}alpha: {`, "it is not YAML"],
    [
      "with a mistake in another line",
      `${releaseLine("billing", "1.4.0")}alpha: { version: 1.0.0, build: x }`,
      "alpha.by is missing",
    ],
    [
      "with a service that nobody knows",
      `${releaseLine("billing", "1.4.0")}${releaseLine("zulu", "1.0.0")}`,
      "zulu is no service of catalog/services",
    ],
    ["that is empty", "", "it must be a block with a line for each service; where nothing runs, {}"],
  ];
  for (const [title, text, problem] of broken) {
    it(`does not touch a file ${title}`, async () => {
      const error = await refusal(["billing", "1.5.0", ...toStaging], (checkout) =>
        checkout.write(stagingFile, text),
      );
      expect(error).to.be.instanceOf(SettingsError);
      expect(error?.message).to.match(
        /^1 problem in catalog\/releases\/staging\.yaml, nothing was changed:\n/,
      );
      expect(error?.message).to.include(problem);
    });
  }

  it("does not touch anything while the catalogue has a mistake", async () => {
    const error = await refusal(["billing", "1.5.0", ...toStaging], (checkout) =>
      checkout.write("catalog/services/alpha.yaml", "colour: red"),
    );
    expect(error).to.be.instanceOf(SettingsError);
    expect(error?.message).to.include("in catalog/services/alpha.yaml, nothing was changed");
  });
});
