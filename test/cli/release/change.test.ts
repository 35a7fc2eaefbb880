/** Which versions an environment does not get, whichever command asks. */
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";
import {
  checkoutAt,
  productionFile,
  type ReleaseCheckout,
  releaseCheckout,
  releaseLine,
  releasesHeader,
  stagingFile,
} from "../../support/release-checkout";

const set = (checkout: ReleaseCheckout, service: string, version: string, stack: string, ...more: string[]) =>
  checkout.run("set", service, version, "--stack", stack, "--by", "mia", "--build", "x", ...more);

describe("a version that is older than the present one", () => {
  for (const [present, older] of [
    ["1.4.0", "1.3.9"],
    ["1.10.0", "1.9.0"],
    ["1.5.0", "1.5.0-pr.57"],
    ["1.5.0-pr.57", "1.5.0-pr.9"],
  ] as const) {
    it(`is refused unless that is said: ${older} after ${present}`, async () => {
      const checkout = releaseCheckout();
      checkout.write(stagingFile, releaseLine("billing", present));
      const before = checkout.read(stagingFile);
      const { error } = await set(checkout, "billing", older, "staging");
      expect(error?.message).to.equal(
        `staging runs billing ${present}, and ${older} is older; where that is meant, say --downgrade, or go back to what ran before: ./platform release rollback billing --stack staging`,
      );
      expect(error?.exitCode).to.equal(3);
      expect(checkout.read(stagingFile)).to.equal(before);
      expect((await set(checkout, "billing", older, "staging", "--downgrade")).error).to.equal(undefined);
      expect(checkout.read(stagingFile)).to.include(`version: ${older},`);
    });
  }

  it("is no reason to skip staging", async () => {
    const checkout = releaseCheckout();
    checkout.commit("first");
    const { error } = await set(checkout, "billing", "1.3.0", "production", "--downgrade");
    expect(error?.message).to.include("staging never ran billing 1.3.0");
  });
});

describe("a first version of a retired service", () => {
  it("is refused, with the way to keep the service", async () => {
    const checkout = releaseCheckout();
    checkout.commit("first");
    const before = checkout.read(productionFile);
    const { error } = await set(checkout, "legacy", "0.9.0", "production");
    expect(error?.message).to.equal(
      "legacy is retired and does not run in production; a service on its way out gets no first version there. Where it stays, take `retired` out of catalog/services/legacy.yaml",
    );
    expect(error?.exitCode).to.equal(3);
    expect(checkout.read(productionFile)).to.equal(before);
  });
});

