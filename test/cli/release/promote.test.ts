import { expect } from "chai";

import { git } from "../../support/git";
import {
  productionFile,
  releaseCheckout,
  releaseLine,
  releasesHeader,
  stagingFile,
} from "../../support/release-checkout";

describe("platform release promote", () => {
  /** A repository in which staging has billing 1.5.0, and production 1.4.0. */
  function ahead() {
    const checkout = releaseCheckout();
    checkout.commit("first");
    checkout.write(
      stagingFile,
      `${releasesHeader}${releaseLine("alpha", "1.0.0")}${releaseLine("billing", "1.5.0", "billing/main/40")}${releaseLine("legacy", "0.9.0")}`,
    );
    checkout.commit("staging: billing 1.5.0");
    return checkout;
  }

  it("gives production the version of staging: by who promotes, from the build that made it", async () => {
    const checkout = ahead();
    const [staging, production] = [checkout.read(stagingFile), checkout.read(productionFile)];
    const { out, error } = await checkout.run("promote", "billing", "--by", "mia");
    expect(error).to.equal(undefined);
    expect(out).to.equal(
      "billing in production: 1.4.0 → 1.5.0, as in staging (billing/main/40)\n" +
        "catalog/releases/production.yaml is changed and not committed: commit that line, and the next `up` of production makes it so.\n",
    );
    expect(checkout.read(productionFile)).to.equal(
      production.replace(
        releaseLine("billing", "1.4.0"),
        "billing: { version: 1.5.0, by: mia, build: billing/main/40 }\n",
      ),
    );
    expect(checkout.read(stagingFile)).to.equal(staging);
  });

  it("says so where production has it already, and writes nothing", async () => {
    const checkout = ahead();
    const before = checkout.read(productionFile);
    expect((await checkout.run("promote", "alpha", "--by", "mia")).out).to.equal(
      "production has alpha 1.0.0 already; nothing to change\n",
    );
    expect(checkout.read(productionFile)).to.equal(before);
  });

  it("goes between other environments too, and never round staging into production", async () => {
    const checkout = ahead();
    checkout.write("catalog/releases/trial.yaml", releaseLine("billing", "1.6.0"));
    checkout.commit("trial: billing 1.6.0");
    const skipped = await checkout.run("promote", "billing", "--from", "trial", "--by", "mia");
    expect(skipped.error?.message).to.include("staging never ran billing 1.6.0");
    const { out } = await checkout.run(
      "promote",
      "billing",
      "--from",
      "trial",
      "--to",
      "staging",
      "--by",
      "mia",
      "--json",
    );
    expect(JSON.parse(out)).to.deep.equal({
      service: "billing",
      stack: "staging",
      file: stagingFile,
      from: "1.5.0",
      to: "1.6.0",
      changed: true,
    });
  });

  it("gives production an older version only when that is said", async () => {
    const checkout = ahead();
    checkout.write(productionFile, releaseLine("billing", "1.5.1"));
    checkout.commit("production: ahead");
    const { error } = await checkout.run("promote", "billing", "--by", "mia");
    expect(error?.message).to.include("production runs billing 1.5.1, and 1.5.0 is older");
    expect((await checkout.run("promote", "billing", "--by", "mia", "--downgrade")).out).to.include(
      "1.5.1 → 1.5.0",
    );
  });

  const refusals: [
    title: string,
    prepare: (checkout: ReturnType<typeof releaseCheckout>) => void,
    args: string[],
    message: string | RegExp,
    exitCode: number,
  ][] = [
    [
      "a line that is not committed",
      (checkout) => checkout.write(stagingFile, checkout.read(stagingFile).replace("1.5.0", "1.6.0")),
      ["billing"],
      "the line of billing in catalog/releases/staging.yaml is not committed: it has 1.6.0, HEAD has 1.5.0. Commit it and let staging run it first, or take it back: git checkout HEAD -- catalog/releases/staging.yaml",
      3,
    ],
    [
      "a line of the same version whose build is not committed",
      (checkout) => checkout.write(stagingFile, checkout.read(stagingFile).replace("main/40", "main/41")),
      ["billing"],
      /is not committed: it has 1\.5\.0 of another build or author, HEAD has 1\.5\.0\./,
      3,
    ],
    [
      "a first line that is not committed",
      (checkout) => checkout.write(stagingFile, checkout.read(stagingFile) + releaseLine("charlie", "0.1.0")),
      ["charlie"],
      /is not committed: it has 0\.1\.0, HEAD has no version\./,
      3,
    ],
    [
      "a line that is gone and still committed",
      (checkout) =>
        checkout.write(stagingFile, checkout.read(stagingFile).replace(releaseLine("alpha", "1.0.0"), "")),
      ["alpha"],
      /is not committed: it has no version, HEAD has 1\.0\.0\./,
      3,
    ],
    [
      "a service that staging does not run",
      () => undefined,
      ["charlie"],
      "staging runs no version of charlie, so there is nothing to promote; give it one first: ./platform release set charlie VERSION --stack staging --build BUILD",
      2,
    ],
    [
      "a retired service that production never had",
      () => undefined,
      ["legacy"],
      /^legacy is retired and does not run in production; a service on its way out gets no first version there\./,
      3,
    ],
    [
      "words that are wrong, all at once",
      () => undefined,
      ["biling", "--from", "stagin", "--to", "producton", "--by", ""],
      /^"biling" is no service .*did you mean billing\?.*\n--to is "producton".*did you mean production\?.*\n--from is "stagin".*did you mean staging\?.*\n--by is ""/,
      2,
    ],
    [
      "one environment on both sides",
      () => undefined,
      ["billing", "--to", "staging"],
      '--from and --to are both "staging"; name two environments',
      2,
    ],
    [
      "a source with a mistake in it",
      (checkout) => checkout.write(stagingFile, "billing: {"),
      ["billing"],
      /^1 problem in catalog\/releases\/staging\.yaml, nothing was changed:/,
      0,
    ],
    [
      "a target with a mistake in it",
      (checkout) => checkout.write(productionFile, "billing: {"),
      ["billing"],
      /^1 problem in catalog\/releases\/production\.yaml, nothing was changed:/,
      0,
    ],
  ];
  let kept: ReturnType<typeof ahead> | undefined;
  for (const [title, prepare, args, message, exitCode] of refusals) {
    it(`refuses ${title}, and writes nothing`, async () => {
      // None of these changes what is committed.
      const checkout = (kept ??= ahead());
      git(checkout.folder, "checkout", "--quiet", "--", ".");
      prepare(checkout);
      const before = [checkout.read(stagingFile), checkout.read(productionFile)];
      const { error, out } = await checkout.run("promote", "--by", "mia", ...args);
      if (typeof message === "string") expect(error?.message).to.equal(message);
      else expect(error?.message).to.match(message);
      // A mistake in a file has its exit code from the command's last line.
      expect(error?.exitCode ?? 0).to.equal(exitCode);
      expect(out).to.equal("");
      expect([checkout.read(stagingFile), checkout.read(productionFile)]).to.deep.equal(before);
    });
  }

  it("refuses where nothing can be committed", async () => {
    const { error } = await releaseCheckout().run("promote", "billing", "--by", "mia");
    expect(error?.message).to.include(
      "is no git checkout with a commit, and what is committed in catalog/releases/staging.yaml is known only from the commits",
    );
  });
});
