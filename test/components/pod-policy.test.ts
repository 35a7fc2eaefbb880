/** What the API server makes of a policy is in test/full/inside. */
import { expect } from "chai";

import { PodPolicy } from "../../components/pod-policy";
import { record } from "../support/recorder";

const types = {
  policy: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
  binding: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
};
const rules = [{ holds: "object.spec.?hostNetwork.orValue(false) == false", otherwise: "no host network" }];
const policy = () => record(() => new PodPolicy("builds", { namespace: "builds", rules }));

describe("a policy for pods", () => {
  it("is about one namespace, and about every way to make or change a pod of it", async () => {
    const { matchConstraints } = (await policy()).one(types.policy).inputs["spec"] as Record<string, unknown>;
    expect(matchConstraints).to.deep.equal({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "builds" } },
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["pods", "pods/ephemeralcontainers"],
        },
      ],
    });
  });

  it("lets an update pass that leaves what the pod is as it was", async () => {
    const { matchConditions } = (await policy()).one(types.policy).inputs["spec"] as Record<string, unknown>;
    expect(matchConditions).to.deep.equal([
      {
        name: "made-or-changed",
        expression: "request.operation != 'UPDATE' || object.spec != oldObject.spec",
      },
    ]);
  });

  it("refuses, with the rule's words, also when a rule cannot be judged", async () => {
    const recording = await policy();
    const { failurePolicy, validations } = recording.one(types.policy).inputs["spec"] as Record<
      string,
      unknown
    >;
    expect(failurePolicy).to.equal("Fail");
    expect(validations).to.deep.equal([
      { expression: rules[0]?.holds, message: "no host network", reason: "Forbidden" },
    ]);
    expect(recording.one(types.binding).inputs["spec"]).to.deep.equal({
      policyName: "pods-of-builds",
      validationActions: ["Deny", "Audit"],
    });
  });

  it("is bound as soon as it is there", async () => {
    const recording = await policy();
    const bound = recording.one(types.binding);
    expect([...recording.prerequisites(bound.urn)]).to.include(recording.one(types.policy).urn);
    expect(recording.outputs.get(bound.parent ?? "")).to.deep.equal({ binding: "pods-of-builds" });
  });
});
