import { expect } from "chai";

import type { Resource } from "../../../../local/cloud/rules/shape";
import { obstacle } from "../../../../local/gke/nodes/fitting";
import { type NodeTerms, type Pod, type PodSpec, requestsOf } from "../../../../local/gke/nodes/pods";
import { poolFrom } from "../../../../local/gke/nodes/pool";
import { quantity } from "../../../../local/gke/quantity";
import { type Group, planScaleUp, type ScaleUpArgs } from "../../../../local/gke/nodes/scale-up";

const zones = ["europe-west1-b", "europe-west1-c"];

function poolState(
  name: string,
  machineType: string,
  autoscaling: Record<string, number>,
  spot = false,
): Resource {
  const id = `projects/acme-test/locations/europe-west1/clusters/main/nodePools/${name}`;
  const nodeConfig = { machineType, diskSizeGb: 100, spot };
  const state = { nodeLocations: zones, nodeCount: 0, maxPodsPerNode: 32, autoscaling, nodeConfig };
  return {
    kind: "container/nodePool:NodePool",
    id,
    project: "acme-test",
    inputs: {},
    state,
    status: "ready",
  };
}

const groupsOf = (resource: Resource, ...nodes: number[]): Group[] => {
  const pool = poolFrom(resource);
  return zones.map((zone, index) => ({ pool, zone, nodes: nodes[index] ?? 0 }));
};

const pod = (name: string, cpu: string, spec: Partial<PodSpec> = {}): Pod => ({
  metadata: { name, uid: name, namespace: "default" },
  spec: { containers: [{ resources: { requests: { cpu } } }], ...spec },
});

const plan = (args: Pick<ScaleUpArgs, "pending" | "groups"> & Partial<ScaleUpArgs>) => {
  const { growths, unhelped, waiting } = planScaleUp({
    rooms: [],
    daemons: [],
    volumesOf: () => [],
    isUseless: () => false,
    ...args,
  });
  return {
    growths: growths.map(({ group, more }) => `${group.pool.template.name} ${group.zone} +${more}`),
    unhelped: unhelped.map(({ reasons }) => Object.fromEntries(reasons)),
    waiting: waiting.map(({ pod }) => pod.metadata.name),
  };
};

describe("the plan of the autoscaler", () => {
  const small = poolState("small", "e2-standard-2", { totalMaxNodeCount: 3 });
  const large = poolState("large", "e2-standard-8", { maxNodeCount: 1 });

  it("packs pods onto as few nodes as hold them, evenly over the zones", () => {
    const pending = ["a", "b", "c", "d"].map((name) => pod(name, "900m"));
    const groups = groupsOf(small);
    expect(plan({ pending, groups }).growths).to.deep.equal([
      "small europe-west1-b +1",
      "small europe-west1-c +1",
    ]);
  });

  it("takes the smallest machine that holds a pod", () => {
    const groups = [...groupsOf(large), ...groupsOf(small)];
    expect(plan({ pending: [pod("a", "1")], groups }).growths).to.deep.equal(["small europe-west1-b +1"]);
    expect(plan({ pending: [pod("a", "3")], groups }).growths).to.deep.equal(["large europe-west1-b +1"]);
  });

  it("counts the most there may be over all zones together, or in each", () => {
    const pending = ["a", "b", "c"].map((name) => pod(name, "1500m"));
    expect(plan({ pending, groups: groupsOf(small, 1, 1) })).to.deep.include({
      growths: ["small europe-west1-b +1"],
      unhelped: [{ "max node group size reached": 2 }, { "max node group size reached": 2 }],
    });
    expect(plan({ pending, groups: groupsOf(large, 1, 0) }).growths).to.deep.equal([
      "large europe-west1-c +1",
    ]);
  });

  it("leaves a pool alone that does not scale", () => {
    const fixed = poolState("fixed", "e2-standard-2", {});
    delete (fixed.state as Record<string, unknown>)["autoscaling"];
    expect(plan({ pending: [pod("a", "1")], groups: groupsOf(fixed) }).growths).to.deep.equal([]);
  });

  it("lets pods wait for the room that there is", () => {
    const groups = groupsOf(small, 1);
    const rooms = groups.slice(0, 1).map((group) => ({ group, free: { cpu: 1.9, memory: 1e10, pods: 32 } }));
    const pending = [pod("a", "1"), pod("b", "1")];
    expect(plan({ pending, groups, rooms })).to.deep.include({
      waiting: ["a"],
      growths: ["small europe-west1-c +1"],
    });
  });

  it("counts what daemon sets take of every node that they are on", () => {
    const daemon: PodSpec = { containers: [{ resources: { requests: { cpu: "1" } } }] };
    const elsewhere: PodSpec = { ...daemon, nodeSelector: { pool: "other" } };
    const pending = [pod("a", "1")];
    const groups = groupsOf(small);
    expect(plan({ pending, groups, daemons: [daemon] }).unhelped).to.deep.equal([{ "Insufficient cpu": 2 }]);
    expect(plan({ pending, groups, daemons: [elsewhere] }).unhelped).to.deep.equal([]);
  });

  it("makes a node where the pod's disk is", () => {
    const terms: NodeTerms = {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: "topology.gke.io/zone", operator: "In", values: ["europe-west1-c"] }] },
      ],
    };
    expect(
      plan({ pending: [pod("a", "1")], groups: groupsOf(small), volumesOf: () => [terms] }).growths,
    ).to.deep.equal(["small europe-west1-c +1"]);
  });

  it("does not try again what did not help", () => {
    const isUseless = (_: Pod, { zone }: Group) => zone === "europe-west1-b";
    const pending = [pod("a", "1")];
    expect(plan({ pending, groups: groupsOf(small), isUseless }).growths).to.deep.equal([
      "small europe-west1-c +1",
    ]);
    expect(plan({ pending, groups: groupsOf(small), isUseless: () => true }).unhelped).to.deep.equal([
      { "new node(s) did not help": 2 },
    ]);
  });
});

