import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";
import {
  checkoutAt,
  productionFile,
  releaseCheckout,
  releaseLine,
  releasesHeader,
} from "../../support/release-checkout";

describe("platform release rollback", () => {
  /** A repository in which production had these versions of billing, one after the other. */
  function had(...versions: string[]) {
    const checkout = releaseCheckout();
    for (const version of versions) {
      checkout.write(
        productionFile,
        `${releasesHeader}${releaseLine("alpha", "1.0.0")}${releaseLine("billing", version)} # last\n`,
      );
      checkout.commit(`production: billing ${version}`);
    }
    return checkout;
  }

  it("puts the version before into the line, says where it is from, and leaves the rest", async () => {
    const checkout = had("1.4.0", "1.5.0");
    const before = checkout.read(productionFile);
    const { out, error } = await checkout.run("rollback", "billing", "--stack", "production", "--by", "mia");
    expect(error).to.equal(undefined);
    expect(out).to.match(
      /^billing in production: 1\.5\.0 → 1\.4\.0, which ran there as of \d{4}-\d\d-\d\d \([0-9a-f]{7} "production: billing 1\.4\.0"\)\ncatalog\/releases\/production\.yaml is changed and not committed/,
    );
    expect(checkout.read(productionFile)).to.equal(
      before.replace(
        releaseLine("billing", "1.5.0").trimEnd(),
        "billing: { version: 1.4.0, by: mia, build: rollback from 1.5.0 }",
      ),
    );
  });

  const versionAfter = async (checkout: ReturnType<typeof had>) => {
    const { error } = await checkout.run("rollback", "billing", "--stack", "production", "--by", "mia");
    expect(error).to.equal(undefined);
    return /billing: \{ version: ([^,]*),/.exec(checkout.read(productionFile))?.[1];
  };

  it("goes to the version before the present one, not to the smallest or the one a number lower", async () => {
    expect(await versionAfter(had("1.4.0", "2.0.0", "1.5.0"))).to.equal("2.0.0");
  });

  it("passes over commits about other services, and over another build of the same version", async () => {
    const checkout = had("1.4.0", "1.5.0");
    for (const edit of [
      (text: string) => text.replace("alpha: { version: 1.0.0", "alpha: { version: 1.1.0"),
      (text: string) => text.replace("billing/main/1", "billing/main/2"),
      (text: string) => `${text}# a word\n`,
    ]) {
      checkout.write(productionFile, edit(checkout.read(productionFile)));
      checkout.commit("something else");
    }
    expect(await versionAfter(checkout)).to.equal("1.4.0");
  });

  it("passes over commits in which the file was broken or gone", async () => {
    const checkout = had("1.4.0");
    const text = checkout.read(productionFile);
    checkout.write(productionFile, "billing: {");
    checkout.commit("broken");
    git(checkout.folder, "rm", "--quiet", productionFile);
    git(checkout.folder, "commit", "--quiet", "--message", "gone");
    checkout.write(productionFile, text.replace("1.4.0", "1.5.0"));
    checkout.commit("back");
    expect(await versionAfter(checkout)).to.equal("1.4.0");
  });

  it("takes back what is only written to what is committed", async () => {
    const checkout = had("1.4.0", "1.5.0");
    checkout.write(productionFile, checkout.read(productionFile).replace("1.5.0", "1.6.0"));
    expect(await versionAfter(checkout)).to.equal("1.5.0");
  });

  it("goes forward again when it is asked for twice", async () => {
    const checkout = had("1.4.0", "1.5.0");
    expect(await versionAfter(checkout)).to.equal("1.4.0");
    checkout.commit("back");
    expect(await versionAfter(checkout)).to.equal("1.5.0");
  });

  /** Makes commits on main faster than one by one: each with its time, its parents by number, and a file. */
  function importCommits(
    folder: string,
    commits: readonly { at: number; parents: number[]; text: string; file?: string }[],
  ) {
    const stream = commits.map(({ at, parents: [first, ...others], text, file = productionFile }, index) =>
      [
        `commit refs/heads/main\nmark :${index + 1}\ncommitter nobody <nobody@acme.example> ${at} +0000\ndata 1\nx`,
        first === undefined ? "from refs/heads/main^0" : `from :${first}`,
        ...others.map((other) => `merge :${other}`),
        `M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
      ].join("\n"),
    );
    execFileSync("git", ["-C", folder, "fast-import", "--quiet"], { input: stream.join("") });
    git(folder, "reset", "--quiet", "--hard");
  }

  it("finds a version that is more commits away than are read at once", async () => {
    const checkout = had("1.4.0");
    const text = checkout.read(productionFile).replace("version: 1.4.0", "version: 1.5.0");
    importCommits(
      checkout.folder,
      Array.from({ length: 250 }, (_, index) => ({
        at: 2_000_000_000 + index,
        parents: index === 0 ? [] : [index],
        text: `${text}# ${index}\n`,
      })),
    );
    expect(await versionAfter(checkout)).to.equal("1.4.0");
  });

  it("goes by what came after what, whatever the clocks of those who committed said", async () => {
    const checkout = had("1.0.0");
    const billing = (version: string) => releaseLine("billing", version);
    importCommits(checkout.folder, [
      { at: 2_000_000_100, parents: [], text: billing("1.4.0") },
      { at: 2_000_000_050, parents: [1], text: billing("1.5.0") },
      { at: 2_000_000_060, parents: [1], text: "else", file: "notes.txt" },
      { at: 2_000_000_110, parents: [2, 3], text: billing("1.6.0") },
    ]);
    expect(await versionAfter(checkout)).to.equal("1.5.0");
  });

  async function refusal(checkout: ReturnType<typeof had>, ...args: string[]) {
    const before = checkout.read(productionFile);
    const { error, out } = await checkout.run("rollback", "--by", "mia", ...args);
    expect([checkout.read(productionFile), out]).to.deep.equal([before, ""]);
    return error;
  }

  it("refuses where there is no version before", async () => {
    const error = await refusal(had("1.4.0"), "billing", "--stack", "production");
    expect(error?.message).to.equal(
      "1.4.0 is the first version of billing in production, so there is none to go back to; a newer one mends it: ./platform release set billing VERSION --stack production --build BUILD",
    );
    expect(error?.exitCode).to.equal(2);
  });

  it("refuses where the service does not run", async () => {
    const error = await refusal(had("1.4.0"), "charlie", "--stack", "production");
    expect(error?.message).to.equal(
      "production runs no version of charlie, so there is nothing to go back from; ./platform release status shows what runs where",
    );
  });

  it("refuses words that are wrong, all at once", async () => {
    const error = await refusal(had("1.4.0"), "biling", "--stack", "prod", "--by", " ");
    expect(error?.message).to.match(
      /^"biling" is no service .*\n--stack is "prod", which .*\n--by is " "; it must say something$/,
    );
  });

  it("refuses outside of a repository", async () => {
    const error = await refusal(releaseCheckout(), "billing", "--stack", "production");
    expect(error?.message).to.include("and what production ran before is known only from the commits");
  });

  it("refuses in a shallow clone that does not know the version before, with the way to it", async () => {
    const { folder: origin } = had("1.4.0", "1.5.0");
    const folder = join(temporaryFolder("platform-shallow-"), "clone");
    git(origin, "clone", "--quiet", "--depth", "1", `file://${origin}`, folder);
    const checkout = checkoutAt(folder);
    expect((await refusal(checkout, "billing", "--stack", "production"))?.message).to.equal(
      "no commit that this clone has knows another version of billing in production than 1.5.0, but the clone is shallow: fetch the rest with git fetch --unshallow, and say it again",
    );
    git(folder, "fetch", "--quiet", "--unshallow");
    expect(await versionAfter(checkout)).to.equal("1.4.0");
  });
});
