import { type Api, ApiError, type KubernetesObject, type ListOf } from "../../clusters/api";
import { type Controller, startController } from "../../clusters/controller";
import { podsOn, removeNodes } from "../../clusters/draining";
import { addNodes, changeNode, isReady, type Node, poolOf, zoneOf } from "../../clusters/nodes";
import { writeEvent } from "./pod-events";
import { isUnschedulable, needsItsNode, numbers, type Pod, type PodSpec, requestsOf, sum } from "./pods";
import type { Pool } from "./pool";
import { type Group, type Growth, planScaleUp, type Room, without } from "./scale-up";
import { isLeaving } from "./upgrade";
import { volumeTerms } from "./volume-terms";

export interface AutoscalerArgs {
  readonly api: Api;
  /** All pools of the cluster as they are now; those that do not scale are left alone. */
  readonly pools: () => readonly Pool[];
  /** Whether the nodes of a pool are being replaced: none is taken away then, but it still grows. */
  readonly isBusy: (pool: Pool) => boolean;
  /** How long a node has to have nothing to do before it goes, in milliseconds. */
  readonly idleMilliseconds: number;
  readonly onError?: (error: unknown) => void;
}

/** Milliseconds for which a pod has to have no node: the scheduler may be about to find one. */
const steadyMilliseconds = 1_000;

/** Milliseconds after which the scheduler has tried everybody again: its longest pause is ten seconds. */
const schedulerMilliseconds = 15_000;

