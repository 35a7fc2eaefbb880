import { setTimeout as wait } from "node:timers/promises";

import type { Machinery } from "../../cloud/machinery";
import { lastSegment } from "../../cloud/rules/read";
import type { Resource } from "../../cloud/rules/shape";
import type { Api, ListOf } from "../../clusters/api";
import type { ControlPlane } from "../../clusters/control-plane";
import { removeNodes } from "../../clusters/draining";
import { evenly, removeNodePool, setNodePool } from "../../clusters/node-pools";
import { addNodes, changeNode, type Node, nodesOf, poolOf, type Taint, zoneOf } from "../../clusters/nodes";
import { startAutoscaler } from "./autoscaler";
import { type Pool, poolFrom } from "./pool";
import { isOutdated, replaceOutdatedNodes } from "./upgrade";

export interface NodePoolsArgs {
  /** The control plane behind an emulated cluster, by the cluster's id. */
  readonly controlPlaneOf: (clusterId: string) => ControlPlane | undefined;
  /** Seconds here for one second of the real thing (local/cloud/clock.ts). */
  readonly scale: number;
  readonly onError?: (error: unknown) => void;
}

/** Seconds that GKE waits for the disruption budgets of a node that goes. */
const drainSeconds = 3600;

/** What pods get of it at least, in seconds: however fast a world runs, they need time to come up elsewhere. */
const leastDrainSeconds = 10;

/** Seconds that a node has nothing to do before the autoscaler takes it away. */
const idleSeconds = 600;

const leastIdleSeconds = 2;

/** Milliseconds until an upgrade that could not be finished is tried again. */
const retryMilliseconds = 1_000;

/** An upgrade that goes on in the background, or what else runs beside a control plane. */
interface Stoppable {
  /** Ends it, and waits until what it was doing is done. */
  stop(): Promise<void>;
}

/** Gives the emulated node pools their nodes: kubelets are played, everything else is the real API server's. */
export class NodePools implements Machinery {
  /** By their ids, as they are or are becoming. */
  private readonly pools = new Map<string, Pool>();
  /** Ids of pools whose nodes are being made, replaced or taken away. */
  private readonly busy = new Set<string>();
  /** Interrupted upgrades that are being finished, by the ids of their pools. */
  private readonly upgrades = new Map<string, Stoppable>();
  private readonly drainSeconds: number;

  constructor(private readonly args: NodePoolsArgs) {
    this.drainSeconds = Math.max(leastDrainSeconds, drainSeconds * args.scale);
  }

