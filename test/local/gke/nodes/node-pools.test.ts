/** Pools of the real program's settings on a real control plane: their nodes, their upgrades, their end. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { Values } from "../../../../local/cloud/rules/shape";
import type { ListOf } from "../../../../local/clusters/api";
import type { ControlPlane } from "../../../../local/clusters/control-plane";
import { type Node, nodesOf, zoneOf } from "../../../../local/clusters/nodes";
import { NodePools } from "../../../../local/gke/nodes/node-pools";
import {
  apply,
  ask,
  deploymentOf,
  podOf,
  podSpec,
  removeFolders,
  startTemporary,
} from "../../../support/clusters";
import { refuse, until } from "../../../support/gke";
import { poolArgs, poolWorld, type PoolWorld } from "../../../support/node-pools";
import { project, refusal } from "../../../support/small-cloud";

const nameOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);

describe("the node pools of an emulated cluster", () => {
  let cluster: ControlPlane;
  let world: PoolWorld;

  const nodes = (id: string) => nodesOf(cluster.api, nameOf(id));
  const names = async (id: string) => (await nodes(id)).map(({ metadata }) => metadata.name).sort();

  /** A service of two replicas on a pool of the program, with a budget of one, up and running. */
  const serve = async (name: string, pool: string, budget: object, more: Record<string, string> = {}) => {
    await apply(cluster, deploymentOf(name, 2, podSpec({ nodeSelector: { pool, ...more } })), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { ...budget, selector: { matchLabels: { app: name } } },
    });
    while ((await readyPods(name)) < 2) await wait(50);
  };

  const readyPods = async (app: string) => {
    const path = `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`;
    return (await cluster.api.get<ListOf<ReadyPod>>(path)).items.filter(isServing).length;
  };

  /** The fewest ready pods of a service, and ready nodes of pools, that the API server ever told of during some work. */
  const fewestDuring = async (app: string, pools: readonly string[], work: () => Promise<unknown>) => {
    const stopped = new AbortController();
    const pods = await fewest<ReadyPod>(
      `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`,
      isServing,
    );
    const ready = await fewest<Node>("/api/v1/nodes", (node) => pools.some((pool) => isReadyOf(node, pool)));
    await work();
    await wait(100);
    stopped.abort();
    return { pods: await pods.end(), nodes: await ready.end() };

    async function fewest<T extends Named>(path: string, counts: (object: T) => boolean) {
      const list = await cluster.api.get<ListOf<T>>(path);
      const seen = new Map(list.items.map((object) => [object.metadata.name, object]));
      const count = () => [...seen.values()].filter(counts).length;
      let least = count();
      const watching = (async () => {
        const { resourceVersion } = list.metadata;
        for await (const { type, object } of cluster.api.watch<T>(path, resourceVersion, stopped.signal)) {
          if (type === "DELETED") seen.delete(object.metadata.name);
          else seen.set(object.metadata.name, object);
          least = Math.min(least, count());
        }
      })().catch(() => undefined);
      return { end: async () => (await watching, least) };
    }
  };

  before(async () => {
    cluster = await startTemporary();
    world = await poolWorld(cluster);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("are nodes in every zone, as large and as labelled as production's settings say", async () => {
    const id = await world.make("services", poolArgs("production", "services"));
    const made = await nodes(id);
    expect(made.map(zoneOf).sort()).to.deep.equal(["europe-west1-b", "europe-west1-c", "europe-west1-d"]);
    for (const { metadata, spec, status } of made) {
      expect(metadata.labels).to.include({
        pool: "services",
        "cloud.google.com/gke-nodepool": nameOf(id),
        "cloud.google.com/gke-provisioning": "standard",
        "cloud.google.com/machine-family": "e2",
        "iam.gke.io/gke-metadata-server-enabled": "true",
        "node.kubernetes.io/instance-type": "e2-standard-8",
      });
      expect(spec.taints ?? []).to.deep.equal([]);
      expect(status.allocatable).to.include({ cpu: "7910m", memory: "29022Mi", pods: "110" });
    }
    await world.remove(id);
    expect(await names(id)).to.deep.equal([]);
  });

  it("keep others out where a pool is dedicated, and begin with the least there may be", async () => {
    const none = await world.make("builds", poolArgs("ci", "builds"));
    expect(await names(none)).to.deep.equal([]);
    const id = await world.make("builds", { ...poolArgs("ci", "builds"), minNodes: 1, podsPerNode: 64 });
    const [node] = await nodes(id);
    expect(node?.spec.taints).to.deep.equal([{ key: "dedicated", value: "builds", effect: "NoSchedule" }]);
    expect(node?.metadata.labels).to.include({ "cloud.google.com/gke-spot": "true", pool: "builds" });
    expect(node?.status.allocatable).to.include({ pods: "64", "ephemeral-storage": "104Gi" });
    await world.remove(id);
    await world.remove(none);
  });

  it("stand in one zone where the cluster does", async () => {
    const zonal = await poolWorld(cluster, "europe-west1-b");
    const id = await zonal.make("controller", poolArgs("ci", "controller"));
    expect((await nodes(id)).map(zoneOf)).to.deep.equal(["europe-west1-b"]);
    await zonal.remove(id);
  });

  it("keep the nodes they have when the world is started again, and get back what they need", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 2, maxNodes: 9 };
    const id = await world.make("kept", args);
    const first = await names(id);
    const resource = await world.change(id, world.inputs("kept", { ...args, minNodes: 5 }));
    const grown = await names(id);
    expect(grown.length).to.equal(5);
    expect(grown).to.include.members(first);

    const again = new NodePools({ controlPlaneOf: () => cluster, scale: 0 });
    await again.resume(resource);
    expect(await names(id)).to.deep.equal(grown);
    await again.resume({ ...resource, state: { ...resource.state, autoscaling: { totalMinNodeCount: 1 } } });
    expect(await names(id)).to.deep.equal(grown);
    await cluster.api.delete(`/api/v1/nodes/${grown[0]}`);
    await again.resume(resource);
    expect((await names(id)).length).to.equal(5);
    await world.remove(id);
  });

  it("take other labels and taints without a new node", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 1, maxNodes: 3 };
    const id = await world.make("relabelled", args);
    const before = await names(id);
    const inputs = world.inputs("relabelled", { ...args, taint: "careful" });
    const nodeConfig = { ...(inputs["nodeConfig"] as Values), labels: { tier: "one" } };
    await world.change(id, { ...inputs, nodeConfig });
    expect(await names(id)).to.deep.equal(before);
    const [node] = await nodes(id);
    expect(node?.metadata.labels).to.include({ tier: "one" }).and.not.have.property("pool");
    expect(node?.spec.taints).to.deep.equal([{ key: "dedicated", value: "careful", effect: "NoSchedule" }]);
    await world.remove(id);
  });

  for (const [words, budget] of [
    ["at least one", { minAvailable: 1 }],
    ["at most one away", { maxUnavailable: 1 }],
  ] as const) {
    it(`are upgraded to another machine without a service going down (${words})`, async () => {
      const app = `upgraded-${Object.keys(budget)[0]?.toLowerCase()}`;
      const args = { ...poolArgs("staging", "services"), minNodes: 3, maxNodes: 3 };
      const id = await world.make(app, args);
      const before = await nodes(id);
      // Both replicas on one node: without the budget both would go at once.
      await serve(app, app, budget, { "topology.kubernetes.io/zone": "europe-west1-c" });
      const larger = world.inputs(app, { ...args, machineType: "e2-standard-8" });
      const least = await fewestDuring(app, [nameOf(id)], () => world.change(id, larger));
      const after = await nodes(id);
      expect(least.pods).to.be.at.least(1);
      expect(least.nodes).to.equal(3);
      expect(after.map(({ metadata }) => metadata.name)).to.not.include.members(
        before.map(({ metadata }) => metadata.name),
      );
      expect(after.map(({ status }) => status.allocatable?.["cpu"])).to.deep.equal([
        "7910m",
        "7910m",
        "7910m",
      ]);
      expect(after.map(zoneOf).sort()).to.deep.equal(before.map(zoneOf).sort());
      await cluster.api.delete(`/apis/apps/v1/namespaces/default/deployments/${app}`);
      await world.remove(id);
    });
  }

  it("are replaced by a new pool beside the old one without a service going down", async () => {
    const args = { ...poolArgs("production", "services"), minNodes: 3, respectDisruptionBudgets: true };
    const old = await world.make("replaced", args);
    await serve("replaced", "replaced", { minAvailable: 1 });
    let next = "";
    const least = await fewestDuring("replaced", [], async () => {
      next = await world.make("replaced", { ...args, spot: true });
      expect(nameOf(next)).to.not.equal(nameOf(old));
      await world.remove(old);
    });
    expect(least.pods).to.be.at.least(1);
    expect(await names(old)).to.deep.equal([]);
    while ((await readyPods("replaced")) < 2) await wait(50);
    await cluster.api.delete("/apis/apps/v1/namespaces/default/deployments/replaced");
    await world.remove(next);
  });

  it("go at once, whatever a budget says, where budgets are not to be respected", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 1, respectDisruptionBudgets: false };
    const id = await world.make("brisk", args);
    await serve("brisk", "brisk", { minAvailable: 2 });
    const began = Date.now();
    await world.remove(id);
    // Far from the time that the next one waits.
    expect(Date.now() - began).to.be.below(9_000);
    expect(await names(id)).to.deep.equal([]);
  });

  it("wait for a budget that never allows it where budgets are to be respected, and not for ever", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 1, respectDisruptionBudgets: true };
    const id = await world.make("patient", args);
    await serve("patient", "patient", { minAvailable: 2 });
    const began = Date.now();
    await world.remove(id);
    expect(Date.now() - began).to.be.at.least(9_000);
    expect(await names(id)).to.deep.equal([]);
  });

  it("are none when they cannot be made: their nodes go, and nothing grows them", async () => {
    const args = { ...poolArgs("production", "services"), minNodes: 3 };
    const there = await world.make("resumed", args);
    await cluster.api.delete(`/api/v1/nodes/${(await nodes(there)).find(isInLastZone)?.metadata.name}`);
    const kept = await names(there);
    const zone = "object.metadata.labels['topology.kubernetes.io/zone']";
    await refuse(cluster, "nodes", "CREATE", `${zone} != 'europe-west1-d'`);

    expect(await refusal(world.make("refused", args))).to.include("not this one");
    const all = await cluster.api.get<ListOf<Node>>("/api/v1/nodes");
    expect(all.items.map(({ metadata }) => metadata.name).sort()).to.deep.equal(kept);
    const [resource] = world.cloud.list("container/nodePool:NodePool", there);
    if (!resource) throw new Error("it was just made");
    expect(await refusal(world.pools.resume(resource))).to.include("not this one");
    expect(await names(there)).to.deep.equal(kept);

    await ask(cluster, "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", "--all");
    await apply(cluster, podOf("unserved", podSpec({ nodeSelector: { pool: "refused" } })));
    const scaling = world.pools.startScaling(world.clusterId);
    const reason = await until("the autoscaler has looked", async () => {
      const { items } = await cluster.api.get<ListOf<{ reason: string }>>(
        "/api/v1/namespaces/default/events",
      );
      return items.find(({ reason }) => reason.endsWith("ScaleUp"))?.reason;
    });
    await scaling.stop();
    expect(reason).to.equal("NotTriggerScaleUp");
    await cluster.api.delete("/api/v1/namespaces/default/pods/unserved");
    await world.remove(there);
  });

  it("lose the nodes of a pool that the cloud does not have", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 1 };
    const [kept, lost] = [await world.make("kept-on", args), await world.make("lost", args)];
    const before = await names(kept);
    const known = world.cloud.list("container/nodePool:NodePool").filter(({ id }) => id === kept);
    await world.pools.dropStrangers(world.clusterId, known);
    expect(await names(kept)).to.deep.equal(before);
    expect(await names(lost)).to.deep.equal([]);
    await world.remove(kept);
    await world.remove(lost);
  });

  it("hold no start up with an upgrade that was interrupted, which goes on and can be stopped", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 1, maxNodes: 1 };
    const id = await world.make("halfway", args);
    await serve("halfway", "halfway", { minAvailable: 2 });
    const [old = ""] = await names(id);
    const [made] = world.cloud.list("container/nodePool:NodePool", id);
    if (!made) throw new Error("it was just made");
    const newer = { ...made, state: { ...made.state, version: "1.99.0-gke.1" } };
    const open = (scale: number) => new NodePools({ controlPlaneOf: () => cluster, scale });

    const patient = open(1);
    const began = Date.now();
    await patient.resume(newer);
    const scaling = patient.startScaling(world.clusterId);
    await until("the next node has come", async () => (await names(id)).length === 2);
    await wait(1_000);
    await scaling.stop();
    expect(Date.now() - began).to.be.below(9_000);
    const both = await names(id);
    expect(both).to.have.length(2).and.include(old);

    // The shortest drain is ten seconds.
    const quick = open(0);
    await quick.resume(newer);
    await until("the old node is gone", async () => !(await names(id)).includes(old));
    expect(await names(id)).to.deep.equal(both.filter((name) => name !== old));
    await cluster.api.delete("/apis/apps/v1/namespaces/default/deployments/halfway");
    await world.remove(id);
  });

  it("go without a word when their cluster is gone", async () => {
    const id = await world.make("orphaned", { ...poolArgs("ci", "deploys") });
    const gone = new NodePools({ controlPlaneOf: () => undefined, scale: 0 });
    const [resource] = world.cloud.list("container/nodePool:NodePool", id);
    if (!resource) throw new Error("it was just made");
    await gone.unmake(resource);
    await world.remove(id);
    expect(project.id).to.equal(resource.project);
  });
});

interface Named {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}

interface ReadyPod extends Named {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Ready, and not being ended. */
const isServing = ({ metadata, status }: ReadyPod) =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;

const isInLastZone = (node: Node) => zoneOf(node) === "europe-west1-d";

const isReadyOf = ({ metadata, status }: Node, pool: string) =>
  metadata.labels?.["cloud.google.com/gke-nodepool"] === pool &&
  status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
