/** What the commits say, where the commands' own tests do not reach: large histories, odd files, clones that leave things out. */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { committedRelease, releaseBefore, whenItHad } from "../../../cli/release/history";
import { git } from "../../support/git";
import { releaseCheckout, releaseLine, stagingFile } from "../../support/release-checkout";

describe("the releases in the commits", () => {
  it("are told with the commit that says so last", async () => {
    const checkout = releaseCheckout();
    checkout.commit("first");
    checkout.write(stagingFile, `${releaseLine("billing", "1.4.0")}# a word\n`);
    const last = checkout.commit("second: a word");
    const found = await whenItHad(checkout.folder, "staging", "billing", "1.4.0");
    expect(found).to.deep.include({ commit: last, subject: "second: a word", version: "1.4.0" });
    expect(found?.date).to.match(/^\d{4}-\d\d-\d\d$/);
    expect(await whenItHad(checkout.folder, "staging", "billing", "1.4.1")).to.equal(undefined);
  });

  it("are read also where their file says more of a service, or is written in another way", async () => {
    const checkout = releaseCheckout();
    checkout.write(stagingFile, 'billing:\n  version: "1.5.0" # now\n  colour: red\n');
    checkout.commit("another time");
    checkout.write(stagingFile, releaseLine("billing", "1.6.0"));
    checkout.commit("now");
    expect(await whenItHad(checkout.folder, "staging", "billing", "1.5.0")).to.include({ version: "1.5.0" });
  });

  it("are no releases where the version is none", async () => {
    const checkout = releaseCheckout();
    for (const text of [
      "billing: { version: ^1.5.0 }",
      "billing: 1.5.0",
      "- billing",
      "billing",
      "billing: null",
    ]) {
      checkout.write(stagingFile, text);
      checkout.commit(text);
    }
    const present = { text: releaseLine("billing", "1.6.0"), version: "1.6.0" };
    expect(await releaseBefore(checkout.folder, "staging", "billing", present)).to.equal(undefined);
    expect(await whenItHad(checkout.folder, "staging", "billing", "^1.5.0")).to.equal(undefined);
  });

  it("are none of a file that no commit has", async () => {
    const checkout = releaseCheckout();
    rmSync(join(checkout.folder, stagingFile));
    checkout.commit("first");
    expect(await committedRelease(checkout.folder, "staging", "billing")).to.equal(undefined);
    expect(await whenItHad(checkout.folder, "staging", "billing", "1.4.0")).to.equal(undefined);
  });

  it("have letters of every alphabet, and subjects with anything in them", async () => {
    const checkout = releaseCheckout();
    const build = "Zoë’s \u{1f680}";
    checkout.write(
      stagingFile,
      releaseLine("alpha", "1.0.0", build) + releaseLine("billing", "1.5.0", build),
    );
    checkout.commit('staging: "billing" → 1.5.0 \u{1f680}');
    checkout.write(stagingFile, releaseLine("billing", "1.6.0"));
    checkout.commit("next");
    const present = { text: checkout.read(stagingFile), version: "1.6.0" };
    expect(await releaseBefore(checkout.folder, "staging", "billing", present)).to.include({
      version: "1.5.0",
      subject: 'staging: "billing" → 1.5.0 \u{1f680}',
    });
  });

  it("do not depend on how the user's git shows a log", async () => {
    const checkout = releaseCheckout();
    checkout.commit("first");
    for (const [key, value] of [
      ["log.showSignature", "true"],
      ["log.decorate", "full"],
      ["color.ui", "always"],
      ["format.pretty", "fuller"],
    ] as const) {
      git(checkout.folder, "config", key, value);
    }
    expect(await whenItHad(checkout.folder, "staging", "billing", "1.4.0")).to.include({ subject: "first" });
  });

  it("are not taken for missing where a file of a commit is not in the clone", async () => {
    const checkout = releaseCheckout();
    checkout.commit("first");
    const blob = git(checkout.folder, "rev-parse", `HEAD:${stagingFile}`);
    checkout.write(stagingFile, releaseLine("billing", "1.5.0"));
    checkout.commit("second");
    rmSync(join(checkout.folder, ".git/objects", blob.slice(0, 2), blob.slice(2)), { force: true });
    const error: unknown = await whenItHad(checkout.folder, "staging", "billing", "1.4.0").catch(
      (reason: unknown) => reason,
    );
    expect((error as Error).message).to.match(
      /^this clone does not have catalog\/releases\/staging\.yaml of commit [0-9a-f]{7}; fetch what is left out: git fetch --refetch --no-filter$/,
    );
  });
});
