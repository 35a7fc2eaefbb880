import { expect } from "chai";

import { agentPlace } from "../../../components/agents/agent-pod";

const place = (taint?: string) =>
  agentPlace({ account: "builder", pool: { name: "builds", taint }, priority: "batch" });

describe("the pod of a pipeline", () => {
  it("runs as its account, without a token of the API server", () => {
    expect(place()).to.include({ serviceAccountName: "builder", automountServiceAccountToken: false });
  });

  it("is on its pool, and tolerates what keeps others off it", () => {
    expect(place("builds")).to.deep.include({
      nodeSelector: { pool: "builds" },
      tolerations: [{ key: "dedicated", operator: "Equal", value: "builds", effect: "NoSchedule" }],
    });
    expect(place()).to.not.have.property("tolerations");
  });

  it("ends by itself when Jenkins forgets it, and is not started again", () => {
    expect(place().restartPolicy).to.equal("Never");
    expect(place().activeDeadlineSeconds).to.be.within(2 * 3600, 12 * 3600);
  });
});
