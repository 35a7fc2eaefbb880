/** Does not prove that the images start so; what the API server takes of it is in test/full/inside. */
import { expect } from "chai";

import { InClusterStore, storeSpec } from "../../components/in-cluster-store";
import type { StoreKind } from "../../components/store-container";
import { record } from "../support/recorder";

const types = {
  deployment: "kubernetes:apps/v1:Deployment",
  service: "kubernetes:core/v1:Service",
  account: "kubernetes:core/v1:ServiceAccount",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
};
const argsOf = (kind: StoreKind) => ({
  kind,
  service: "billing",
  namespace: "popup-a",
  owner: "billing-team",
  needs: [],
});
const store = (kind: StoreKind) => record(() => new InClusterStore(`billing-${kind}`, argsOf(kind)));
const specOf = (kind: StoreKind) => storeSpec(`billing-${kind}`, `billing-${kind}`, argsOf(kind));
const podOf = (kind: StoreKind) => specOf(kind).template;
const ports = { postgres: 5432, redis: 6379 };

for (const kind of ["postgres", "redis"] as const) {
  describe(`a ${kind} in the cluster`, () => {
    it("is found by its name, on its usual port", async () => {
      const recording = await store(kind);
      expect(recording.one(types.service).inputs["spec"]).to.deep.equal({
        selector: { "app.kubernetes.io/name": `billing-${kind}` },
        ports: [{ name: kind, port: ports[kind] }],
      });
      const { urn } = recording.one("platform:index:InClusterStore");
      expect(recording.outputs.get(urn)).to.deep.equal({ host: `billing-${kind}` });
    });

    it("lets in the pods of its own service that use stores, and nobody else", async () => {
      const policies = (await store(kind)).all(types.policy);
      const named = Object.fromEntries(
        policies.map(({ inputs }) => [(inputs["metadata"] as { name: string }).name, inputs["spec"]]),
      );
      const users = { matchLabels: { "platform/uses-store": "billing" } };
      const stores = {
        matchLabels: {
          "app.kubernetes.io/name": `billing-${kind}`,
          "platform/in-cluster-store": "billing",
        },
      };
      const port = [{ protocol: "TCP", port: ports[kind] }];
      expect(named).to.deep.equal({
        [`billing-${kind}`]: {
          podSelector: stores,
          policyTypes: ["Ingress"],
          ingress: [{ from: [{ podSelector: users }], ports: port }],
        },
        [`billing-to-${kind}`]: {
          podSelector: users,
          policyTypes: ["Egress"],
          egress: [{ to: [{ podSelector: stores }], ports: port }],
        },
      });
    });

    it("is closed to the others before it starts: it asks nobody who they are", async () => {
      const recording = await store(kind);
      const needed = recording.prerequisites(recording.one(types.deployment).urn);
      expect([...needed]).to.include(recording.one(types.policy, `billing-${kind}`).urn);
    });

    it("runs as an account of its own, which may do nothing anywhere", async () => {
      const recording = await store(kind);
      const { spec } = recording.one(types.deployment).inputs as { spec: ReturnType<typeof specOf> };
      expect(spec.template.spec).to.include({
        serviceAccountName: `billing-${kind}`,
        automountServiceAccountToken: false,
      });
      const { metadata } = recording.one(types.account).inputs;
      expect(metadata).to.deep.equal({ name: `billing-${kind}`, namespace: "popup-a" });
    });

    it("says whose it is and what, as all pods of the product do", () => {
      const { labels } = podOf(kind).metadata;
      expect(labels).to.deep.equal({
        "app.kubernetes.io/name": `billing-${kind}`,
        "app.kubernetes.io/version": kind === "postgres" ? "18.6" : "9.0.5",
        "app.kubernetes.io/managed-by": "pulumi",
        "app.kubernetes.io/part-of": "product",
        owner: "billing-team",
        "platform/in-cluster-store": "billing",
      });
    });

    it("is an exact image: the tag is for people, the digest counts, and it is the version of the label", () => {
      const [container] = podOf(kind).spec.containers;
      expect(container?.image).to.match(
        /^docker\.io\/[a-z/]+:[0-9.]+-(alpine|bookworm)@sha256:[0-9a-f]{64}$/,
      );
      expect(container?.image).to.contain(`:${podOf(kind).metadata.labels["app.kubernetes.io/version"]}-`);
    });

    it("keeps what it has in the pod and writes nowhere else", () => {
      const { volumes, containers } = podOf(kind).spec;
      expect(volumes.map((volume) => Object.keys(volume).join())).to.deep.equal(
        volumes.map(() => "name,emptyDir"),
      );
      expect(containers[0]?.volumeMounts.map(({ name }) => name)).to.deep.equal(
        volumes.map(({ name }) => name),
      );
      expect(containers[0]?.securityContext.readOnlyRootFilesystem).to.equal(true);
    });

    it("is never there twice, and is not moved to save a node: both would lose what is in it", () => {
      const { replicas, strategy } = specOf(kind);
      expect({ replicas, strategy }).to.deep.equal({ replicas: 1, strategy: { type: "Recreate" } });
      expect(podOf(kind).metadata.annotations).to.deep.equal({
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
      });
    });

    it("says what it needs and when it answers", () => {
      const [container] = podOf(kind).spec.containers;
      expect(container?.resources.requests.memory).to.equal(container?.resources.limits.memory);
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"] as const) {
        expect(container?.[probe].exec.command).to.not.have.length(0);
      }
    });

    it("can go with its environment: nothing of it is protected, and no disk stays", async () => {
      const recording = await store(kind);
      expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
      expect(recording.keys(({ custom }) => custom)).to.deep.equal([
        `${types.deployment} billing-${kind}`,
        `${types.service} billing-${kind}`,
        `${types.account} billing-${kind}`,
        `${types.policy} billing-${kind}`,
        `${types.policy} billing-${kind}-users`,
      ]);
    });
  });
}

describe("a postgres in the cluster", () => {
  it("has one database and one login, called as the service, without a password", () => {
    expect(podOf("postgres").spec.containers[0]?.env).to.deep.equal([
      { name: "POSTGRES_USER", value: "billing" },
      { name: "POSTGRES_DB", value: "billing" },
      { name: "POSTGRES_HOST_AUTH_METHOD", value: "trust" },
    ]);
  });

  it("counts as answering only by the network, which it does once it has set itself up", () => {
    expect(podOf("postgres").spec.containers[0]?.readinessProbe.exec.command).to.deep.equal([
      ...["pg_isready", "-h", "127.0.0.1"],
      ...["-U", "billing", "-d", "billing"],
    ]);
  });
});

describe("a redis in the cluster", () => {
  it("forgets what was used longest ago before its memory ends", () => {
    const [container] = podOf("redis").spec.containers;
    expect(container?.args.join(" ")).to.contain("--maxmemory 96mb --maxmemory-policy allkeys-lru");
    expect(container?.resources.limits.memory).to.equal("128Mi");
  });
});
