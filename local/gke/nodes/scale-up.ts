/** Which pools grow for pods that have no node: pure. */
import { nodeLabels } from "../../clusters/nodes";
import { type NodeShape, obstacle, shortage } from "./fitting";
import { type NodeTerms, numbers, type Pod, type PodSpec, requestsOf, type Resources, sum } from "./pods";
import type { Pool } from "./pool";

/** The nodes of a pool in one zone: what the autoscaler grows, as GKE makes an instance group of them. */
export interface Group {
  readonly pool: Pool;
  readonly zone: string;
  /** Nodes it has, those that are about to go left out. */
  readonly nodes: number;
}

export interface Growth {
  readonly group: Group;
  readonly more: number;
}

/** A node that is there and has room that the scheduler has not used yet. */
export interface Room {
  readonly group: Group;
  readonly free: Resources;
}

export interface ScaleUp {
  readonly growths: readonly Growth[];
  readonly helped: readonly Pod[];
  /** Pods that the scheduler should find room for on a node that is there. */
  readonly waiting: readonly { readonly pod: Pod; readonly room: Room }[];
  /** Pods that no new node would take, and how many groups are out for which reason. */
  readonly unhelped: readonly { readonly pod: Pod; readonly reasons: ReadonlyMap<string, number> }[];
}

export interface ScaleUpArgs {
  readonly pending: readonly Pod[];
  readonly groups: readonly Group[];
  readonly rooms: readonly Room[];
  /** Daemon sets have a pod on every new node. */
  readonly daemons: readonly PodSpec[];
  /** Where the volumes of a pod are. */
  readonly volumesOf: (pod: Pod) => readonly NodeTerms[];
  /** Whether a new node of a group has been tried for a pod, and the scheduler did not take it. */
  readonly isUseless: (pod: Pod, group: Group) => boolean;
}

const maximum = "max node group size reached";

/** No words of the real one, which knows every rule of the scheduler. */
const useless = "new node(s) did not help";

/** Packs pods onto new nodes, one after the other: on one that was chosen already, else on the smallest that fits. */
export function planScaleUp(args: ScaleUpArgs): ScaleUp {
  const { pending, groups, daemons, volumesOf, isUseless } = args;
  const rooms = args.rooms.map((room) => ({ room, group: room.group, free: room.free }));
  const opened: { group: Group; free: Resources }[] = [];
  const waiting: { pod: Pod; room: Room }[] = [];
  const helped: Pod[] = [];
  const unhelped: { pod: Pod; reasons: ReadonlyMap<string, number> }[] = [];
  const count = (isCounted: (group: Group) => boolean) =>
    groups.filter(isCounted).reduce((total, { nodes }) => total + nodes, 0) +
    opened.filter(({ group }) => isCounted(group)).length;
  const isFull = ({ pool, zone }: Group) =>
    pool.scaling === undefined ||
    count((other) => other.pool.id === pool.id) >= pool.scaling.total.max ||
    count((other) => other.pool.id === pool.id && other.zone === zone) >= pool.scaling.perZone.max;
  const reason = (pod: Pod, group: Group) =>
    obstacle(pod.spec, newNode(group, daemons), volumesOf(pod)) ??
    (isUseless(pod, group) ? useless : undefined);

  for (const pod of pending) {
    const wanted = requestsOf(pod.spec);
    const reasons = groups.map((group) => ({ group, reason: reason(pod, group) }));
    const fitting = reasons.filter(({ reason }) => reason === undefined).map(({ group }) => group);
    const takes = ({ group, free }: { group: Group; free: Resources }) =>
      fitting.includes(group) && shortage(wanted, free) === undefined;
    const there = rooms.find(takes);
    const shared = opened.find(takes);
    const [best] = fitting
      .filter((group) => !isFull(group))
      .map((group) => ({
        group,
        nodes: count((other) => other === group),
        size: newNode(group, daemons).free,
      }))
      .sort(
        (a, b) =>
          (a.size["cpu"] ?? 0) - (b.size["cpu"] ?? 0) ||
          (a.size["memory"] ?? 0) - (b.size["memory"] ?? 0) ||
          Number(b.group.pool.template.spot) - Number(a.group.pool.template.spot) ||
          a.nodes - b.nodes,
      );
    if (there) {
      there.free = without(there.free, wanted);
      waiting.push({ pod, room: there.room });
      continue;
    }
    if (shared) shared.free = without(shared.free, wanted);
    else if (best) opened.push({ group: best.group, free: without(best.size, wanted) });
    else {
      unhelped.push({
        pod,
        // A group that is full is not looked at any closer.
        reasons: counted(reasons.map(({ group, reason }) => (isFull(group) ? maximum : (reason ?? maximum)))),
      });
      continue;
    }
    helped.push(pod);
  }
  const growths = groups
    .map((group) => ({ group, more: opened.filter((one) => one.group === group).length }))
    .filter(({ more }) => more > 0);
  return { growths, helped, waiting, unhelped };
}

/** A node that the group does not have yet. */
function newNode({ pool, zone }: Group, daemons: readonly PodSpec[]): NodeShape {
  const empty: NodeShape = {
    labels: nodeLabels(pool.template, zone),
    taints: pool.template.taints ?? [],
    free: numbers({ ...pool.template.allocatable }),
  };
  const everywhere = daemons.filter((daemon) => obstacle(daemon, empty) === undefined).map(requestsOf);
  return { ...empty, free: without(empty.free, sum(...everywhere)) };
}

export function without(free: Resources, taken: Resources): Resources {
  return Object.fromEntries(
    Object.entries(free).map(([name, amount]) => [name, amount - (taken[name] ?? 0)]),
  );
}

function counted(reasons: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
