/** With a stand-in of Pulumi; what counts as an answer is proven beside it. */
import { expect } from "chai";

import { type JobClone, pipelineRepository } from "../../support/pipeline-scripts";

describe("the acceptance of a release, as the pipeline asks for it", function () {
  this.timeout(180_000);
  let repository: ReturnType<typeof pipelineRepository>;
  before(() => (repository = pipelineRepository()));
  /** Where the promoted service is said to answer, which nobody does at port 1. */
  const job = (status = 0): JobClone =>
    repository.clone({
      PULUMI_SAYS: JSON.stringify({ billing: "http://127.0.0.1:1/", absent: "http://127.0.0.1:1/" }),
      PULUMI_STATUS: String(status),
      PATIENCE_SECONDS: "1",
    });

  it("only looks before the change, and demands the promoted service after it", async () => {
    const clone = job();
    const before = await clone.script("acceptance.sh", "before");
    expect(before.code, before.err).to.equal(0);
    const after = await clone.script("acceptance.sh", "after");
    expect(after.code, after.err).to.equal(1);
    expect(after.out).to.equal("billing: http://127.0.0.1:1/ does not answer (bad port)\n");
    expect(clone.pulumiCalls()).to.deep.equal(Array(2).fill("stack output urls --stack staging --json"));
  });

  it("fails when the engine does not say where services answer, or nobody has looked before", async () => {
    for (const [clone, moment] of [
      [job(255), "before"],
      [job(), "after"],
    ] as const) {
      expect((await clone.script("acceptance.sh", moment)).code).not.to.equal(0);
    }
    expect((await job().script("acceptance.sh", "after")).err).to.contain("the services cannot be asked");
  });
});
