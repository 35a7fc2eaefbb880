/** That the API server fills the token in, and whom it is good for, is in test/full/agents. */
import { expect } from "chai";

import { AccountToken, tokenKey } from "../../components/account-token";
import { record } from "../support/recorder";

describe("the token of an account", () => {
  it("is asked for in a Secret called as the account, with what others look for on it", async () => {
    const recording = await record(
      () =>
        new AccountToken("deploy-agents", {
          namespace: "jenkins",
          labels: { kind: "secretText" },
          annotations: { purpose: "starts pods" },
        }),
    );
    const { inputs } = recording.one("kubernetes:core/v1:Secret");
    expect(inputs).to.deep.include({
      type: "kubernetes.io/service-account-token",
      metadata: {
        name: "deploy-agents",
        namespace: "jenkins",
        labels: { kind: "secretText" },
        annotations: { purpose: "starts pods", "kubernetes.io/service-account.name": "deploy-agents" },
      },
    });
    expect(inputs).to.not.have.any.keys("data", "stringData");
    expect(recording.one("kubernetes:core/v1:ServiceAccount").name).to.equal("deploy-agents");
    expect(tokenKey).to.equal("token");
  });
});
