/** What cannot be had from a real control plane at will: moments between two of its steps. */
import { expect } from "chai";

import { readinessOf } from "../../../../../local/providers/kubernetes/objects/readiness";

const judge = (kind: string, object: object) => {
  const target = { apiVersion: "apps/v1", kind, name: "a", namespace: "b", collection: "", path: "" };
  return readinessOf(target)?.judge({ metadata: { name: "a", generation: 2 }, ...object }, {});
};

describe("the readiness of a workload", () => {
  const replicas = { replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1 };
  const all = { ...replicas, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 };

  for (const kind of ["Deployment", "StatefulSet", "DaemonSet"]) {
    it(`is not what a ${kind} had before its controller saw the change`, () => {
      expect(judge(kind, { status: { ...all, observedGeneration: 1 } })?.state).to.equal("waiting");
      expect(judge(kind, { status: { ...all, observedGeneration: 2 } })?.state).to.equal("ready");
    });
  }

  it("is not there while old pods are, or while a set has two revisions", () => {
    expect(judge("Deployment", { status: { ...all, observedGeneration: 2, replicas: 2 } })?.says).to.equal(
      "1 old pods are still there",
    );
    const revisions = { currentRevision: "a-1", updateRevision: "a-2" };
    const status = { ...all, observedGeneration: 2, ...revisions };
    expect(judge("StatefulSet", { status })?.state).to.equal("waiting");
    const updateStrategy = { type: "OnDelete" };
    expect(judge("StatefulSet", { spec: { updateStrategy }, status })?.state).to.equal("ready");
  });
});
