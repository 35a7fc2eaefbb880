/**
 * Which inputs replace is taken from the rules of the emulated cloud, which are read from the provider's source.
 * Does not prove that GKE behaves as hardened as it is asked to be.
 */
import { Account } from "@pulumi/gcp/serviceaccount";
import { expect } from "chai";

import { Cluster, type ClusterArgs } from "../../components/cluster";
import { rules } from "../../local/cloud/rules";
import type { Field } from "../../local/cloud/rules/shape";
import { isCloudResource, nameOf, record, type Recording, Secret } from "../support/recorder";
import { deliverySettings } from "../support/settings";

const types = {
  cluster: "gcp:container/cluster:Cluster",
  suffix: "random:index/randomId:RandomId",
  pool: "gcp:container/nodePool:NodePool",
  provider: "pulumi:providers:kubernetes",
};
const pool = { machineType: "e2-standard-4", spot: false, minNodes: 1, maxNodes: 3, diskGb: 50 };
const args: ClusterArgs = {
  prefix: "staging",
  project: "acme",
  addresses: "staging",
  nodesNeed: [],
  network: "projects/acme/global/networks/staging-main",
  subnetwork: "projects/acme/regions/europe-west1/subnetworks/staging-main",
  nodeAccount: "nodes@acme.iam.gserviceaccount.com",
  secretsKey: "projects/acme/locations/europe-west1/keyRings/k/cryptoKeys/k",
  labels: { environment: "staging" },
  lifecycle: "protected",
  location: "europe-west1",
  releaseChannel: "REGULAR",
  maintenance: { start: "2026-01-05T22:00:00Z", hours: 6, days: ["MO", "TU"] },
  podsPerNode: 110,
  securityGroup: "gke-security-groups@acme.example",
  pools: { services: pool, builds: { ...pool, taint: "builds" } },
};

const cluster = (more: Partial<ClusterArgs> = {}) => record(() => new Cluster("main", { ...args, ...more }));
const inputsOf = async (more: Partial<ClusterArgs> = {}) => (await cluster(more)).one(types.cluster).inputs;

function without(key: keyof ClusterArgs): ClusterArgs {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== key)) as unknown as ClusterArgs;
}

/** Whether a change from one value to another makes Google replace the cluster, by the rules. */
function replaces(field: Field | undefined, before: unknown, after: unknown): boolean {
  if (!field || JSON.stringify(before) === JSON.stringify(after)) return false;
  if (field.type !== "object") return field.replaces === true;
  const [from, to] = [before, after] as (Record<string, unknown> | undefined)[];
  if (!from || !to) return field.replaces === true;
  return Object.keys({ ...from, ...to }).some((key) => replaces(field.fields[key], from[key], to[key]));
}

