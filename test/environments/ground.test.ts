import { expect } from "chai";

import { addressRanges } from "../../config/addresses";
import { roomFor } from "../../environments/ground";
import { recordEnvironment, type Recording } from "../support/recorder";
import { clusteredSettings, clusteredStacks } from "../support/settings";

const types = {
  cluster: "gcp:container/cluster:Cluster",
  pool: "gcp:container/nodePool:NodePool",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  google: "pulumi:providers:gcp",
  nat: "gcp:compute/routerNat:RouterNat",
  address: "gcp:compute/address:Address",
  grant: "gcp:projects/iAMMember:IAMMember",
  storageClass: "kubernetes:storage.k8s.io/v1:StorageClass",
  priorityClass: "kubernetes:scheduling.k8s.io/v1:PriorityClass",
  namespace: "kubernetes:core/v1:Namespace",
};

/** Name of the grant to the account that nodes run as. */
function nodesGrant(recording: Recording): string {
  const [grant, ...more] = recording
    .all(types.grant)
    .filter(({ inputs }) => inputs["role"] === "roles/container.defaultNodeServiceAccount");
  if (!grant || more.length > 0) throw new Error("one grant for nodes was expected");
  return grant.name;
}

for (const stack of clusteredStacks) {
  describe(`the ground of ${stack}`, () => {
    const settings = clusteredSettings(stack);
    let recording: Recording;
    before(async () => {
      recording = await recordEnvironment(stack);
    });

    it("lies in the project and region of its settings, for every provider", () => {
      const places = recording.all(types.google).map(({ inputs }) => [inputs["project"], inputs["region"]]);
      expect(places).to.deep.equal([
        [settings.project, settings.region],
        [settings.project, settings.region],
      ]);
    });

    it("has the addresses of its own slice of the plan", () => {
      const { nodes, pods } = addressRanges(settings.network.addresses);
      const { inputs } = recording.one(types.subnetwork);
      expect(inputs["ipCidrRange"]).to.equal(nodes);
      expect(inputs["secondaryIpRanges"]).to.deep.equal([{ rangeName: "pods", ipCidrRange: pods }]);
    });

    it("labels the cluster, its machines and everything else with stack, owner and tool", () => {
      const labels = { environment: stack, owner: settings.owner, "managed-by": "pulumi" };
      expect(recording.one(types.cluster).inputs["resourceLabels"]).to.deep.equal(labels);
      for (const { inputs } of recording.all(types.pool)) {
        expect((inputs["nodeConfig"] as Record<string, unknown>)["resourceLabels"]).to.deep.equal(labels);
      }
      const { inputs } = recording.one(types.google, "project-google");
      expect(JSON.parse(String(inputs["defaultLabels"]))).to.deep.equal(labels);
    });

    it("labels every disk that a claim makes with the stack", () => {
      const labels = recording
        .all(types.storageClass)
        .map(({ inputs }) => (inputs["parameters"] as Record<string, string>)["labels"]);
      expect(new Set(labels)).to.deep.equal(new Set([`environment=${stack}`]));
    });

    it("has the classes that pods and claims name before it has a namespace, and until it has none", () => {
      const classes = [...recording.all(types.storageClass), ...recording.all(types.priorityClass)];
      expect(classes.length).to.be.above(3);
      for (const { urn } of recording.all(types.namespace)) {
        const waited = recording.prerequisites(urn);
        expect(classes.filter((made) => !waited.has(made.urn)).map(({ name }) => name)).to.deep.equal([]);
      }
    });

    it("has the pools of its settings, with their bounds", () => {
      const bounds = recording.all(types.pool).map(({ name, inputs }) => {
        const scaling = inputs["autoscaling"] as Record<string, number>;
        return [name, scaling["totalMinNodeCount"], scaling["totalMaxNodeCount"]];
      });
      expect(bounds).to.have.deep.members(
        Object.entries(settings.cluster.pools).map(([name, pool]) => [name, pool.minNodes, pool.maxNodes]),
      );
    });

    it("runs its nodes as an account of this stack", () => {
      for (const { inputs } of [recording.one(types.cluster), ...recording.all(types.pool)]) {
        expect((inputs["nodeConfig"] as Record<string, unknown>)["serviceAccount"]).to.equal(
          `${stack}--nodes@${settings.project}.iam.gserviceaccount.com`,
        );
      }
    });

    it("has a key for secrets exactly when the settings ask for one", () => {
      const encrypted = recording.one(types.cluster).inputs["databaseEncryption"] !== undefined;
      expect(encrypted).to.equal(settings.cluster.secretsEncryption === "kms");
      expect(recording.all("gcp:kms/cryptoKey:CryptoKey")).to.have.length(encrypted ? 1 : 0);
    });

    it("has its way out and the roles of its nodes before it has a node", () => {
      const needed = [recording.one(types.nat), recording.one(types.grant, nodesGrant(recording))];
      for (const pool of recording.all(types.pool)) {
        const waited = recording.prerequisites(pool.urn);
        expect(needed.filter(({ urn }) => !waited.has(urn)).map(({ type }) => type)).to.deep.equal([]);
      }
    });

    it("calls the internet from as many fixed addresses as its settings say", () => {
      const fixed = recording.all(types.address).filter(({ inputs }) => inputs["addressType"] === "EXTERNAL");
      expect(fixed).to.have.length(settings.network.egressAddresses);
      expect(recording.one(types.nat).inputs["natIps"] ?? []).to.have.length(fixed.length);
    });
  });
}

describe("the room for a namespace", () => {
  const { cluster } = clusteredSettings("ci");

  it("is that of the pools that a taint keeps free for it", () => {
    expect(roomFor(cluster, "builds")).to.deep.equal({
      pools: ["builds"],
      capacity: { cpus: 96, memoryGib: 384, pods: 384 },
    });
  });

  it("is that of the pools open to all where no pool is kept free", () => {
    const open = { pools: ["controller"], capacity: { cpus: 8, memoryGib: 32, pods: 64 } };
    expect(roomFor(cluster)).to.deep.equal(open);
    expect(roomFor(cluster, "batch")).to.deep.equal(open);
  });
});
