/** Pools that grow for pods and shrink when nothing is left to do, on a real control plane. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { ListOf } from "../../../../local/clusters/api";
import type { ControlPlane } from "../../../../local/clusters/control-plane";
import type { Controller } from "../../../../local/clusters/controller";
import { nodesOf, zoneOf } from "../../../../local/clusters/nodes";
import {
  apply,
  ask,
  deploymentOf,
  podOf,
  podSpec,
  removeFolders,
  startTemporary,
} from "../../../support/clusters";
import { poolArgs, poolWorld, type PoolWorld } from "../../../support/node-pools";

interface Event {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly name: string };
}

const nameOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);

const builder = (overrides: object = {}) =>
  podSpec({
    nodeSelector: { pool: "builds" },
    tolerations: [{ key: "dedicated", operator: "Equal", value: "builds", effect: "NoSchedule" }],
    ...overrides,
  });

const asking = (cpu: string) => ({
  containers: [{ name: "main", image: "example.com/main:1", resources: { requests: { cpu } } }],
});

describe("the autoscaler", () => {
  let cluster: ControlPlane;
  let world: PoolWorld;
  let controller: Controller;
  const errors: unknown[] = [];

  const nodes = (id: string) => nodesOf(cluster.api, nameOf(id));
  const untilNodes = async (id: string, count: number) => {
    while ((await nodes(id)).length !== count) await wait(50);
  };
  const said = async (pod: string) => {
    const { items } = await cluster.api.get<ListOf<Event>>("/api/v1/namespaces/default/events");
    return items.filter(
      ({ reason, involvedObject }) => reason.endsWith("ScaleUp") && involvedObject.name.startsWith(pod),
    );
  };
  const untilSaid = async (pod: string) => {
    for (;;) {
      const [event] = await said(pod);
      if (event) return event;
      await wait(50);
    }
  };
  const run = async (name: string, replicas: number, spec: object) =>
    expect((await apply(cluster, deploymentOf(name, replicas, spec))).stderr).to.equal("");
  const stopRunning = (name: string) => ask(cluster, "delete", "deployment", name);

  before(async () => {
    cluster = await startTemporary();
    world = await poolWorld(cluster, "europe-west1", (error) => errors.push(error));
    controller = world.pools.startScaling(world.clusterId);
  });
  after(async () => {
    await controller.stop();
    await cluster.stop();
    removeFolders();
  });
  afterEach(() => expect(errors.splice(0)).to.deep.equal([]));

  it("grows a pool from nothing for a pod that tolerates its taint, and says so; later the node goes", async () => {
    const id = await world.make("builds", poolArgs("ci", "builds"));
    expect(await nodes(id)).to.deep.equal([]);
    await run("build", 1, builder());
    await ask(cluster, "rollout", "status", "deployment/build", "--timeout=60s");
    expect((await nodes(id)).length).to.equal(1);
    const { reason, message } = await untilSaid("build");
    expect(reason).to.equal("TriggeredScaleUp");
    expect(message).to.match(
      /^pod triggered scale-up: \[\{https:\/\/\S+\/zones\/europe-west1-[bcd]\/instanceGroups\/gke-main-builds-\S+-grp 0->1 \(max: 12\)\}\]$/,
    );
    // Longer than a node may be idle: it is not.
    await wait(3_500);
    expect((await nodes(id)).length).to.equal(1);

    await stopRunning("build");
    await untilNodes(id, 0);
    await world.remove(id);
  });

  it("adds as many nodes as the pods need, spread over the zones, and not more than the most there may be", async () => {
    const args = { ...poolArgs("ci", "builds"), minNodes: 0, maxNodes: 3 };
    const id = await world.make("builds", args);
    // An e2-standard-8 has 7910m: two pods a node.
    await run("many", 6, builder(asking("3900m")));
    await ask(cluster, "rollout", "status", "deployment/many", "--timeout=60s");
    expect((await nodes(id)).map(zoneOf).sort()).to.deep.equal([
      "europe-west1-b",
      "europe-west1-c",
      "europe-west1-d",
    ]);

    await apply(cluster, podOf("late", builder(asking("3900m"))));
    const { reason, message } = await untilSaid("late");
    expect(reason).to.equal("NotTriggerScaleUp");
    expect(message).to.equal("pod didn't trigger scale-up: 3 max node group size reached");
    await wait(2_000);
    expect((await nodes(id)).length).to.equal(3);
    expect((await said("late")).length).to.equal(1);
    await stopRunning("many");
    await ask(cluster, "delete", "pod", "late");
    await untilNodes(id, 0);
    await world.remove(id);
  });

  it("says of a pod that no pool could take what keeps it out of each", async () => {
    const builds = await world.make("builds", poolArgs("ci", "builds"));
    const deploys = await world.make("deploys", poolArgs("ci", "deploys"));
    const anywhere = { tolerations: [{ operator: "Exists" }] };
    await apply(
      cluster,
      podOf("stranger", podSpec()),
      podOf("huge", podSpec({ ...anywhere, ...asking("9") })),
      podOf("lost", podSpec({ ...anywhere, nodeSelector: { pool: "none" } })),
      podOf("greedy", podSpec({ ...anywhere, ...asking("3") })),
    );
    expect((await untilSaid("stranger")).message).to.equal(
      "pod didn't trigger scale-up: 3 node(s) had untolerated taint {dedicated: builds}, " +
        "3 node(s) had untolerated taint {dedicated: deploys}",
    );
    expect((await untilSaid("huge")).message).to.equal("pod didn't trigger scale-up: 6 Insufficient cpu");
    expect((await untilSaid("lost")).message).to.equal(
      "pod didn't trigger scale-up: 6 node(s) didn't match Pod's node affinity/selector",
    );
    expect((await untilSaid("greedy")).reason).to.equal("TriggeredScaleUp");
    await ask(cluster, "delete", "pod", "stranger", "huge", "lost", "greedy", "--wait=false");
    await untilNodes(builds, 0);
    await world.remove(builds);
    await world.remove(deploys);
  });

  it("keeps the least there has to be, and takes a node with a pod on it away from nobody", async () => {
    const args = { ...poolArgs("staging", "services"), minNodes: 2, maxNodes: 6 };
    const id = await world.make("services", args);
    await run("spread", 5, podSpec({ nodeSelector: { pool: "services" }, ...asking("3") }));
    await ask(cluster, "rollout", "status", "deployment/spread", "--timeout=60s");
    expect((await nodes(id)).length).to.equal(5);
    await ask(cluster, "scale", "deployment", "spread", "--replicas=3");
    await untilNodes(id, 3);
    await wait(3_000);
    expect((await nodes(id)).length).to.equal(3);
    await stopRunning("spread");
    await untilNodes(id, 2);
    await wait(3_000);
    expect((await nodes(id)).length).to.equal(2);
    await world.remove(id);
  });

  it("grows for pods that may not share a node", async () => {
    const id = await world.make("services", { ...poolArgs("staging", "services"), minNodes: 0, maxNodes: 3 });
    const alone = {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "alone" } } },
          ],
        },
      },
      nodeSelector: { pool: "services" },
    };
    await run("alone", 2, podSpec(alone));
    await ask(cluster, "rollout", "status", "deployment/alone", "--timeout=60s");
    expect((await nodes(id)).length).to.equal(2);
    await stopRunning("alone");
    await world.remove(id);
  });

  it("makes room in the new pool when the old one goes with more than the new one has", async () => {
    const args = {
      ...poolArgs("staging", "services"),
      minNodes: 1,
      maxNodes: 4,
      respectDisruptionBudgets: true,
    };
    const old = await world.make("services", args);
    await run("full", 4, podSpec({ nodeSelector: { pool: "services" }, ...asking("3") }));
    await ask(cluster, "create", "poddisruptionbudget", "full", "--selector=app=full", "--max-unavailable=1");
    await ask(cluster, "rollout", "status", "deployment/full", "--timeout=60s");
    const next = await world.make("services", { ...args, spot: true });
    await world.remove(old);
    await ask(cluster, "rollout", "status", "deployment/full", "--timeout=60s");
    expect((await nodes(old)).length).to.equal(0);
    expect((await nodes(next)).length).to.equal(4);
    await stopRunning("full");
    await world.remove(next);
  });
});
