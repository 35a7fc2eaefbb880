/** Nodes of a real cluster: what is scheduled where, and what is not. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { type ControlPlane, startControlPlane } from "../../../local/clusters/control-plane";
import { evenly, removeNodePool, setNodePool } from "../../../local/clusters/node-pools";
import { nodeArgs } from "../../../local/clusters/nodes";
import {
  apply,
  ask,
  deploymentOf,
  podOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../support/clusters";

describe("node pools", () => {
  let cluster: ControlPlane;

  const nodes = async (name: string) =>
    (await ask(cluster, "get", "nodes", "-l", `cloud.google.com/gke-nodepool=${name}`, "-o", "name"))
      .split("\n")
      .filter(Boolean);
  /** Why the scheduler leaves a pod waiting. */
  const reason = async (pod: string) => {
    for (;;) {
      const path = '{.status.conditions[?(@.type=="PodScheduled")].message}';
      const message = await ask(cluster, "get", "pod", pod, "-o", `jsonpath=${path}`);
      if (message !== "") return message;
      await wait(50);
    }
  };

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool({ count: 3 }));
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("give a deployment nodes, spread over their zones, until it is ready", async () => {
    expect((await apply(cluster, deploymentOf("web", 6))).stderr).to.equal("");
    await ask(cluster, "rollout", "status", "deployment/web", "--timeout=180s");
    const used = await ask(
      cluster,
      "get",
      "pods",
      "-l",
      "app=web",
      "-o",
      "jsonpath={.items[*].spec.nodeName}",
    );
    const zones = await ask(
      cluster,
      "get",
      "nodes",
      "-o",
      "jsonpath={.items[*].metadata.labels['topology\\.kubernetes\\.io/zone']}",
    );
    expect(new Set(used.split(" ")).size).to.equal(3);
    expect(zones.split(" ").sort()).to.deep.equal(["europe-west1-b", "europe-west1-c", "europe-west1-d"]);
  });

  it("let a job complete", async () => {
    await ask(cluster, "create", "job", "once", "--image=example.com/once:1");
    await ask(cluster, "wait", "job/once", "--for=condition=complete", "--timeout=180s");
  });

  it("keep a pod out that does not tolerate their taint, with the scheduler's reason, and take one that does", async () => {
    const taints = [{ key: "dedicated", value: "builds", effect: "NoSchedule" }] as const;
    await setNodePool(cluster, pool({ name: "builds", labels: { pool: "builds" }, taints }));
    const wanting = { nodeSelector: { pool: "builds" } };
    await apply(cluster, podOf("stranger", podSpec(wanting)));
    expect(await reason("stranger")).to.match(/^0\/4 nodes are available: 1 node\(s\) had untolerated taint/);

    const tolerations = [{ key: "dedicated", operator: "Equal", value: "builds", effect: "NoSchedule" }];
    await apply(cluster, podOf("builder", podSpec({ ...wanting, tolerations })));
    await ask(cluster, "wait", "pod/builder", "--for=condition=Ready", "--timeout=180s");
  });

  it("hold only what their machines have left for pods", async () => {
    const asking = (cpu: string) =>
      podSpec({
        containers: [{ name: "main", image: "example.com/main:1", resources: { requests: { cpu } } }],
        nodeSelector: { "cloud.google.com/gke-nodepool": "sized" },
      });
    await setNodePool(cluster, pool({ name: "sized", machineType: "e2-standard-2" }));
    await apply(cluster, podOf("greedy", asking("1931m")), podOf("modest", asking("1930m")));
    await ask(cluster, "wait", "pod/modest", "--for=condition=Ready", "--timeout=180s");
    expect(await reason("greedy")).to.contain("Insufficient cpu");
  });

  it("grow and shrink, and the pods of a node that goes are made elsewhere", async () => {
    await setNodePool(cluster, pool({ name: "moving", count: 2, labels: { pool: "moving" } }));
    const before = await nodes("moving");
    await apply(cluster, deploymentOf("moved", 4, podSpec({ nodeSelector: { pool: "moving" } })));
    await ask(cluster, "rollout", "status", "deployment/moved", "--timeout=180s");
    await setNodePool(cluster, pool({ name: "moving", count: 1, labels: { pool: "moving" } }));
    expect(before).to.include.members(await nodes("moving"));
    expect((await nodes("moving")).length).to.equal(1);
    await ask(cluster, "rollout", "status", "deployment/moved", "--timeout=180s");
  });

  it("go, with their nodes and pods", async () => {
    await setNodePool(cluster, pool({ name: "brief", labels: { pool: "brief" } }));
    await apply(cluster, podOf("guest", podSpec({ nodeSelector: { pool: "brief" } })));
    await ask(cluster, "wait", "pod/guest", "--for=condition=Ready", "--timeout=180s");
    await removeNodePool(cluster, "brief");
    expect(await nodes("brief")).to.deep.equal([]);
    expect(await ask(cluster, "get", "pod", "guest", "--ignore-not-found", "-o", "name")).to.equal("");
  });

  it("do not wait for ever for a disruption budget", async () => {
    await setNodePool(cluster, pool({ name: "held", labels: { pool: "held" } }));
    await apply(cluster, deploymentOf("alone", 1, podSpec({ nodeSelector: { pool: "held" } })));
    await ask(cluster, "rollout", "status", "deployment/alone", "--timeout=180s");
    await ask(cluster, "create", "poddisruptionbudget", "alone", "--selector=app=alone", "--min-available=1");
    await removeNodePool(cluster, "held", { drainSeconds: 1 });
    expect(await nodes("held")).to.deep.equal([]);
  });

  it("take pods at once after everything was killed and started again", async () => {
    for (const pid of cluster.pids) process.kill(pid, "SIGKILL");
    await cluster.ended;
    cluster = await startControlPlane(cluster);
    await apply(
      cluster,
      podOf("next", podSpec({ nodeSelector: { "cloud.google.com/gke-nodepool": "services" } })),
    );
    await ask(cluster, "wait", "pod/next", "--for=condition=Ready", "--timeout=15s");
  });
});

