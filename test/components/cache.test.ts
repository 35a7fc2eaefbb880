/** Does not prove that Valkey lets anybody in: only what Memorystore is asked for. */
import { expect } from "chai";

import { Cache, type CacheArgs, primaryAddress } from "../../components/cache";
import { CacheConnections } from "../../components/cache-connections";
import { Identity } from "../../components/identity";
import { cacheAddress, record, type Recording, unknown } from "../support/recorder";

const types = {
  instance: "gcp:memorystore/instance:Instance",
  policy: "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
  member: "gcp:projects/iAMMember:IAMMember",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
};
type PlainArgs = Omit<CacheArgs, "account" | "connections">;
const args: PlainArgs = {
  nodeType: "STANDARD_SMALL",
  replicas: 1,
  prefix: "staging",
  project: "acme",
  region: "europe-west1",
  network: "projects/acme/global/networks/staging-main",
  maintenance: { start: "2026-01-06T01:00:00Z", hours: 6, days: ["TU", "WE"] },
  namespace: "staging",
  lifecycle: "protected",
};

const cache = (more: Partial<PlainArgs> = {}, preview = false) =>
  record(
    () => {
      const { prefix, project, region, network } = args;
      new Cache("billing", {
        ...args,
        ...more,
        connections: new CacheConnections("main", { prefix, region, network, subnetwork: "a-subnetwork" }),
        account: new Identity("billing", { prefix, project, purpose: "Sends bills" }),
      });
    },
    { preview },
  );
const instance = (recording: Recording) => recording.one(types.instance);
const outputs = (recording: Recording) =>
  recording.outputs.get(recording.one("platform:index:Cache").urn) as Record<string, unknown>;

describe("a cache", () => {
  it("is one Valkey of an exact version, encrypted, for tokens of IAM only, and kept on no disk", async () => {
    expect(instance(await cache()).inputs).to.deep.equal({
      instanceId: "staging--billing",
      deletionProtectionEnabled: true,
      deletionPolicy: "PREVENT",
      labels: { service: "billing" },
      location: "europe-west1",
      engineVersion: "VALKEY_9_0",
      mode: "CLUSTER_DISABLED",
      shardCount: 1,
      nodeType: "STANDARD_SMALL",
      replicaCount: 1,
      zoneDistributionConfig: { mode: "MULTI_ZONE" },
      desiredAutoCreatedEndpoints: [{ network: args.network, projectId: "acme" }],
      authorizationMode: "IAM_AUTH",
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      persistenceConfig: { mode: "DISABLED" },
      engineConfigs: { "maxmemory-policy": "allkeys-lru" },
      maintenancePolicy: {
        weeklyMaintenanceWindows: [
          { day: "TUESDAY", startTime: { hours: 1, minutes: 0, seconds: 0, nanos: 0 } },
        ],
      },
    });
  });

  it("is made once Memorystore may put its endpoint into the network, and goes before it may no longer", async () => {
    const recording = await cache();
    expect([...recording.prerequisites(instance(recording).urn)]).to.include(recording.one(types.policy).urn);
  });

  it("makes room for the one that replaces it: both have the same name", async () => {
    expect(instance(await cache()).deleteBeforeReplace).to.equal(true);
  });

  it("lets one account log in, to this instance and to no other", async () => {
    const granted = (await cache()).all(types.member).map(({ inputs }) => inputs);
    expect(granted).to.deep.equal([
      {
        project: "acme",
        role: "roles/memorystore.dbConnectionUser",
        member: "serviceAccount:staging--billing@no-project.iam.gserviceaccount.com",
        condition: {
          title: "this-instance-only",
          expression:
            'resource.name == "projects/no-project/locations/europe-west1/instances/staging--billing"',
        },
      },
    ]);
  });

  it("lets the pods of one service through to where writes go, and to nothing else", async () => {
    const { metadata, spec } = (await cache()).one(types.networkPolicy).inputs;
    expect(metadata).to.deep.equal({ name: "billing-to-redis", namespace: "staging" });
    expect(spec).to.deep.equal({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "billing", "platform/redis": "memorystore" } },
      policyTypes: ["Egress"],
      egress: [
        {
          to: [{ ipBlock: { cidr: `${cacheAddress("billing")}/32` } }],
          ports: [{ protocol: "TCP", port: 6379 }],
        },
      ],
    });
  });

  it("tells where it is, and all authorities that may have signed its certificate, as one text", async () => {
    expect(outputs(await cache())).to.deep.equal({
      host: cacheAddress("billing"),
      authorities: "a certificate\nits authority\n",
    });
  });

  it("can be previewed while nobody knows where it will be", async () => {
    const recording = await cache({}, true);
    expect(outputs(recording)).to.deep.equal({ host: unknown, authorities: unknown });
  });

  it("knows no password", async () => {
    const texts = (await cache()).registrations.map(({ inputs }) => JSON.stringify(inputs));
    expect(texts.filter((text) => /password|token/i.test(text))).to.deep.equal([]);
  });

  it("is kept in a protected environment, and nothing else of it", async () => {
    expect((await cache()).keys(({ protect }) => protect)).to.deep.equal([`${types.instance} billing`]);
  });

  it("is asked for nothing but its guards when the protection is taken off", async () => {
    const open = await cache({ lifecycle: "disposable" });
    expect(open.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(instance(open).inputs).to.deep.equal({
      ...instance(await cache()).inputs,
      deletionProtectionEnabled: false,
      deletionPolicy: "DELETE",
    });
  });

  it("is found by the kind of its endpoint, in whatever order Google lists them", () => {
    const endpoint = (connectionType: string, ipAddress: string) => ({
      pscAutoConnection: { connectionType, ipAddress } as never,
    });
    const primary = endpoint("CONNECTION_TYPE_PRIMARY", "10.0.0.21");
    const reader = endpoint("CONNECTION_TYPE_READER", "10.0.0.22");
    expect(primaryAddress([{ connections: [reader, primary] }])).to.equal("10.0.0.21");
    expect(primaryAddress([{ connections: [primary] }, { connections: [reader] }])).to.equal("10.0.0.21");
    expect(primaryAddress([{ connections: [reader] }, {}])).to.equal(undefined);
  });
});
