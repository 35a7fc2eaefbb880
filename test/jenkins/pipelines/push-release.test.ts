/** With the real git and the real `./platform`; what GitHub refuses by its own rules is not proven. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { pipelineRepository } from "../../support/pipeline-scripts";
import { productionFile, releaseLine, stagingFile } from "../../support/release-checkout";

const line =
  './platform release set "$SERVICE" "$VERSION" --stack "$STACK" --build "$BUILD" --by jenkins --json';
const push = ["staging: deploy billing 1.5.0", "Made by: services/billing/main #12"] as const;

describe("a release that a pipeline writes", function () {
  this.timeout(180_000);
  const repository = () => {
    const made = pipelineRepository();
    const job = made.clone();
    return { ...made, job };
  };

  it("is one commit with one line on main, which says who, and what made it", async () => {
    const { job, origin, onMain, subjects } = repository();
    await job.script("prepare.sh");
    const { code, out, err } = await job.shell(line);
    expect([code, err.replace(/^\+.*\n/gm, "")]).to.deep.equal([0, ""]);
    expect(JSON.parse(out)).to.include({ changed: true, from: "1.4.0", to: "1.5.0" });
    expect(await job.script("push-release.sh", ...push)).to.deep.equal({ code: 0, out: "", err: "" });
    expect(subjects()).to.deep.equal([push[0], "first"]);
    expect(git(origin, "log", "-1", "--format=%an|%b", "main")).to.equal(`jenkins|${push[1]}`);
    expect(git(origin, "diff", "--stat=200", "main~1", "main")).to.match(
      /^catalog\/releases\/staging\.yaml \| 2 \+-\n/,
    );
    expect(onMain(stagingFile)).to.contain(
      'billing: { version: 1.5.0, by: jenkins, build: "services/billing/main #12" }',
    );
  });

  it("has nothing else with it that lies in the checkout", async () => {
    const { job, origin } = repository();
    await job.script("prepare.sh");
    await job.shell(line);
    job.write(productionFile, releaseLine("billing", "6.6.6"));
    job.write("left-over", "x");
    expect((await job.script("push-release.sh", ...push)).code).to.equal(0);
    expect(git(origin, "diff", "--name-only", "main~1", "main")).to.equal(stagingFile);
  });

  it("is not pushed over what somebody pushed in between, and that is told from a failure", async () => {
    const { job, clone, subjects } = repository();
    await job.script("prepare.sh");
    await job.shell(line);
    const other = clone();
    other.commit("others");
    git(other.folder, "push", "--quiet", "origin", "HEAD:main");
    expect((await job.script("push-release.sh", ...push)).code).to.equal(4);
    expect(subjects()).to.deep.equal(["others", "first"]);
    expect((await job.shell(`jenkins/pipelines/fresh-main.sh && ${line}`)).code).to.equal(0);
    expect((await job.script("push-release.sh", ...push)).code).to.equal(0);
    expect(subjects()).to.deep.equal([push[0], "others", "first"]);
  });

  it("is an error where main did not move and does not take it", async () => {
    const { job, origin, subjects } = repository();
    await job.script("prepare.sh");
    await job.shell(line);
    const hook = join(origin, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'protected branch' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    const { code, err } = await job.script("push-release.sh", ...push);
    expect(code).to.equal(1);
    expect(err).to.contain("protected branch");
    expect(err).to.contain("main of origin is as it was, and did not take the commit");
    expect(subjects()).to.deep.equal(["first"]);
  });

  it("is pushed although git's answer was lost", async () => {
    const { job, subjects } = repository();
    await job.script("prepare.sh");
    await job.shell(line);
    // The commit is there, and the one who pushed hears of a failure.
    const wrapper = join(job.folder, "..", "programs", "git");
    writeFileSync(
      wrapper,
      `#!/bin/sh\nreal=$(PATH=\${PATH#*:} command -v git)\n"$real" "$@" || exit\n[ "$1" != push ] || exit 128\n`,
    );
    chmodSync(wrapper, 0o755);
    expect((await job.script("push-release.sh", ...push)).code).to.equal(0);
    expect(subjects()).to.deep.equal([push[0], "first"]);
  });
});