describe("the nodes of a pool", () => {
  it("carry what GKE writes on them, and what the pool adds", () => {
    const node = nodeArgs(pool({ spot: true, labels: { pool: "services" } }), "europe-west1-b");
    expect(node.metadata.labels).to.include({
      "node.kubernetes.io/instance-type": "e2-standard-4",
      "topology.kubernetes.io/region": "europe-west1",
      "topology.kubernetes.io/zone": "europe-west1-b",
      "cloud.google.com/gke-nodepool": "services",
      "cloud.google.com/gke-spot": "true",
      pool: "services",
    });
    expect(node.status.allocatable).to.deep.equal({
      cpu: "3920m",
      memory: "13621Mi",
      "ephemeral-storage": "49Gi",
      pods: "110",
    });
  });

  it("have names that are their own and short enough", () => {
    const long = pool({ cluster: "production-main-ccb8e3", name: "services-1a2b3c4d5e6f7a8b9c0d" });
    const names = ["b", "c", "d"].map((zone) => nodeArgs(long, `europe-west1-${zone}`).metadata.name);
    expect(new Set(names).size).to.equal(3);
    expect(names.filter((name) => !/^gke-[a-z0-9-]{1,59}$/.test(name))).to.deep.equal([]);
  });

  it("are spread evenly over the zones", () => {
    expect(evenly(["b", "c", "d"], [], 4)).to.deep.equal(["b", "c", "d", "b"]);
    expect(evenly(["b", "c", "d"], ["b", "b", "d"], 2)).to.deep.equal(["c", "c"]);
    expect(evenly(["b"], ["b"], 0)).to.deep.equal([]);
  });
});