describe("a cluster", () => {
  it("is kept with its name in a protected environment, its pools are not", async () => {
    const recording = await cluster();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([
      `${types.cluster} main`,
      `${types.suffix} main`,
    ]);
    expect(recording.one(types.cluster).inputs).to.include({
      deletionProtection: true,
      deletionPolicy: "PREVENT",
    });
  });

  it("can be deleted in a disposable environment, from its first minute", async () => {
    const recording = await cluster({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.one(types.cluster).inputs).to.include({
      deletionProtection: false,
      deletionPolicy: "DELETE",
    });
  });

  it("is called by its stack and a random part that is kept", async () => {
    expect((await inputsOf())["name"]).to.match(/^staging-main-[0-9a-f]{6}$/);
    expect((await inputsOf())["name"]).to.equal((await inputsOf())["name"]);
  });

  it("is not called otherwise when its protection is taken off", async () => {
    expect((await inputsOf({ lifecycle: "disposable" }))["name"]).to.equal((await inputsOf())["name"]);
  });

  const variations: [string, Partial<ClusterArgs>][] = [
    ["project", { project: "other" }],
    ["location", { location: "europe-west1-b" }],
    ["addresses", { addresses: "production" }],
    ["releaseChannel", { releaseChannel: "STABLE" }],
    ["maintenance", { maintenance: { ...args.maintenance, hours: 8 } }],
    ["podsPerNode", { podsPerNode: 32 }],
    ["securityGroup", { securityGroup: "gke-security-groups@other.example" }],
    ["secretsKey", { secretsKey: "projects/acme/locations/europe-west1/keyRings/k/cryptoKeys/other" }],
    ["pools", { pools: { services: { ...pool, spot: true } } }],
    ["labels", { labels: { environment: "staging", owner: "x" } }],
  ];
  for (const [field, change] of variations) {
    it(`has another name if a change of ${field} replaces it, and the same if not`, async () => {
      const [before, after] = [await inputsOf(), await inputsOf(change)];
      const rule = rules.get("container/cluster:Cluster");
      const ignored = ["name", "nodeConfig", "network", "subnetwork"];
      const replaced =
        Object.keys(before).some(
          (key) => !ignored.includes(key) && replaces(rule?.inputs[key], before[key], after[key]),
        ) || ["project", "addresses"].includes(field);
      expect(after["name"] !== before["name"]).to.equal(replaced);
    });
  }

  it("is up before the one it replaces goes: what is inside needs a provider until then", async () => {
    expect((await cluster()).one(types.cluster).deleteBeforeReplace).to.equal(false);
  });

  it("leaves it to the provider how long it may take", async () => {
    expect((await cluster()).one(types.cluster).customTimeouts).to.deep.equal({});
  });

  it("does not look at its first pool any more, which is gone after a minute", async () => {
    const recording = await cluster();
    expect(recording.one(types.cluster).ignoreChanges).to.deep.equal(["nodeConfig"]);
    expect(recording.one(types.cluster).inputs).to.deep.include({
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      nodeConfig: { serviceAccount: "nodes@acme.iam.gserviceaccount.com" },
    });
    expect(recording.one(types.cluster).inputs).not.to.have.any.keys("nodePools");
  });

  it("has no address, only a name behind IAM, and private nodes", async () => {
    expect(await inputsOf()).to.deep.include({
      privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: {
          allowExternalTraffic: true,
          enableK8sTokensViaDns: false,
          enableK8sCertsViaDns: false,
        },
        ipEndpointsConfig: { enabled: false },
      },
    });
  });

  it("is in the network it is given and enforces network policies", async () => {
    expect(await inputsOf()).to.deep.include({
      network: args.network,
      subnetwork: args.subnetwork,
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
      datapathProvider: "ADVANCED_DATAPATH",
      enableIntranodeVisibility: true,
      serviceExternalIpsConfig: { enabled: false },
    });
  });

  it("takes Workload Identity and Google groups, and no certificate, anonymous call or ABAC rule", async () => {
    expect(await inputsOf()).to.deep.include({
      workloadIdentityConfig: { workloadPool: "acme.svc.id.goog" },
      authenticatorGroupsConfig: { securityGroup: "gke-security-groups@acme.example" },
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      enableLegacyAbac: false,
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
    });
  });

  it("encrypts secrets with the key it is given, and leaves the block out without one", async () => {
    expect((await inputsOf())["databaseEncryption"]).to.deep.equal({
      state: "ENCRYPTED",
      keyName: args.secretsKey,
    });
    const recording = await record(() => new Cluster("main", without("secretsKey")));
    expect(recording.one(types.cluster).inputs).not.to.have.any.keys("databaseEncryption");
  });

  it("has hardened nodes whatever pool is added by hand", async () => {
    expect(await inputsOf()).to.deep.include({
      enableShieldedNodes: true,
      nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
    });
  });

  it("logs its API server and workloads, and shows its posture", async () => {
    expect(await inputsOf()).to.deep.include({
      loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"] },
      monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: true } },
      securityPostureConfig: { mode: "BASIC" },
      resourceLabels: { environment: "staging" },
    });
  });

  it("is upgraded in windows that end after midnight where they have to", async () => {
    expect(await inputsOf()).to.deep.include({
      releaseChannel: { channel: "REGULAR" },
      maintenancePolicy: {
        recurringWindow: {
          startTime: "2026-01-05T22:00:00Z",
          endTime: "2026-01-06T04:00:00Z",
          recurrence: "FREQ=WEEKLY;BYDAY=MO,TU",
        },
      },
    });
  });

  it("has one pool for each that is asked for, called by its key", async () => {
    const recording = await cluster();
    expect(recording.keys(({ type }) => type === types.pool)).to.deep.equal([
      `${types.pool} builds`,
      `${types.pool} services`,
    ]);
    const clusters = recording.all(types.pool).map(({ inputs }) => inputs["cluster"]);
    expect(clusters.every((id) => /clusters\/staging-main-[0-9a-f]{6}$/.test(String(id)))).to.equal(true);
  });
});

