/** With a stand-in of Pulumi; that the real engine's plans are judged so is proven in test/plan. */
import { expect } from "chai";

import { type JobClone, pipelineRepository } from "../../support/pipeline-scripts";

const urn = "urn:pulumi:staging::platform::platform:index:Service$kubernetes:helm.sh/v3:Release::billing";
const update = {
  op: "update",
  urn,
  oldState: { inputs: { version: "1.4.0" } },
  newState: { inputs: { version: "1.5.0" } },
};
const other = { op: "delete", urn: "urn:pulumi:staging::platform::gcp:compute/network:Network::main" };
const plan = (...steps: object[]) => JSON.stringify({ steps, changeSummary: { same: 1 } });

describe("the plan of a release, as the pipeline asks for it", function () {
  this.timeout(180_000);
  let repository: ReturnType<typeof pipelineRepository>;
  before(() => (repository = pipelineRepository()));
  const asked = async (says: string, status = 0) => {
    const job: JobClone = repository.clone({ PULUMI_SAYS: says, PULUMI_STATUS: String(status) });
    return { ...(await job.script("plan-release.sh")), calls: job.pulumiCalls() };
  };

  it("is of the whole stack, and its verdict is printed whatever it is", async () => {
    for (const [steps, verdict, targets] of [
      [[update], "only", [urn]],
      [[update, other], "more", []],
      [[{ ...other, op: "same" }], "nothing", []],
    ] as const) {
      const { code, out, err, calls } = await asked(plan(...steps));
      expect(code, err).to.equal(0);
      expect(JSON.parse(out)).to.include({ plan: verdict }).and.to.have.deep.property("targets", targets);
      expect(calls).to.deep.equal(["preview --stack staging --non-interactive --json"]);
    }
  });

  it("fails with the engine's reason when there is no plan", async () => {
    const failed = JSON.stringify({
      steps: [],
      diagnostics: [{ severity: "error", message: "no such chart" }],
    });
    const { code, err } = await asked(failed, 255);
    expect(code).to.equal(2);
    expect(err).to.contain("no such chart");
  });

  it("fails when the engine does, even if what it printed looks like a plan", async () => {
    expect((await asked(plan(update), 255)).code).to.equal(255);
  });
});
