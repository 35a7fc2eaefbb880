/** With the real git and the real `./platform`. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { pipelineRepository, type JobClone } from "../../support/pipeline-scripts";
import { stagingFile } from "../../support/release-checkout";

const set =
  'jenkins/pipelines/fresh-main.sh && ./platform release set "$SERVICE" "$VERSION" --stack staging --build x --by jenkins';

async function deploy(job: JobClone, subject: string): Promise<void> {
  for (const { code, err } of [
    await job.script("prepare.sh"),
    await job.shell(set),
    await job.script("push-release.sh", subject, "x"),
  ]) {
    expect(code, err).to.equal(0);
  }
}

describe("a release that a pipeline takes back", function () {
  this.timeout(180_000);

  it("leaves main as it was, by a commit that says so", async () => {
    const { clone, onMain, subjects } = pipelineRepository();
    const before = onMain(stagingFile);
    const job = clone();
    await deploy(job, "staging: deploy billing 1.5.0");
    expect(onMain(stagingFile)).not.to.equal(before);
    // As the pipeline does: in another pod.
    const second = clone();
    await second.script("prepare.sh");
    const { code, err } = await second.script("take-back-release.sh");
    expect(code, err).to.equal(0);
    expect(onMain(stagingFile)).to.equal(before);
    expect(subjects()[0]).to.equal("staging: take billing 1.5.0 back");
    expect(second.read(stagingFile)).to.equal(before);
  });

  it("takes out only its own line, whatever others pushed since", async () => {
    const { clone, onMain } = pipelineRepository();
    const job = clone();
    await deploy(job, "staging: deploy billing 1.5.0");
    await deploy(clone({ SERVICE: "alpha", VERSION: "2.0.0" }), "staging: deploy alpha 2.0.0");
    expect((await job.script("take-back-release.sh")).code).to.equal(0);
    expect(onMain(stagingFile)).to.contain("billing: { version: 1.4.0,");
    expect(onMain(stagingFile)).to.contain("alpha: { version: 2.0.0,");
  });

  it("leaves a newer version alone, and says so by its exit code", async () => {
    const { clone, onMain, subjects } = pipelineRepository();
    const job = clone();
    await deploy(job, "staging: deploy billing 1.5.0");
    await deploy(clone({ VERSION: "1.6.0" }), "staging: deploy billing 1.6.0");
    const { code, err } = await job.script("take-back-release.sh");
    expect(code).to.equal(4);
    expect(err).to.contain("staging has billing 1.6.0 by now, and not 1.5.0; nothing to take back");
    expect(onMain(stagingFile)).to.contain("billing: { version: 1.6.0,");
    expect(subjects()[0]).to.equal("staging: deploy billing 1.6.0");
  });

  it("tries again when somebody pushes at the same moment", async () => {
    const { origin, clone, onMain, subjects } = pipelineRepository();
    const job = clone();
    await deploy(job, "staging: deploy billing 1.5.0");
    const other = clone();
    other.commit("others");
    // The first push of the job finds that the other one came first.
    const wrapper = join(job.folder, "..", "programs", "git");
    writeFileSync(
      wrapper,
      `#!/bin/sh\nreal=$(PATH=\${PATH#*:} command -v git)\nif [ "$1" = push ] && mkdir "$HOME/once" 2>/dev/null; then "$real" -C ${other.folder} push --quiet ${origin} HEAD:main; fi\nexec "$real" "$@"\n`,
    );
    chmodSync(wrapper, 0o755);
    const { code, err } = await job.script("take-back-release.sh");
    expect(code, err).to.equal(0);
    expect(subjects().slice(0, 2)).to.deep.equal(["staging: take billing 1.5.0 back", "others"]);
    expect(onMain(stagingFile)).to.contain("billing: { version: 1.4.0,");
  });

  it("fails where main takes nothing, so that somebody looks", async () => {
    const { clone, origin } = pipelineRepository();
    const job = clone();
    await deploy(job, "staging: deploy billing 1.5.0");
    git(origin, "config", "receive.denyNonFastForwards", "true");
    const hook = join(origin, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\nexit 1\n");
    chmodSync(hook, 0o755);
    expect((await job.script("take-back-release.sh")).code).to.equal(1);
  });
});
