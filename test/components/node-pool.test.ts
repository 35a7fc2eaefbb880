/** Which fields replace is taken from the rules of the emulated cloud, which are read from the provider's source. */
import { Account } from "@pulumi/gcp/serviceaccount";
import { expect } from "chai";

import {
  firstNodes,
  NodePool,
  nodeConfigArgs,
  type NodePoolArgs,
  replacingFields,
} from "../../components/node-pool";
import { nodeFields } from "../../local/cloud/rules/container-node-config";
import { record, unknown } from "../support/recorder";

const type = "gcp:container/nodePool:NodePool";
const args: NodePoolArgs = {
  machineType: "e2-standard-4",
  spot: false,
  minNodes: 1,
  maxNodes: 5,
  diskGb: 50,
  cluster: "projects/acme/locations/europe-west1/clusters/staging-main-1",
  location: "europe-west1",
  podsPerNode: 110,
  serviceAccount: "nodes@acme.iam.gserviceaccount.com",
  respectDisruptionBudgets: true,
  labels: { environment: "staging" },
};

async function pool(more: Partial<NodePoolArgs> = {}, name = "services") {
  return (await record(() => new NodePool(name, { ...args, ...more }))).one(type);
}

async function nameWith(more: Partial<NodePoolArgs>) {
  return (await pool(more)).inputs["name"];
}

describe("a node pool", () => {
  it("is up before the one it replaces drains", async () => {
    expect((await pool()).deleteBeforeReplace).to.equal(false);
  });

  it("is never protected, since a protected pool could not be replaced at all", async () => {
    expect((await pool()).protect).to.equal(false);
    expect((await pool()).inputs).not.to.have.any.keys("deletionPolicy");
  });

  const replacing: [string, Partial<NodePoolArgs>][] = [
    ["spot", { spot: true }],
    ["podsPerNode", { podsPerNode: 32 }],
    ["serviceAccount", { serviceAccount: "other@acme.iam.gserviceaccount.com" }],
  ];
  for (const [field, change] of replacing) {
    it(`has another name when ${field} changes, which replaces it`, async () => {
      expect(await nameWith(change)).to.match(/^services-[0-9a-f]{8}$/);
      expect(await nameWith(change)).not.to.equal(await nameWith({}));
    });
  }

  const inPlace: [string, Partial<NodePoolArgs>][] = [
    ["machineType", { machineType: "e2-standard-8" }],
    ["minNodes", { minNodes: 0 }],
    ["maxNodes", { maxNodes: 50 }],
    ["diskGb", { diskGb: 200 }],
    ["labels", { labels: { environment: "staging", owner: "x" } }],
    ["taint", { taint: "builds" }],
  ];
  for (const [field, change] of inPlace) {
    it(`keeps its name when ${field} changes, which does not replace it`, async () => {
      expect(await nameWith(change)).to.equal(await nameWith({}));
    });
  }

  it("has every field of its nodes in its name that makes Google replace it, and no other", () => {
    const set = Object.keys(nodeConfigArgs("services", { ...args, taint: "x" }));
    const replaces = set.filter((field) => nodeFields[field]?.replaces);
    expect(set.filter((field) => !(field in nodeFields))).to.deep.equal([]);
    expect(Object.keys(replacingFields(nodeConfigArgs("services", args)))).to.have.members(replaces);
  });

  it("has a name that is not known before the account is, rather than a wrong one", async () => {
    const recording = await record(
      () => {
        const account = new Account("nodes", { accountId: "nodes" });
        new NodePool("services", { ...args, serviceAccount: account.email });
      },
      { preview: true },
    );
    expect(recording.one(type).inputs["name"]).to.equal(unknown);
  });

  it("runs hardened nodes", async () => {
    const { nodeConfig } = (await pool()).inputs as { nodeConfig: Record<string, unknown> };
    expect(nodeConfig).to.deep.include({
      imageType: "COS_CONTAINERD",
      serviceAccount: "nodes@acme.iam.gserviceaccount.com",
      oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      workloadMetadataConfig: { mode: "GKE_METADATA" },
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      metadata: { "disable-legacy-endpoints": "true", "block-project-ssh-keys": "true" },
      kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE", podPidsLimit: 4096 },
    });
  });

  it("keeps its nodes private, repaired and upgraded, one more at a time and none fewer", async () => {
    expect((await pool()).inputs).to.deep.include({
      networkConfig: { enablePrivateNodes: true },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
    });
  });

  it("grows within its bounds, over all zones together, and is not reset to a size", async () => {
    const { inputs } = await pool();
    expect(inputs["autoscaling"]).to.include({ totalMinNodeCount: 1, totalMaxNodeCount: 5 });
    expect(inputs["ignoreNodeCountChanges"]).to.equal(true);
    expect(inputs).not.to.have.any.keys("nodeCount");
  });

  it("begins with no more nodes than it may ever have", () => {
    expect(firstNodes({ location: "europe-west1", minNodes: 1, maxNodes: 2 })).to.equal(0);
    expect(firstNodes({ location: "europe-west1", minNodes: 4, maxNodes: 5 })).to.equal(1);
  });

  const firsts: [location: string, minNodes: number, aZone: number][] = [
    ["europe-west1", 0, 0],
    ["europe-west1", 1, 1],
    ["europe-west1", 3, 1],
    ["europe-west1", 4, 2],
    ["europe-west1", 9, 3],
    ["europe-west1-b", 0, 0],
    ["europe-west1-b", 1, 1],
    ["europe-west1-b", 4, 4],
  ];
  for (const [location, minNodes, aZone] of firsts) {
    it(`begins in ${location} with ${aZone} a zone where ${minNodes} always run`, async () => {
      expect(firstNodes({ location, minNodes, maxNodes: 9 })).to.equal(aZone);
      expect((await pool({ location, minNodes, maxNodes: 9 })).inputs["initialNodeCount"]).to.equal(aZone);
    });
  }

  it("is not replaced when it would begin with another number of nodes", async () => {
    expect((await pool()).ignoreChanges).to.deep.equal(["initialNodeCount"]);
  });

  it("takes spare machines wherever there are any, and spreads others over the zones", async () => {
    const policy = async (spot: boolean) =>
      ((await pool({ spot })).inputs["autoscaling"] as Record<string, unknown>)["locationPolicy"];
    expect([await policy(true), await policy(false)]).to.deep.equal(["ANY", "BALANCED"]);
  });

  it("has time to roll node by node, and the provider's own limits for the rest", async () => {
    expect((await pool()).customTimeouts).to.deep.equal({ update: "6h" });
  });

  it("waits for disruption budgets when it goes, or not, as it is told", async () => {
    expect((await pool({ respectDisruptionBudgets: false })).inputs["nodeDrainConfigs"]).to.deep.equal([
      { respectPdbDuringNodePoolDeletion: false },
    ]);
  });

  it("says where it is, which Google would otherwise guess anew each time", async () => {
    expect((await pool()).inputs["location"]).to.equal("europe-west1");
  });

  it("keeps all but tolerating pods away when it has a taint", async () => {
    const taints = async (more: Partial<NodePoolArgs>) =>
      ((await pool(more)).inputs as { nodeConfig: Record<string, unknown> }).nodeConfig["taints"];
    expect(await taints({ taint: "builds" })).to.deep.equal([
      { key: "dedicated", value: "builds", effect: "NO_SCHEDULE" },
    ]);
    expect(await taints({})).to.equal(undefined);
  });
});