  /** A pool that cannot be made is none: it grows no more, and the nodes that it has got go. */
  async make(resource: Resource): Promise<void> {
    const pool = poolFrom(resource);
    const api = this.apiOf(pool);
    try {
      await this.keepingBusy(pool, async () => {
        await this.fill(api, pool);
        await this.complete(api, pool);
      });
    } catch (error) {
      this.pools.delete(pool.id);
      // What stays when this fails too goes when the control plane comes back: see `dropStrangers`.
      await this.empty(pool, api, 0).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Goes on with a pool that was there before its control plane started: nodes that are there stay, and those that it
   * lacks come back. An upgrade that was interrupted is finished in the background, until what `startScaling` answers
   * with is stopped.
   */
  async resume(resource: Resource): Promise<void> {
    const pool = poolFrom(resource);
    const api = this.apiOf(pool);
    await this.upgrades.get(pool.id)?.stop();
    await this.keepingBusy(pool, () => this.fill(api, pool));
    this.finishUpgrade(api, pool);
  }

  async change(before: Resource, after: Resource): Promise<void> {
    const old = poolFrom(before);
    const pool = poolFrom(after);
    const api = this.apiOf(pool);
    await this.upgrades.get(pool.id)?.stop();
    await this.keepingBusy(pool, async () => {
      await relabel(api, old, pool);
      await this.fill(api, pool);
      await this.complete(api, pool);
    }).catch((error: unknown) => {
      this.pools.set(old.id, old);
      throw error;
    });
  }

  /**
   * Without a control plane, or with one that dies meanwhile, it is done though nodes may be left: etcd keeps them, and
   * `dropStrangers` takes them when the control plane comes back.
   */
  async unmake(resource: Resource): Promise<void> {
    const pool = poolFrom(resource);
    // From here on the autoscaler gives it no node any more.
    this.pools.delete(pool.id);
    await this.upgrades.get(pool.id)?.stop();
    const cluster = this.args.controlPlaneOf(pool.clusterId);
    if (!cluster) return;
    try {
      await this.empty(pool, cluster.api, pool.respectsBudgets ? this.drainSeconds : 0);
    } catch (error) {
      if (!(await cluster.api.answers("/livez"))) {
        const next = this.args.controlPlaneOf(pool.clusterId);
        // One that is back already may have looked for strangers while this pool was none.
        return next && next !== cluster ? this.unmake(resource) : undefined;
      }
      this.pools.set(pool.id, pool);
      throw error;
    }
  }

  /**
   * Takes the nodes of pools that the cloud does not have: those of one that was deleted while the control plane, or
   * the whole world, was down. `known` are all pools of the cluster, in whatever status.
   */
  async dropStrangers(clusterId: string, known: readonly Resource[]): Promise<void> {
    const cluster = this.args.controlPlaneOf(clusterId);
    if (!cluster) throw new RangeError(`${clusterId} has no control plane`);
    const names = new Set(known.map(({ id }) => lastSegment(id)));
    const { items } = await cluster.api.get<ListOf<Node>>("/api/v1/nodes");
    const isStranger = (node: Node) => {
      const name = poolOf(node);
      return name !== undefined && !names.has(name);
    };
    const strangers = items.filter(isStranger).map(({ metadata }) => metadata.name);
    await removeNodes(cluster.api, strangers, { drainSeconds: 0 });
  }

  /** Does for the pools of a cluster what is to be done whenever its control plane has started. */
  async attend(clusterId: string, known: readonly Resource[]): Promise<Stoppable> {
    await this.dropStrangers(clusterId, known);
    try {
      // Whoever makes or deletes a pool is at it.
      for (const pool of known.filter(({ status }) => status === "ready")) await this.resume(pool);
      return this.startScaling(clusterId);
    } catch (error) {
      await this.stopUpgrades(clusterId);
      throw error;
    }
  }

  /**
   * Starts growing and shrinking the pools of a cluster whose control plane runs. Stop it before that one; it ends
   * upgrades that are being finished, too.
   */
  startScaling(clusterId: string): Stoppable {
    const cluster = this.args.controlPlaneOf(clusterId);
    if (!cluster) throw new RangeError(`${clusterId} has no control plane`);
    const autoscaler = startAutoscaler({
      api: cluster.api,
      pools: () => [...this.pools.values()].filter((pool) => pool.clusterId === clusterId),
      isBusy: ({ id }) => this.busy.has(id),
      idleMilliseconds: 1000 * Math.max(leastIdleSeconds, idleSeconds * this.args.scale),
      ...(this.args.onError && { onError: this.args.onError }),
    });
    return {
      stop: async () => {
        await Promise.all([autoscaler.stop(), this.stopUpgrades(clusterId)]);
      },
    };
  }

  private apiOf({ clusterId }: Pool): Api {
    const cluster = this.args.controlPlaneOf(clusterId);
    if (!cluster) throw new Error(`${clusterId} has no control plane that could take nodes`);
    return cluster.api;
  }

  private async keepingBusy(pool: Pool, run: () => Promise<void>): Promise<void> {
    this.busy.add(pool.id);
    this.pools.set(pool.id, pool);
    await run().finally(() => this.busy.delete(pool.id));
  }

  private finishUpgrade(api: Api, pool: Pool): void {
    const stopped = new AbortController();
    const { signal } = stopped;
    const work = async () => {
      while (!signal.aborted) {
        try {
          await this.complete(api, pool, signal);
          return;
        } catch (error) {
          if (signal.aborted) return;
          this.args.onError?.(error);
          await wait(retryMilliseconds, undefined, { signal }).catch(() => undefined);
        }
      }
    };
    const finished = this.keepingBusy(pool, work).finally(() => this.upgrades.delete(pool.id));
    this.upgrades.set(pool.id, {
      stop: async () => {
        stopped.abort();
        await finished;
      },
    });
  }

  private async stopUpgrades(clusterId: string): Promise<void> {
    const own = [...this.upgrades].filter(([id]) => id.startsWith(`${clusterId}/nodePools/`));
    await Promise.all(own.map(([, upgrade]) => upgrade.stop()));
  }

  /** Sees to it that a pool has at least the nodes that it begins with, or those that it has to have. */
  private async fill(api: Api, pool: Pool): Promise<void> {
    const { template, zones, firstNodes, scaling } = pool;
    const there = (await nodesOf(api, template.name)).map(zoneOf);
    if (!scaling) {
      await addNodes(api, template, evenly(zones, there, firstNodes - there.length));
      return;
    }
    const { perZone, total } = scaling;
    const most = Math.min(total.max, perZone.max * zones.length);
    const least = Math.max(total.min, there.length === 0 ? Math.min(firstNodes, most) : 0);
    const lacking = zones.flatMap((zone) => {
      const count = perZone.min - there.filter((other) => other === zone).length;
      return Array<string>(Math.max(0, count)).fill(zone);
    });
    const spread = evenly(zones, [...there, ...lacking], least - there.length - lacking.length);
    await addNodes(api, template, [...lacking, ...spread]);
  }

  /** What may take long, since pods move: replaces nodes that are not as they should be, then takes those that are too many. */
  private async complete(api: Api, pool: Pool, signal?: AbortSignal): Promise<void> {
    const options = { drainSeconds: this.drainSeconds, ...(signal && { signal }) };
    await replaceOutdatedNodes(api, pool, options);
    const { template, zones, firstNodes, scaling } = pool;
    if (!scaling) await setNodePool({ api }, { ...template, zones, count: firstNodes }, options);
  }

  /** Takes all nodes of a pool; again, for nodes that the autoscaler was just adding. */
  private async empty({ template }: Pool, api: Api, drainSeconds: number): Promise<void> {
    do await removeNodePool({ api }, template.name, { drainSeconds });
    while ((await nodesOf(api, template.name)).length > 0);
  }
}

/** Labels and taints change on the nodes that stay. */
async function relabel(api: Api, old: Pool, pool: Pool): Promise<void> {
  const labels = { ...pool.template.labels };
  const gone = Object.keys(old.template.labels ?? {}).filter((label) => !(label in labels));
  const removed = Object.fromEntries(gone.map((label) => [label, null]));
  const own = new Set([...(old.template.taints ?? []), ...(pool.template.taints ?? [])].map(nameOf));
  const staying = (await nodesOf(api, pool.template.name)).filter((node) => !isOutdated(node, pool));
  for (const { metadata } of staying) {
    await changeNode(api, metadata.name, ({ spec }) => ({
      metadata: { labels: { ...removed, ...labels } },
      spec: {
        taints: [
          ...(spec.taints ?? []).filter((taint) => !own.has(nameOf(taint))),
          ...(pool.template.taints ?? []),
        ],
      },
    }));
  }
}

const nameOf = ({ key, effect }: Taint) => `${key}:${effect}`;