describe("the node pools of a cluster", () => {
  it("wait for all that nodes need, which no input of theirs names", async () => {
    const recording = await record(() => {
      const nodesNeed = ["way-out", "roles"].map((name) => new Account(name, { accountId: name }));
      new Cluster("main", { ...args, nodesNeed });
    });
    const needed = recording.all("gcp:serviceaccount/account:Account").map(({ urn }) => urn);
    expect(needed).to.have.length(2);
    for (const { urn } of recording.all(types.pool)) {
      expect([...recording.prerequisites(urn)]).to.include.members(needed);
    }
  });

  it("wait for disruption budgets when they go only where something is protected", async () => {
    const drains = async (lifecycle: ClusterArgs["lifecycle"]) =>
      (await cluster({ lifecycle })).all(types.pool).map(({ inputs }) => inputs["nodeDrainConfigs"]);
    const respecting = (respected: boolean) => [{ respectPdbDuringNodePoolDeletion: respected }];
    expect(await drains("protected")).to.deep.equal([respecting(true), respecting(true)]);
    expect(await drains("disposable")).to.deep.equal([respecting(false), respecting(false)]);
  });

  it("begin with their nodes in each of three zones where the cluster is one of a region", async () => {
    const begun = async (location: string) =>
      (await cluster({ location, pools: { services: { ...pool, minNodes: 3 } } })).one(types.pool).inputs[
        "initialNodeCount"
      ];
    expect([await begun("europe-west1"), await begun("europe-west1-b")]).to.deep.equal([1, 3]);
  });
});

describe("the provider for what is in a cluster", () => {
  const provider = (recording: Recording) => recording.one(types.provider);

  it("has a kubeconfig that is secret and yet holds nothing secret", async () => {
    const { kubeconfig } = provider(await cluster()).inputs;
    expect(kubeconfig).to.be.instanceOf(Secret);
    const text = String((kubeconfig as Secret).secret);
    expect(text)
      .to.include("gke-gcloud-auth-plugin")
      .and.not.match(/token|password|certificate/);
  });

  it("is bound to the cluster's id, so a change of the kubeconfig replaces nothing", async () => {
    const recording = await cluster();
    expect(provider(recording).inputs["clusterIdentifier"]).to.equal(
      `projects/no-project/locations/europe-west1/clusters/${String(recording.one(types.cluster).inputs["name"])}`,
    );
    expect(provider(recording).propertyDependencies["clusterIdentifier"]).to.include(
      recording.one(types.cluster).urn,
    );
  });

  it("never forgets what it cannot reach", async () => {
    expect(provider(await cluster()).inputs).not.to.have.any.keys("deleteUnreachable");
  });

  it("changes ConfigMaps and Secrets in place", async () => {
    expect(provider(await cluster()).inputs).to.include({
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
  });

  it("waits for every pool, and so goes before the nodes do", async () => {
    const recording = await cluster();
    const waited = recording.prerequisites(provider(recording).urn);
    expect(recording.all(types.pool).filter(({ urn }) => !waited.has(urn))).to.deep.equal([]);
  });
});

describe("in the first preview, a cluster", () => {
  it("shows everything but what Google decides", async () => {
    const recording = await record(
      () => {
        const nodes = new Account("nodes", { accountId: "staging--nodes" });
        const { location, maintenance, releaseChannel } = deliverySettings().cluster;
        new Cluster("main", { ...args, location, maintenance, releaseChannel, nodeAccount: nodes.email });
      },
      { preview: true },
    );
    expect(recording.registrations.filter(isCloudResource).map(({ urn }) => nameOf(urn))).to.have.members([
      "nodes",
      "main",
      "main",
      "services",
      "builds",
    ]);
    expect(recording.one(types.cluster).inputs).to.include({ location: "europe-west1" });
  });
});
