import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { pipelineRepository } from "../../support/pipeline-scripts";
import { temporaryFolder } from "../../support/plan-world";

describe("a checkout that is made ready in a deploy pod", function () {
  this.timeout(180_000);
  const credential = (folder: string) => git(folder, "config", "--local", "--get-regexp", "credential|user");

  it("commits as jenkins, and asks the App for this repository's token, and no other helper", async () => {
    const writer = temporaryFolder("platform-writer-");
    const job = pipelineRepository().clone({ GITHUB_WRITER: writer });
    const ready = () => job.script("prepare.sh");
    expect([await ready(), await ready()].map(({ code, err }) => [code, err])).to.deep.equal([
      [0, ""],
      [0, ""],
    ]);
    const helper = join(job.folder, "jenkins", "pipelines", "git-credential.sh");
    expect(existsSync(helper)).to.equal(true);
    expect(credential(job.folder).split("\n")).to.have.members([
      "user.name jenkins",
      "user.email jenkins@platform.invalid",
      "credential.https://github.com.usehttppath true",
      "credential.https://github.com.helper ",
      `credential.https://github.com.helper !'${helper}'`,
    ]);
  });

  it("asks nobody for a token where the pod has no App", async () => {
    const job = pipelineRepository().clone();
    expect((await job.script("prepare.sh")).code).to.equal(0);
    expect(credential(job.folder)).not.to.contain("credential.");
  });

  it("becomes main's newest commit again, whatever was done to it, and nothing is said", async () => {
    const { clone, origin } = pipelineRepository();
    const job = clone();
    const other = clone();
    other.write("new", "x");
    const commit = other.commit("others");
    git(other.folder, "push", "--quiet", origin, "HEAD:main");
    job.write("platform", "changed");
    job.write("left-over", "x");
    mkdirSync(join(job.folder, ".local"));
    job.write(".local/targets", "kept");
    expect(await job.script("fresh-main.sh")).to.deep.equal({ code: 0, out: "", err: "" });
    expect(git(job.folder, "rev-parse", "HEAD")).to.equal(commit);
    expect(git(job.folder, "status", "--porcelain")).to.equal("");
    expect(existsSync(join(job.folder, "node_modules", ".bin"))).to.equal(true);
  });
});
