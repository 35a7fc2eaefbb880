/** With a stand-in of Pulumi. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { pipelineRepository } from "../../support/pipeline-scripts";

describe("the up of a release", function () {
  this.timeout(180_000);
  let repository: ReturnType<typeof pipelineRepository>;
  before(() => (repository = pipelineRepository()));
  const deployed = async (targets: string, status = "0") => {
    const job = repository.clone({ PULUMI_STATUS: status, kubernetes: "replaced" });
    mkdirSync(join(job.folder, ".local"));
    job.write(".local/targets", targets);
    return { ...(await job.script("deploy-release.sh")), calls: job.pulumiCalls() };
  };

  it("touches each target, and waits for nobody's yes", async () => {
    const { code, calls } = await deployed(
      "urn:a::p::platform:index:Service$kubernetes:x::billing\nurn:b::p::t::with a space\n",
    );
    expect(code).to.equal(0);
    expect(calls).to.deep.equal([
      "up --stack staging --non-interactive --yes --target urn:a::p::platform:index:Service$kubernetes:x::billing --target urn:b::p::t::with a space",
    ]);
  });

  it("is none without a target: it would touch everything", async () => {
    const { code, err, calls } = await deployed("");
    expect([code, calls]).to.deep.equal([2, []]);
    expect(err).to.contain("an up without targets would touch everything");
  });

  it("fails when Pulumi does", async () => {
    expect((await deployed("urn:a\n", "255")).code).to.equal(255);
  });
});
