import type { Machinery } from "../../cloud/machinery";
import type { Resource } from "../../cloud/rules/shape";
import type { Api } from "../../clusters/api";
import type { ControlPlane } from "../../clusters/control-plane";
import type { Controller } from "../../clusters/controller";
import { evenly, removeNodePool, setNodePool } from "../../clusters/node-pools";
import { addNodes, changeNode, nodesOf, type Taint, zoneOf } from "../../clusters/nodes";
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

/** Gives the emulated node pools their nodes: kubelets are played, everything else is the real API server's. */
export class NodePools implements Machinery {
  /** By their ids, as they are or are becoming. */
  private readonly pools = new Map<string, Pool>();
  /** Ids of pools whose nodes are being made, replaced or taken away. */
  private readonly busy = new Set<string>();
  private readonly drainSeconds: number;

  constructor(private readonly args: NodePoolsArgs) {
    this.drainSeconds = Math.max(leastDrainSeconds, drainSeconds * args.scale);
  }

  /** After a restart too: nodes that are there stay, and what was interrupted is finished. */
  async make(resource: Resource): Promise<void> {
    const pool = poolFrom(resource);
    const api = this.apiOf(pool);
    await this.keepingBusy(pool, async () => {
      await this.fill(api, pool);
      await replaceOutdatedNodes(api, pool, this.drainSeconds);
    });
  }

  async change(before: Resource, after: Resource): Promise<void> {
    const old = poolFrom(before);
    const pool = poolFrom(after);
    const api = this.apiOf(pool);
    await this.keepingBusy(pool, async () => {
      await relabel(api, old, pool);
      await this.fill(api, pool);
      await replaceOutdatedNodes(api, pool, this.drainSeconds);
    }).catch((error: unknown) => {
      this.pools.set(old.id, old);
      throw error;
    });
  }

  async unmake(resource: Resource): Promise<void> {
    const pool = poolFrom(resource);
    const cluster = this.args.controlPlaneOf(pool.clusterId);
    // From here on the autoscaler gives it no node any more.
    this.pools.delete(pool.id);
    if (!cluster) return;
    try {
      const options = { drainSeconds: pool.respectsBudgets ? this.drainSeconds : 0 };
      // Again, for nodes that the autoscaler was just adding.
      do await removeNodePool(cluster, pool.template.name, options);
      while ((await nodesOf(cluster.api, pool.template.name)).length > 0);
    } catch (error) {
      // A control plane that is gone took its nodes along.
      if (!(await cluster.api.answers("/livez"))) return;
      this.pools.set(pool.id, pool);
      throw error;
    }
  }

  /** Starts growing and shrinking the pools of a cluster whose control plane runs; stop it before that one. */
  startScaling(clusterId: string): Controller {
    const cluster = this.args.controlPlaneOf(clusterId);
    if (!cluster) throw new RangeError(`${clusterId} has no control plane`);
    return startAutoscaler({
      api: cluster.api,
      pools: () => [...this.pools.values()].filter((pool) => pool.clusterId === clusterId),
      isBusy: ({ id }) => this.busy.has(id),
      idleMilliseconds: 1000 * Math.max(leastIdleSeconds, idleSeconds * this.args.scale),
      ...(this.args.onError && { onError: this.args.onError }),
    });
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

  /** Sees to it that a pool has the nodes that it begins with, or at least those that it has to have. */
  private async fill(api: Api, pool: Pool): Promise<void> {
    const { template, zones, firstNodes, scaling } = pool;
    if (!scaling) {
      const options = { drainSeconds: this.drainSeconds };
      return setNodePool({ api }, { ...template, zones, count: firstNodes }, options);
    }
    const there = (await nodesOf(api, template.name)).map(zoneOf);
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
