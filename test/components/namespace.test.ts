/** What the API server refuses by it is in test/full/inside. */
import * as core from "@pulumi/kubernetes/core/v1";
import { expect } from "chai";

import { Namespace, type NamespaceArgs, podSecurityLabels, quotaOf } from "../../components/namespace";
import { record, unknown } from "../support/recorder";

const types = {
  namespace: "kubernetes:core/v1:Namespace",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  quota: "kubernetes:core/v1:ResourceQuota",
  limits: "kubernetes:core/v1:LimitRange",
  account: "kubernetes:core/v1:ServiceAccountPatch",
  policy: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
  binding: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
};
const args: NamespaceArgs = {
  namespace: "staging",
  pods: { level: "restricted" },
  priorities: ["standard"],
  traffic: { internetPorts: [443], loadBalanced: false, scraped: false },
  capacity: { cpus: 36, memoryGib: 144, pods: 990 },
  disks: true,
  container: { cpu: "100m", memory: "256Mi" },
};
const rules = [{ holds: "true", otherwise: "never" }];

const namespace = (more: Partial<NamespaceArgs> = {}, preview = false) =>
  record(() => new Namespace("services", { ...args, ...more }), { preview });

describe("a namespace", () => {
  it("refuses pods below the restricted level, warns about them and audits them", async () => {
    const { metadata } = (await namespace()).one(types.namespace).inputs as {
      metadata: Record<string, unknown>;
    };
    expect(metadata).to.deep.equal({
      name: "staging",
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "latest",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "latest",
      },
    });
  });

  it("has time to end: load balancers and claims inside wait for Google", async () => {
    expect((await namespace()).one(types.namespace).customTimeouts).to.deep.equal({ delete: "20m" });
  });

  it("can be replaced, and so can all that is in it: nothing is ever protected", async () => {
    expect((await namespace()).keys(({ protect }) => protect)).to.deep.equal([]);
  });

  it("warns about pods below the restricted level also where it takes them", () => {
    expect(podSecurityLabels("privileged")).to.include({
      "pod-security.kubernetes.io/enforce": "privileged",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    });
  });

  it("has rules of its own for pods before it is there, and until it is gone", async () => {
    const recording = await namespace({ pods: { level: "privileged", rules } });
    const needed = recording.prerequisites(recording.one(types.namespace).urn);
    expect([...needed]).to.include.members([
      recording.one(types.policy).urn,
      recording.one(types.binding).urn,
    ]);
  });

  it("says which priorities its pods have, also where nothing else is said of them", async () => {
    const validations = async (more: Partial<NamespaceArgs>) => {
      const { spec } = (await namespace(more)).one(types.policy).inputs as {
        spec: { validations: { message: string }[] };
      };
      return spec.validations.map(({ message }) => message);
    };
    const priority = "pods here have a priorityClassName, one of: standard";
    expect(await validations({})).to.deep.equal([priority]);
    expect(await validations({ pods: { level: "restricted", rules } })).to.deep.equal([priority, "never"]);
  });

  it("holds its policies, quota and defaults, each in itself and after itself", async () => {
    const recording = await namespace();
    const inside = recording.registrations.filter(
      ({ type }) =>
        type.startsWith("kubernetes:") && ![types.namespace, types.policy, types.binding].includes(type),
    );
    expect(inside.map(({ name }) => name)).to.have.members([
      "services-deny-all",
      "services-allow-dns",
      "services-allow-metadata-server",
      "services-allow-internet",
      "services",
      "services",
      "services",
    ]);
    for (const { inputs, urn } of inside) {
      expect((inputs["metadata"] as Record<string, unknown>)["namespace"]).to.equal("staging");
      expect([...recording.prerequisites(urn)]).to.include(recording.one(types.namespace).urn);
    }
  });

  it("gives its name only to those who wait for all of that", async () => {
    const recording = await record(() => {
      const { namespace } = new Namespace("services", args);
      new core.ConfigMap("user", { metadata: { name: "user", namespace } });
    });
    const waited = recording.prerequisites(recording.one("kubernetes:core/v1:ConfigMap").urn);
    const guards = [types.networkPolicy, types.quota, types.limits, types.account].flatMap((type) =>
      recording.all(type),
    );
    expect(guards).to.have.length(7);
    expect([...waited]).to.include.members(guards.map(({ urn }) => urn));
  });

  it("is known by its name in a preview already: what is inside would seem to be replaced otherwise", async () => {
    const recording = await namespace({}, true);
    const component = recording.one(types.namespace).parent ?? "";
    expect(recording.outputs.get(component)).to.deep.equal({ name: "staging", namespace: "staging" });
    expect(JSON.stringify(recording.registrations)).to.not.contain(unknown);
  });

  it("lets its pods request what there is, and no more", () => {
    expect(quotaOf(args)).to.deep.equal({
      pods: "990",
      "requests.cpu": "36",
      "requests.memory": "144Gi",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  it("lets its pods claim no disk where none is to stay", () => {
    expect(quotaOf({ ...args, disks: false })).to.include({ persistentvolumeclaims: "0" });
  });

  it("gives containers that say nothing some of both, and a limit of memory only", async () => {
    expect((await namespace()).one(types.limits).inputs["spec"]).to.deep.equal({
      limits: [
        {
          type: "Container",
          defaultRequest: { cpu: "100m", memory: "256Mi" },
          default: { memory: "256Mi" },
        },
      ],
    });
  });

  it("gives pods that name no account no token, whoever changed that by hand", async () => {
    expect((await namespace()).one(types.account).inputs).to.deep.include({
      metadata: {
        name: "default",
        namespace: "staging",
        annotations: { "pulumi.com/patchForce": "true" },
      },
      automountServiceAccountToken: false,
    });
  });
});
