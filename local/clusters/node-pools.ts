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
  const there = await nodesOf(api, name);
  await removeNodes(
    api,
    there.map(({ metadata }) => metadata.name),
    options,
  );
}
