/** Real control planes behind the clusters of an emulated cloud. Nodes and what GKE brings along have their own tests. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { Cloud } from "../../../local/cloud/cloud";
import { buildPrograms, type Programs } from "../../../local/clusters/programs";
import { KubernetesEngine } from "../../../local/gke/kubernetes-engine";
import { isRunning } from "../../../local/world/process";
import { partsBelow, removeFolders, temporaryFolder } from "../../support/clusters";
import { make, makeNetwork, project, refusal, smallCloud } from "../../support/small-cloud";

const clusterKind = "container/cluster:Cluster";
const poolKind = "container/nodePool:NodePool";

describe("Kubernetes Engine on this machine", () => {
  let folder: string;
  let engine: KubernetesEngine;
  let cloud: Cloud;
  let programs: Programs;
  let errors: string[];

  const open = (given: Partial<Programs> = {}) =>
    new KubernetesEngine({
      folder: join(folder, "clusters"),
      login: { folder: join(folder, "login") },
      programs: { ...programs, ...given },
      scale: 0,
      onError: (error) => errors.push(String(error)),
    });
  const makeCluster = async (name = "main") => {
    const { network, subnetwork } = await networkOnce();
    return make(cloud, clusterKind, {
      name,
      location: "europe-west1",
      network,
      subnetwork,
      initialNodeCount: 1,
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    });
  };
  const networkOnce = async () => {
    const there = (kind: string) => cloud.list(kind)[0]?.id;
    const [network, subnetwork] = [there("compute/network:Network"), there("compute/subnetwork:Subnetwork")];
    return network !== undefined && subnetwork !== undefined ? { network, subnetwork } : makeNetwork(cloud);
  };
  const poolInputs = (cluster: string) => ({
    ...{ name: "services", cluster, location: "europe-west1", initialNodeCount: 1 },
  });
  const nodes = async (cluster: string) => {
    const { items } = await controlOf(cluster).api.get<{ items: object[] }>("/api/v1/nodes");
    return items.length;
  };
  const controlOf = (cluster: string) => {
    const control = engine.find(cluster);
    if (!control) throw new Error("the cluster does not run");
    return control;
  };
  const folders = () => readdirSync(join(folder, "clusters"));

  before(async () => {
    programs = await buildPrograms();
  });
  beforeEach(async () => {
    errors = [];
    folder = temporaryFolder();
    engine = open();
    cloud = await smallCloud({ machinery: engine.machinery, folder: join(folder, "cloud") });
    await engine.resume(cloud);
  });
  afterEach(async () => {
    await engine.stop();
    removeFolders();
  });

  it("runs an API server for each cluster, and leaves nothing when the cluster is deleted", async () => {
    const cluster = await makeCluster();
    const { api, pids } = controlOf(cluster);
    expect(await api.answers("/readyz")).to.equal(true);
    expect(folders()).to.deep.equal([`${project.id}.europe-west1.main`]);

    await cloud.remove(clusterKind, project.id, cluster);
    expect(pids.filter(isRunning)).to.deep.equal([]);
    expect(folders()).to.deep.equal([]);
    expect(readdirSync(join(folder, "login", "credentials"))).to.deep.equal([]);
    expect(engine.find(cluster)).to.equal(undefined);
  });

  it("is found by the DNS endpoint that the emulated cloud gives a cluster", async () => {
    const cluster = await makeCluster();
    const state = cloud.list(clusterKind)[0]?.state["controlPlaneEndpointsConfig"];
    const endpoints = state as unknown as { dnsEndpointConfig: { endpoint: string } };
    expect(engine.findByHost(endpoints.dnsEndpointConfig.endpoint)).to.equal(controlOf(cluster));
    expect(engine.findByHost("gke-other.europe-west1.gke.goog")).to.equal(undefined);
  });

  it("brings a cluster back when a part of it dies, with everything in it", async () => {
    const cluster = await makeCluster();
    const before = controlOf(cluster);
    await before.api.post("/api/v1/namespaces", { metadata: { name: "kept" } });
    process.kill(before.pids[1] ?? 0, "SIGKILL");
    await before.ended;
    while (!engine.find(cluster)) await wait(50);
    expect(await controlOf(cluster).api.answers("/api/v1/namespaces/kept")).to.equal(true);
    expect(errors.join()).to.include("kube-apiserver ended by itself (SIGKILL)");
  });

  it("goes on with every cluster when the world is opened again, and drops what belongs to none", async () => {
    const cluster = await makeCluster();
    const { endpoint, api } = controlOf(cluster);
    await api.post("/api/v1/namespaces", { metadata: { name: "kept" } });
    await engine.stop();
    mkdirSync(join(folder, "clusters", "acme-test.europe-west1.lost"));

    engine = open();
    cloud = new Cloud({ folder: join(folder, "cloud"), machinery: engine.machinery });
    await engine.resume(cloud);
    expect(controlOf(cluster).endpoint).to.equal(endpoint);
    expect(await controlOf(cluster).api.answers("/api/v1/namespaces/kept")).to.equal(true);
    expect(folders()).to.deep.equal([`${project.id}.europe-west1.main`]);
  });

  it("leaves no process of a cluster that was just being made when the world ends", async () => {
    const making = refusal(makeCluster());
    while (partsBelow(folder).length === 0) await wait(20);
    await engine.stop();
    expect(await making).to.not.equal("accepted");
    expect(partsBelow(folder)).to.deep.equal([]);
  });

  it("begins though one of its clusters cannot, and says why that one is not reached", async () => {
    const [broken, other] = [await makeCluster("broken"), await makeCluster("other")];
    await engine.stop();
    const storage = join(folder, "clusters", `${project.id}.europe-west1.broken`, "etcd");
    rmSync(storage, { recursive: true });
    writeFileSync(storage, "no folder");

    engine = open();
    cloud = new Cloud({ folder: join(folder, "cloud"), machinery: engine.machinery });
    await engine.resume(cloud);
    expect(await controlOf(other).api.answers("/readyz")).to.equal(true);
    expect([engine.find(broken), engine.trouble(other)]).to.deep.equal([undefined, undefined]);
    // It is tried a few times; whether that is over when the other one is there is a matter of the machine.
    expect(engine.trouble(broken)).to.match(/ is (just coming back|left dead); the logs .* are in .*broken/);
    expect(errors.join()).to.include("etcd ended by itself");
    await cloud.remove(clusterKind, project.id, broken);
    expect(folders()).to.deep.equal([`${project.id}.europe-west1.other`]);
  });

  it("brings along what a cluster asks for later, without another start", async () => {
    const cluster = await makeCluster();
    const { api, pids } = controlOf(cluster);
    const gateways = "/apis/gateway.networking.k8s.io/v1/gatewayclasses";
    expect(await api.answers(gateways)).to.equal(false);
    const [{ inputs } = { inputs: {} }] = cloud.list(clusterKind);
    const next = { ...inputs, gatewayApiConfig: { channel: "CHANNEL_STANDARD" } };
    await cloud.update(clusterKind, project.id, cluster, next);
    expect(await api.answers(gateways)).to.equal(true);
    expect(controlOf(cluster).pids).to.deep.equal(pids);
  });

  it("takes the nodes of a pool that was deleted while the world was down", async () => {
    const cluster = await makeCluster();
    const pool = await make(cloud, poolKind, poolInputs(cluster));
    expect(await nodes(cluster)).to.equal(3);
    await engine.stop();
    await new Cloud({ folder: join(folder, "cloud") }).remove(poolKind, project.id, pool);

    engine = open();
    cloud = new Cloud({ folder: join(folder, "cloud"), machinery: engine.machinery });
    await engine.resume(cloud);
    expect(await nodes(cluster)).to.equal(0);
  });

  it("brings a cluster back while a pool of it is being made, and the pool gets its nodes", async () => {
    const cluster = await makeCluster();
    // A pool takes 90 seconds in the real one.
    cloud = new Cloud({ folder: join(folder, "cloud"), machinery: engine.machinery, scale: 0.2 });
    await engine.resume(cloud);
    const making = make(cloud, poolKind, poolInputs(cluster));
    const before = controlOf(cluster);
    process.kill(before.pids[1] ?? 0, "SIGKILL");
    await before.ended;
    await making;
    expect(await nodes(cluster)).to.equal(3);
    const others = errors.filter((error) => !/ECONN|socket hang up|aborted/.test(error));
    expect(others, others.join("\n\n")).to.have.length(1);
  });

  it("refuses a cluster whose control plane does not start, and leaves nothing of it", async () => {
    engine = open({ kubernetes: "/bin/false" });
    cloud = await smallCloud({ machinery: engine.machinery });
    await engine.resume(cloud);
    expect(await refusal(makeCluster())).to.include("/bin/false");
    expect(cloud.list(clusterKind)).to.deep.equal([]);
    expect(existsSync(join(folder, "login", "credentials"))).to.equal(false);
    expect(folders()).to.deep.equal([]);
  });
});
