import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";
import {
  checkoutAt,
  type ReleaseCheckout,
  releaseCheckout,
  releaseLine,
  stagingFile,
} from "../../support/release-checkout";

describe("platform release revert", () => {
  /** Two clones of one repository, as two builds have them. */
  function twoBuilds() {
    const first = releaseCheckout();
    first.commit("first");
    const origin = join(temporaryFolder("platform-origin-"), "origin.git");
    git(first.folder, "clone", "--quiet", "--bare", first.folder, origin);
    const clone = () => {
      const folder = join(temporaryFolder("platform-build-"), "clone");
      git(first.folder, "clone", "--quiet", origin, folder);
      return checkoutAt(folder);
    };
    return { a: clone(), b: clone() };
  }
  const push = ({ folder }: ReleaseCheckout) => git(folder, "push", "--quiet", "origin", "HEAD:main");
  const fetched = ({ folder }: ReleaseCheckout) => {
    git(folder, "fetch", "--quiet", "origin");
    git(folder, "reset", "--quiet", "--hard", "origin/main");
  };
  /** What a build does to deploy: the line, a commit, a push. */
  const promote = async (build: ReleaseCheckout, service: string, version: string) => {
    fetched(build);
    const args = [
      "set",
      service,
      version,
      "--stack",
      "staging",
      "--build",
      `${service}/main/9`,
      "--by",
      "jenkins",
    ];
    expect((await build.run(...args)).error?.message).to.equal(undefined);
    build.commit(`staging: ${service} ${version}`);
    push(build);
  };
  const revert = async (build: ReleaseCheckout, service: string, version: string) => {
    const { out, error } = await build.run("revert", service, version, "--stack", "staging");
    expect(error?.message).to.equal(undefined);
    return out;
  };

  it("leaves the file as it was before that version, to the byte", async () => {
    const { a } = twoBuilds();
    const before = a.read(stagingFile);
    await promote(a, "billing", "1.5.0");
    expect(await revert(a, "billing", "1.5.0")).to.match(
      /^billing in staging: 1\.5\.0 → 1\.4\.0, as it was before \(billing\/main\/1\)\n.* is changed and not committed/,
    );
    expect(a.read(stagingFile)).to.equal(before);
  });

  it("leaves no line of a first version", async () => {
    const { a } = twoBuilds();
    const before = a.read(stagingFile);
    await promote(a, "charlie", "0.1.0");
    expect(await revert(a, "charlie", "0.1.0")).to.match(
      /^charlie in staging: 0\.1\.0 → —, which was the first\n/,
    );
    expect(a.read(stagingFile)).to.equal(before);
  });

  it("leaves no line where there was none right before, though another version ran once", async () => {
    const { a } = twoBuilds();
    const whole = a.read(stagingFile);
    const without = whole.replace(/^.*billing: .*\n/m, "");
    a.write(stagingFile, without);
    a.commit("staging: run billing no more");
    push(a);
    await promote(a, "billing", "1.5.0");
    expect(await revert(a, "billing", "1.5.0")).to.include("1.5.0 → —, which was the first");
    expect(a.read(stagingFile)).to.equal(without);
  });

  it("takes back what is written and not committed", async () => {
    const { a } = twoBuilds();
    const before = a.read(stagingFile);
    a.write(stagingFile, before.replace("1.4.0", "1.5.0"));
    await revert(a, "billing", "1.5.0");
    expect(a.read(stagingFile)).to.equal(before);
  });

  it("keeps what another build put there for another service in the meantime", async () => {
    const { a, b } = twoBuilds();
    await promote(a, "billing", "1.5.0");
    await promote(b, "alpha", "1.1.0");
    fetched(a);
    await revert(a, "billing", "1.5.0");
    a.commit("staging: take billing 1.5.0 back");
    push(a);
    expect(a.read(stagingFile)).to.include(
      "billing: { version: 1.4.0, by: jenkins, build: billing/main/1 }\n",
    );
    expect(a.read(stagingFile)).to.include("alpha: { version: 1.1.0,");
  });

  it("leaves a newer version of the same service alone, where a rollback would bring the broken one back", async () => {
    const { a, b } = twoBuilds();
    await promote(a, "billing", "1.5.0");
    await promote(b, "billing", "1.6.0");
    fetched(a);
    const before = a.read(stagingFile);
    expect(await revert(a, "billing", "1.5.0")).to.equal(
      "staging has billing 1.6.0 by now, and not 1.5.0; nothing to take back\n",
    );
    expect(a.read(stagingFile)).to.equal(before);
    await a.run("rollback", "billing", "--stack", "staging", "--by", "jenkins");
    expect(a.read(stagingFile)).to.include("billing: { version: 1.5.0,");
  });

  it("comes to the same when the other build was faster to push", async () => {
    const { a, b } = twoBuilds();
    await promote(a, "billing", "1.5.0");
    await revert(a, "billing", "1.5.0");
    a.commit("staging: take billing 1.5.0 back");
    await promote(b, "billing", "1.6.0");
    expect(() => push(a)).to.throw(/rejected/);
    fetched(a);
    expect(await revert(a, "billing", "1.5.0")).to.include("nothing to take back");
    expect(a.read(stagingFile)).to.include("billing: { version: 1.6.0,");
  });

  it("does nothing a second time", async () => {
    const { a } = twoBuilds();
    await promote(a, "charlie", "0.1.0");
    await revert(a, "charlie", "0.1.0");
    expect(await revert(a, "charlie", "0.1.0")).to.equal(
      "staging has no charlie by now, and not 0.1.0; nothing to take back\n",
    );
  });

  it("passes over commits in which the file was broken", async () => {
    const { a } = twoBuilds();
    const before = a.read(stagingFile);
    a.write(stagingFile, "billing: {");
    a.commit("broken");
    a.write(stagingFile, before.replace("1.4.0", "1.5.0"));
    a.commit("mended");
    await revert(a, "billing", "1.5.0");
    expect(a.read(stagingFile)).to.equal(before);
  });

  it("gives a document to machines", async () => {
    const { a } = twoBuilds();
    await promote(a, "charlie", "0.1.0");
    const json = async () => {
      const { out } = await a.run("revert", "charlie", "0.1.0", "--stack", "staging", "--json");
      return JSON.parse(out) as unknown;
    };
    const common = { service: "charlie", stack: "staging", file: stagingFile };
    expect(await json()).to.deep.equal({ ...common, from: "0.1.0", to: null, changed: true });
    expect(await json()).to.deep.equal({ ...common, from: null, to: null, changed: false });
  });

  it("refuses in a clone that does not know what was before, with the way to it", async () => {
    const { a } = twoBuilds();
    await promote(a, "charlie", "0.1.0");
    const folder = join(temporaryFolder("platform-shallow-"), "clone");
    git(a.folder, "clone", "--quiet", "--depth", "1", `file://${a.folder}`, folder);
    const { error } = await checkoutAt(folder).run("revert", "charlie", "0.1.0", "--stack", "staging");
    expect(error?.exitCode).to.equal(2);
    expect(error?.message).to.include("the clone is shallow: fetch the rest with git fetch --unshallow");
    expect(checkoutAt(folder).read(stagingFile)).to.include(
      releaseLine("charlie", "0.1.0", "charlie/main/9"),
    );
  });

  it("refuses words that are wrong, all at once", async () => {
    const { error } = await releaseCheckout().run("revert", "biling", "^1", "--stack", "stagin");
    expect(error?.exitCode).to.equal(2);
    expect(error?.message).to.match(
      /^"biling" is no service .*\n--stack is "stagin", which .*\nVERSION is "\^1"; it must be one exact version/,
    );
  });
});