describe("a pod and a node", () => {
  const node = {
    labels: { zone: "b", size: "3" },
    taints: [{ key: "dedicated", value: "builds", effect: "NoSchedule" as const }],
    free: { cpu: 1, pods: 1 },
  };
  const tolerations = [{ key: "dedicated", operator: "Exists" }];
  const requiring = (key: string, operator: string, ...values: string[]): Partial<PodSpec> => ({
    tolerations,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
        },
      },
    },
  });

  for (const [name, spec, why] of [
    ["tolerates its taint", { tolerations }, undefined],
    ["tolerates everything", { tolerations: [{ operator: "Exists" }] }, undefined],
    [
      "tolerates another value",
      { tolerations: [{ key: "dedicated", value: "deploys" }] },
      "untolerated taint",
    ],
    [
      "tolerates another effect",
      { tolerations: [{ ...tolerations[0], effect: "NoExecute" as const }] },
      "untolerated taint",
    ],
    ["wants another label", { tolerations, nodeSelector: { zone: "c" } }, "node affinity/selector"],
    ["is in its zones", requiring("zone", "In", "a", "b"), undefined],
    ["is not in its zones", requiring("zone", "NotIn", "b"), "node affinity/selector"],
    ["asks for more than", requiring("size", "Gt", "2"), undefined],
    ["asks for less than", requiring("size", "Lt", "2"), "node affinity/selector"],
    ["asks for what is not there", requiring("gpu", "Exists"), "node affinity/selector"],
    [
      "is too large",
      { tolerations, containers: [{ resources: { requests: { cpu: "1100m" } } }] },
      "Insufficient cpu",
    ],
  ] as const) {
    it(`that ${name} ${why === undefined ? "fit" : "do not fit"}`, () => {
      const said = obstacle({ ...pod("a", "1").spec, ...(spec as Partial<PodSpec>) }, node);
      if (why === undefined) expect(said).to.equal(undefined);
      else expect(said).to.contain(why);
    });
  }

  it("count as the scheduler does: what runs together is added, what runs before is not", () => {
    const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } });
    expect(
      requestsOf({
        containers: [cpu("250m"), cpu("0.25")],
        initContainers: [cpu("600m"), { ...cpu("50m"), restartPolicy: "Always" }],
        overhead: { cpu: "1" },
      }),
    ).to.deep.equal({ cpu: 1.6, pods: 1 });
    const sidecarFirst = [{ ...cpu("50m"), restartPolicy: "Always" }, cpu("600m")];
    expect(requestsOf({ containers: [cpu("1m")], initContainers: sidecarFirst })["cpu"]).to.be.closeTo(
      0.65,
      1e-9,
    );
  });

  for (const [text, amount] of [
    ["3920m", 3.92],
    ["13621Mi", 13621 * 2 ** 20],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["1e3", 1000],
    ["2M", 2e6],
  ] as const) {
    it(`read ${text} as ${amount}`, () => expect(quantity(text)).to.equal(amount));
  }
});
