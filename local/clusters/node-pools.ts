import type { ControlPlane } from "./control-plane";
import { type DrainOptions, removeNodes } from "./draining";
import { addNodes, type Node, nodesOf, type NodeTemplate, zoneOf } from "./nodes";

/** Equal nodes, as one GKE node pool makes them. */
export interface NodePool extends NodeTemplate {
  /** Nodes in all zones together, spread evenly. */
  readonly count: number;
  /** For example `europe-west1-b`. */
  readonly zones: readonly string[];
}

/** Gives a cluster the nodes of a pool, or more or fewer than it had, and waits until all are ready. */
export async function setNodePool(
  { api }: Pick<ControlPlane, "api">,
  pool: NodePool,
  options: DrainOptions = {},
): Promise<void> {
  const there = await nodesOf(api, pool.name);
  const more = evenly(pool.zones, there.map(zoneOf), pool.count - there.length);
  await addNodes(api, pool, more, options.signal);
  const surplus = inTurns(there).slice(pool.count);
  await removeNodes(
    api,
    surplus.map(({ metadata }) => metadata.name),
    options,
  );
}

/** Zones for so many more nodes, each time the one that has the fewest. */
export function evenly(zones: readonly string[], there: readonly string[], more: number): string[] {
  const chosen: string[] = [];
  const count = (zone: string) => [...there, ...chosen].filter((taken) => taken === zone).length;
  while (chosen.length < more) {
    const [first, ...others] = zones;
    if (first === undefined) throw new RangeError("a node pool has at least one zone");
    chosen.push(others.reduce((best, zone) => (count(zone) < count(best) ? zone : best), first));
  }
  return chosen;
}

/** Nodes in an order in which every zone comes once before one comes twice. */
function inTurns(nodes: readonly Node[]): Node[] {
  const turn = (node: Node, index: number) =>
    nodes.slice(0, index).filter((earlier) => zoneOf(earlier) === zoneOf(node)).length;
  return nodes
    .map((node, index) => ({ node, turn: turn(node, index) }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ node }) => node);
}

/** Takes the nodes of a pool away, after their pods. */
export async function removeNodePool(
  { api }: Pick<ControlPlane, "api">,
  name: string,
  options: DrainOptions = {},
): Promise<void> {
<<<<<<< HEAD
  const there = await poolNodes(cluster.api, name);
  const names = there.map(({ metadata }) => metadata.name);
  await removeNodes(cluster, names, options);
}

async function removeNodes(
  cluster: ControlPlane,
  names: readonly string[],
  { drainSeconds = 3600 }: NodePoolOptions,
): Promise<void> {
  if (names.length === 0) return;
  // A pod of a daemon set would come back; it goes with its node. What the drain cannot move, the node takes along.
  await kubectl(cluster, [
    "drain",
    ...names,
    "--ignore-daemonsets",
    "--delete-emptydir-data",
    "--force",
    `--timeout=${drainSeconds}s`,
  ]);
  await Promise.all(names.map((name) => cluster.api.delete(`/api/v1/nodes/${name}`)));
}

/** The nodes that a pool is made of. */
export function nodesOf(pool: NodePool) {
  return Array.from({ length: pool.count }, (_, index) => {
    const zone = pool.zones[index % pool.zones.length];
    if (zone === undefined) throw new RangeError(`node pool ${pool.name} has no zone`);
    return nodeArgs(pool, zone, index);
  });
}

function nodeArgs(pool: NodePool, zone: string, index: number) {
  const name = nodeName(pool, zone, index);
  const size = nodeSize(pool.machineType);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": pool.machineType,
        "topology.kubernetes.io/region": zone.replace(/-[a-z]$/, ""),
        "topology.kubernetes.io/zone": zone,
        // Where the driver of persistent disks says that the node stands.
        "topology.gke.io/zone": zone,
        [poolLabel]: pool.name,
        "cloud.google.com/gke-provisioning": pool.spot ? "spot" : "standard",
        ...(pool.spot && { "cloud.google.com/gke-spot": "true" }),
        ...pool.labels,
      },
    },
    spec: { taints: [...(pool.taints ?? [])] },
    status: {
      capacity: {
        cpu: String(size.cpus),
        memory: `${size.memoryMib}Mi`,
        "ephemeral-storage": `${pool.diskGb}Gi`,
        pods: String(pool.podsPerNode),
      },
      allocatable: {
        cpu: `${size.allocatableMillicpus}m`,
        memory: `${size.allocatableMib}Mi`,
        "ephemeral-storage": `${allocatableDiskGib(pool.diskGb)}Gi`,
        pods: String(pool.podsPerNode),
      },
      nodeInfo: {
        kubeletVersion: `v${pinnedVersions().kubernetes}`,
        operatingSystem: "linux",
        architecture: "amd64",
      },
      // Nobody listens there: `logs` and `exec` fail at once, and no kubelet of this machine is asked.
      daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
    },
  };
}

/** Four letters and digits at the end, and eight before them that the nodes of one zone share, as in GKE. */
function nodeName({ cluster, name }: NodePool, zone: string, index: number): string {
  const hash = createHash("sha256").update(`${cluster}/${name}/${zone}`).digest();
  const ending = (hash.readUInt32BE(4) + index) % 36 ** 4;
  const suffix = `-${hash.toString("hex", 0, 4)}-${ending.toString(36).padStart(4, "0")}`;
  return `gke-${cluster}-${name}`.slice(0, 63 - suffix.length).replace(/-+$/, "") + suffix;
}

async function poolNodes(api: Api, pool: string): Promise<Node[]> {
  const selector = encodeURIComponent(`${poolLabel}=${pool}`);
  return (await api.get<{ items: Node[] }>(`/api/v1/nodes?labelSelector=${selector}`)).items;
}

async function untilReady({ api }: ControlPlane, pool: string, names: readonly string[]): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000;
  for (;;) {
    const ready = (await poolNodes(api, pool)).filter(isReady).map(({ metadata }) => metadata.name);
    const late = names.filter((name) => !ready.includes(name));
    if (late.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`nodes are not ready after ${readySeconds} s: ${late.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ready, and the node controller has seen it: until then a taint keeps pods away. */
function isReady({ spec, status }: Node): boolean {
  const ready = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return ready === true && !spec.taints?.some(({ key }) => key === "node.kubernetes.io/not-ready");
=======
  const there = await nodesOf(api, name);
  await removeNodes(
    api,
    there.map(({ metadata }) => metadata.name),
    options,
  );
>>>>>>> pools
}