/** Keeps new pods away from a node that is about to go, under the real one's name. */
const goingTaint = { key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" } as const;

/**
 * Grows pools for pods that find no node, and takes nodes away that have had nothing to do for a while.
 *
 * It moves no pods: GKE also empties nodes that are used to less than a half. Nor does it know affinity between pods
 * and spreading, so a node may be added that the scheduler does not take; one for each zone, not more.
 */
export function startAutoscaler(args: AutoscalerArgs): Controller {
  const { api, onError } = args;
  const autoscaler = new Autoscaler(args);
  return startController({
    api,
    watches: {
      pods: "/api/v1/pods",
      nodes: "/api/v1/nodes",
      daemons: "/apis/apps/v1/daemonsets",
      claims: "/api/v1/persistentvolumeclaims",
      volumes: "/api/v1/persistentvolumes",
    },
    every: 500,
    reconcile: (seen, signal) => autoscaler.look(seen as unknown as Cluster, signal),
    ...(onError && { onError }),
  });
}

interface Cluster {
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly daemons: readonly { readonly spec: { readonly template: { readonly spec: PodSpec } } }[];
  readonly claims: readonly KubernetesObject[];
  readonly volumes: readonly KubernetesObject[];
}

class Autoscaler {
  /** Since when pods have had no node, by uid. */
  private readonly pending = new Since();
  /** Since when nodes have had nothing to do, by name. */
  private readonly idle = new Since();
  /** Since when pods could have gone to a node with nothing on it, by uid and group. */
  private readonly ignored = new Since();
  /** The same, where the scheduler has had its time: it has a reason of its own. */
  private readonly useless = new Set<string>();
  /** When nodes were added, by name. */
  private readonly added = new Since();
  /** What was said of a pod last, by uid. */
  private readonly told = new Map<string, string>();

  constructor(private readonly args: AutoscalerArgs) {}

  async look(cluster: Cluster, signal: AbortSignal): Promise<void> {
    await this.reopen(cluster.nodes);
    const unschedulable = cluster.pods.filter(isUnschedulable);
    this.pending.keep(unschedulable.map(uidOf));
    for (const uid of [...this.told.keys()].filter((known) => !this.pending.has(known)))
      this.told.delete(uid);
    const needed = new Set(cluster.pods.filter(needsItsNode).map(({ spec }) => spec.nodeName));
    this.idle.keep(cluster.nodes.map(nameOf).filter((name) => !needed.has(name)));

    const steady = unschedulable.filter((pod) => this.pending.lasts(uidOf(pod), steadyMilliseconds));
    const kept = steady.length > 0 ? await this.grow(cluster, steady, signal) : new Set<string>();
    await this.shrink(cluster, kept);
  }

  /** Adds the nodes that pods need; names of nodes that some pod is still expected on. */
  private async grow(cluster: Cluster, pending: readonly Pod[], signal: AbortSignal): Promise<Set<string>> {
    const { api } = this.args;
    // As they are now: what was added a moment ago may not have been told yet.
    const nodes = (await api.get<ListOf<Node>>("/api/v1/nodes")).items;
    const groups = this.groups(nodes);
    const rooms = this.rooms(nodes, groups, cluster.pods);
    const plan = planScaleUp({
      pending,
      groups,
      rooms: rooms.map(({ room }) => room),
      daemons: cluster.daemons.map(({ spec }) => spec.template.spec),
      volumesOf: (pod) => volumeTerms(pod, cluster.claims, cluster.volumes),
      isUseless: (pod, group) => this.useless.has(tried(pod, group)),
    });
    const isEmpty = (room: Room) =>
      rooms.some((one) => one.room === room && this.idle.lasts(nameOf(one.node), 0));
    const ignored = plan.waiting
      .filter(({ room }) => isEmpty(room))
      .map(({ pod, room }) => tried(pod, room.group));
    this.ignored.keep(ignored);
    for (const key of ignored) if (this.ignored.lasts(key, schedulerMilliseconds)) this.useless.add(key);

    if (plan.growths.length > 0) {
      const what = plan.growths.map(describe).join(" ");
      for (const pod of plan.helped) {
        await writeEvent(api, pod, "TriggeredScaleUp", `pod triggered scale-up: [${what}]`);
      }
      const names = await Promise.all(
        plan.growths.map(({ group: { pool, zone }, more }) =>
          addNodes(api, pool.template, Array<string>(more).fill(zone), signal),
        ),
      );
      this.added.add(names.flat());
    } else for (const { pod, reasons } of plan.unhelped) await this.tell(pod, reasons);
    const expected = new Set(plan.waiting.map(({ room }) => room));
    return new Set(rooms.filter(({ room }) => expected.has(room)).map(({ node }) => nameOf(node)));
  }

  private async shrink({ nodes }: Cluster, kept: ReadonlySet<string>): Promise<void> {
    for (const group of this.groups(nodes)) {
      const { pool, zone } = group;
      if (pool.scaling === undefined || this.args.isBusy(pool)) continue;
      const { perZone, total } = pool.scaling;
      const idle = nodes.filter(
        (node) => isOf(node, group) && this.idle.lasts(nameOf(node), this.args.idleMilliseconds),
      );
      for (const node of idle.filter((node) => !kept.has(nameOf(node)) && !isLeaving(node))) {
        const now = (await this.args.api.get<ListOf<Node>>("/api/v1/nodes")).items.filter(
          (other) => poolOf(other) === pool.template.name && !isLeaving(other),
        );
        const inZone = now.filter((other) => zoneOf(other) === zone);
        if (now.length > total.min && inZone.length > perZone.min) await this.remove(node);
      }
    }
  }

  private async remove(node: Node): Promise<void> {
    const { api } = this.args;
    const name = nameOf(node);
    await changeNode(api, name, ({ spec }) => ({ spec: { taints: [...(spec.taints ?? []), goingTaint] } }));
    // The scheduler may have been faster.
    if ((await podsOn(api, name)).some((pod) => needsItsNode(pod as unknown as Pod))) return;
    await removeNodes(api, [name], { drainSeconds: 0 });
  }

  /** A node that was about to go, and did not: something came in between. */
  private async reopen(nodes: readonly Node[]): Promise<void> {
    const isGoing = ({ key }: { key: string }) => key === goingTaint.key;
    for (const node of nodes.filter(({ spec }) => spec.taints?.some(isGoing))) {
      await changeNode(this.args.api, nameOf(node), ({ spec }) => ({
        spec: { taints: (spec.taints ?? []).filter((taint) => !isGoing(taint)) },
      })).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
    }
  }

  private groups(nodes: readonly Node[]): Group[] {
    return this.args
      .pools()
      .filter(({ scaling }) => scaling !== undefined)
      .flatMap((pool) =>
        pool.zones.map((zone) => {
          const own = nodes.filter((node) => isOf(node, { pool, zone }) && !isLeaving(node));
          return { pool, zone, nodes: own.length };
        }),
      );
  }

  /** Nodes with nothing on them, and new ones: the scheduler has not come to all pods yet. */
  private rooms(nodes: readonly Node[], groups: readonly Group[], pods: readonly Pod[]) {
    return nodes
      .filter(({ spec }) => spec.unschedulable !== true)
      .filter(
        (node) =>
          this.idle.lasts(nameOf(node), 0) ||
          (this.added.has(nameOf(node)) && !this.added.lasts(nameOf(node), schedulerMilliseconds)),
      )
      .flatMap((node) => {
        const group = groups.find((one) => isOf(node, one));
        if (!group || !isReady(node)) return [];
        const taken = pods
          .filter(({ spec }) => spec.nodeName === nameOf(node))
          .map(({ spec }) => requestsOf(spec));
        return [{ node, room: { group, free: without(numbers(node.status.allocatable), sum(...taken)) } }];
      });
  }

  private async tell(pod: Pod, reasons: ReadonlyMap<string, number>): Promise<void> {
    const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
    const message = `pod didn't trigger scale-up: ${why.join(", ")}`;
    if (this.told.get(uidOf(pod)) === message) return;
    this.told.set(uidOf(pod), message);
    await writeEvent(this.args.api, pod, "NotTriggerScaleUp", message);
  }
}

/** Since when something has been so. */
class Since {
  private readonly times = new Map<string, number>();

  /** What is so now; what was so before and is no longer is forgotten. */
  keep(keys: readonly string[]): void {
    const now = new Set(keys);
    for (const key of [...this.times.keys()].filter((known) => !now.has(known))) this.times.delete(key);
    this.add(keys);
  }

  add(keys: readonly string[]): void {
    for (const key of keys) if (!this.times.has(key)) this.times.set(key, Date.now());
  }

  has(key: string): boolean {
    return this.times.has(key);
  }

  lasts(key: string, milliseconds: number): boolean {
    const since = this.times.get(key);
    return since !== undefined && Date.now() - since >= milliseconds;
  }
}

const nameOf = ({ metadata }: KubernetesObject) => metadata.name;
const uidOf = ({ metadata }: KubernetesObject) => metadata.uid ?? metadata.name;
const tried = (pod: Pod, { pool, zone }: Group) => `${uidOf(pod)} ${pool.id} ${zone}`;

function isOf(node: Node, { pool, zone }: Pick<Group, "pool" | "zone">): boolean {
  return poolOf(node) === pool.template.name && zoneOf(node) === zone;
}

/** `{URL 0->1 (max: 12)}`, as the real one writes it. */
function describe({ group: { pool, zone, nodes }, more }: Growth): string {
  const max = Math.min(pool.scaling?.perZone.max ?? 0, pool.scaling?.total.max ?? 0);
  return `{${pool.groups[zone]} ${nodes}->${nodes + more} (max: ${max})}`;
}