describe("a version for production", () => {
  /** A repository in which staging had billing 1.4.0, 1.5.0 and 1.6.0, one after the other. */
  function withHistory(): ReleaseCheckout {
    const checkout = releaseCheckout();
    checkout.commit("first");
    for (const version of ["1.5.0", "1.6.0"]) {
      checkout.write(stagingFile, `${releasesHeader}${releaseLine("billing", version)}`);
      checkout.commit(`staging: billing ${version}`);
    }
    return checkout;
  }

  for (const version of ["1.5.0", "1.6.0"]) {
    it(`is taken when staging had it: ${version === "1.5.0" ? "at some time" : "by the last commit"}`, async () => {
      const checkout = withHistory();
      const { out, error } = await set(checkout, "billing", version, "production");
      expect(error).to.equal(undefined);
      expect(out).to.include(`billing in production: 1.4.0 → ${version}\n`);
    });
  }

  const refused = (version: string, now: string) =>
    `staging never ran billing ${version}: no commit of this branch has it in catalog/releases/staging.yaml (now staging runs ${now}). ` +
    `Put it there first, commit it, and let it run: ./platform release set billing ${version} --stack staging --build BUILD`;

  it("is refused when staging never had it", async () => {
    const checkout = withHistory();
    const before = checkout.read(productionFile);
    const { error } = await set(checkout, "billing", "1.7.0", "production");
    expect(error?.message).to.equal(refused("1.7.0", "1.6.0"));
    expect(error?.exitCode).to.equal(3);
    expect(checkout.read(productionFile)).to.equal(before);
  });

  it("is refused when another service had it in staging, or it is a part of one that staging had", async () => {
    const checkout = withHistory();
    checkout.write(
      stagingFile,
      `${releasesHeader}${releaseLine("alpha", "1.7.0")}${releaseLine("billing", "11.8.0", "1.9.0")}`,
    );
    checkout.commit("staging: more");
    for (const version of ["1.7.0", "1.8.0", "1.9.0"]) {
      const { error } = await set(checkout, "billing", version, "production");
      expect(error?.message).to.equal(refused(version, "11.8.0"));
    }
  });

  it("is refused when the line of staging is only written and not committed", async () => {
    const checkout = withHistory();
    await set(checkout, "billing", "1.7.0", "staging");
    expect((await set(checkout, "billing", "1.7.0", "production")).error?.message).to.equal(
      refused("1.7.0", "1.6.0"),
    );
  });

  it("is refused when staging had it on another branch only, and taken once that is merged", async () => {
    const checkout = withHistory();
    git(checkout.folder, "switch", "--quiet", "--create", "other");
    checkout.write(stagingFile, `${releasesHeader}${releaseLine("billing", "1.7.0")}`);
    checkout.commit("staging: billing 1.7.0");
    checkout.write(stagingFile, `${releasesHeader}${releaseLine("billing", "1.6.0")}`);
    checkout.commit("staging: back to 1.6.0");
    git(checkout.folder, "switch", "--quiet", "main");
    checkout.write("notes.txt", "something else");
    checkout.commit("else");
    expect((await set(checkout, "billing", "1.7.0", "production")).error?.message).to.equal(
      refused("1.7.0", "1.6.0"),
    );
    git(checkout.folder, "merge", "--quiet", "--no-edit", "other");
    expect((await set(checkout, "billing", "1.7.0", "production")).error).to.equal(undefined);
  });

  it("is known in a checkout that is a folder of a larger repository", async () => {
    const outer = temporaryFolder("platform-outer-");
    git(outer, "init", "--quiet", "--initial-branch=main");
    const inner = join(outer, "in ner");
    const checkout = releaseCheckout(inner);
    git(outer, "add", "--all");
    git(outer, "commit", "--quiet", "--message", "first");
    checkout.write(stagingFile, releaseLine("billing", "1.5.0"));
    git(outer, "commit", "--quiet", "--all", "--message", "second");
    expect((await set(checkout, "billing", "1.5.0", "production")).error).to.equal(undefined);
    expect((await set(checkout, "billing", "1.6.0", "production")).error?.message).to.equal(
      refused("1.6.0", "1.5.0"),
    );
  });

  it("is refused in a shallow clone that does not know it, with the way to the rest, and taken with the rest", async () => {
    const { folder: origin } = withHistory();
    const folder = join(temporaryFolder("platform-shallow-"), "clone");
    git(origin, "clone", "--quiet", "--depth", "1", `file://${origin}`, folder);
    const checkout = checkoutAt(folder);
    const before = checkout.read(productionFile);
    const { error } = await set(checkout, "billing", "1.5.0", "production");
    expect(error?.message).to.equal(
      "no commit that this clone has says that staging ran billing 1.5.0 (now staging runs 1.6.0), but the clone is shallow: fetch the rest with git fetch --unshallow, and say it again",
    );
    expect(error?.exitCode).to.equal(3);
    expect(checkout.read(productionFile)).to.equal(before);
    git(folder, "fetch", "--quiet", "--unshallow");
    expect((await set(checkout, "billing", "1.5.0", "production")).error).to.equal(undefined);
  });

  it("is refused where there is no history to ask: no repository, or none with a commit", async () => {
    const checkout = releaseCheckout();
    const message = `${checkout.folder} is no git checkout with a commit, and what staging ran is known only from the commits; clone the repository with git and run this there (git rev-parse`;
    const before = checkout.read(productionFile);
    for (const prepare of [() => "", () => git(checkout.folder, "init", "--quiet")]) {
      prepare();
      const { error } = await set(checkout, "billing", "1.5.0", "production");
      expect(error?.message).to.include(message).and.to.include("fatal: ");
      expect(error?.exitCode).to.equal(2);
    }
    expect(checkout.read(productionFile)).to.equal(before);
  });

  it("is asked for nowhere but in production", async () => {
    const checkout = releaseCheckout();
    checkout.write("catalog/releases/trial.yaml", "{}\n");
    expect((await set(checkout, "billing", "9.0.0", "trial")).out).to.include("billing in trial: — → 9.0.0");
  });
});
