import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { Cloud } from "../cloud/cloud";
import type { Machinery } from "../cloud/machinery";
import type { Resource } from "../cloud/rules/shape";
import type { ControlPlane } from "../clusters/control-plane";
import type { Programs } from "../clusters/programs";
import { startAddons } from "./addons";
import { type Census, censusOf } from "./census";
import { dnsEndpointOf } from "./access/dns-endpoint";
import { keepLogins, type Login, removeLogin, writeLogin } from "./access/login";
import { NodePools } from "./nodes/node-pools";
import { type Attendant, RunningCluster } from "./running-cluster";

export interface KubernetesEngineArgs {
  /** Holds a folder for each cluster, and nothing else. */
  readonly folder: string;
  readonly login: Login;
  readonly programs: Programs;
  /** Seconds here for one second of the real thing. */
  readonly scale: number;
  /** What went wrong with nobody waiting for it: a control plane that died, a controller that could not do its work. */
  readonly onError: (error: unknown) => void;
}

/** How long a control plane that is coming back is waited for, in milliseconds. */
const patienceMilliseconds = 30_000;

const poolKind = "container/nodePool:NodePool";
const clusterKind = "container/cluster:Cluster";

/**
 * Google Kubernetes Engine on this machine: behind every emulated cluster runs a real control plane, and behind every
 * node pool are nodes of it.
 */
export class KubernetesEngine {
  /** What the emulated cloud runs behind its resources. */
  readonly machinery: ReadonlyMap<string, Machinery>;

  private readonly clusters = new Map<string, RunningCluster>();
  private readonly pools: NodePools;
  private cloud: Cloud | undefined;
  private stopping = false;

  constructor(private readonly args: KubernetesEngineArgs) {
    const { scale, onError } = args;
    this.pools = new NodePools({ scale, onError, controlPlaneOf: (cluster) => this.find(cluster) });
    const clusters: Machinery = {
      make: (resource) => this.make(resource),
      change: async (_, after) => this.clusters.get(after.id)?.change(after),
      unmake: (resource) => this.remove(resource),
    };
    this.machinery = new Map([
      [clusterKind, clusters],
      [poolKind, this.pools],
    ]);
  }

  /**
   * Starts the clusters that the cloud holds from before, and takes away what is left of those that it has lost.
   *
   * Called once, before anybody else uses the cloud.
   */
  async resume(cloud: Cloud): Promise<void> {
    this.cloud = cloud;
    mkdirSync(this.args.folder, { recursive: true });
    const clusters = cloud.list(clusterKind);
    const known = clusters.map(({ id }) => folderNameOf(id));
    for (const name of readdirSync(this.args.folder).filter((name) => !known.includes(name))) {
      rmSync(join(this.args.folder, name), { recursive: true, force: true });
    }
    keepLogins(this.args.login, clusters.map(dnsEndpointOf));
    await Promise.all(
      clusters.map(async (resource) => {
        if (this.clusters.has(resource.id)) return;
        const cluster = this.add(resource);
        try {
          await cluster.start();
        } catch (error) {
          // The others have nothing to do with it, and whoever wants to destroy it needs a world.
          this.args.onError(error);
          cluster.revive();
        }
      }),
    );
  }

  has(clusterId: string): boolean {
    return this.clusters.has(clusterId);
  }

  /** Why a cluster that exists has no control plane now; undefined for one that has, or that does not exist. */
  trouble(clusterId: string): string | undefined {
    const cluster = this.clusters.get(clusterId);
    if (!cluster || cluster.control) return undefined;
    const logs = `the logs of its parts are in ${join(this.args.folder, folderNameOf(clusterId), "logs")}`;
    return cluster.isAlive
      ? `the control plane of ${clusterId} is just coming back; ${logs}`
      : `the control plane of ${clusterId} died again and again and is left dead; ${logs}`;
  }

  /** As `find`, but one that is just coming back is waited for. */
  async reach(clusterId: string): Promise<ControlPlane | undefined> {
    const deadline = Date.now() + patienceMilliseconds;
    for (;;) {
      const cluster = this.clusters.get(clusterId);
      if (!cluster || cluster.control || !cluster.isAlive || Date.now() > deadline) return cluster?.control;
      await wait(100);
    }
  }

  /** The control plane behind a cluster, by the cluster's id; undefined when there is none or it is just coming back. */
  find(clusterId: string): ControlPlane | undefined {
    return this.clusters.get(clusterId)?.control;
  }

  /** The control plane that a DNS endpoint belongs to. */
  findByHost(hostName: string): ControlPlane | undefined {
    return [...this.clusters.values()].find((cluster) => cluster.hostName === hostName)?.control;
  }

  /** What is in each cluster that runs, by the cluster's id. */
  async census(): Promise<Record<string, Census>> {
    const running = [...this.clusters].flatMap(([id, { control }]) => (control ? [{ id, control }] : []));
    const counts = await Promise.all(
      running.map(({ control }) => Promise.race([censusOf(control).catch(() => undefined), late()])),
    );
    return Object.fromEntries(
      running.flatMap(({ id }, index) => {
        const count = counts[index];
        return count ? [[id, count]] : [];
      }),
    );
  }

  /** Stops every control plane in its order; `resume` goes on where they were. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.stop()));
    this.clusters.clear();
  }

  /** What could not be started is no cluster, and what is left of it belongs to nobody. */
  private async make(resource: Resource): Promise<void> {
    if (this.clusters.has(resource.id)) return;
    const cluster = this.add(resource);
    try {
      await cluster.start();
    } catch (error) {
      await this.remove(resource);
      throw error;
    }
  }

  private add(resource: Resource): RunningCluster {
    if (this.stopping) throw new Error("the local world is being ended");
    const { folder, programs, onError } = this.args;
    const cluster = new RunningCluster({
      folder: join(folder, folderNameOf(resource.id)),
      programs,
      resource,
      hostName: dnsEndpointOf(resource),
      attend: (control, current) => this.attend(control, current),
      onError,
    });
    // What attends the control plane finds it here.
    this.clusters.set(resource.id, cluster);
    return cluster;
  }

  /** What belongs to a control plane that runs: what GKE brings along, its nodes, and whoever adds and takes them. */
  private async attend(control: ControlPlane, cluster: Resource): Promise<Attendant[]> {
    if (!this.cloud) throw new Error("clusters are made in a cloud; call resume first");
    const { onError, login } = this.args;
    writeLogin(login, dnsEndpointOf(cluster), control);
    const addons = await startAddons({ control, cloud: this.cloud, cluster, onError });
    const known = this.cloud.list(poolKind).filter(({ id }) => id.startsWith(`${cluster.id}/nodePools/`));
    try {
      return [addons, await this.pools.attend(cluster.id, known)];
    } catch (error) {
      await addons.stop();
      throw error;
    }
  }

  private async remove(resource: Resource): Promise<void> {
    const cluster = this.clusters.get(resource.id);
    this.clusters.delete(resource.id);
    await cluster?.remove();
    removeLogin(this.args.login, dnsEndpointOf(resource));
  }
}

/** Names of clusters are unique in a project and a location only. */
function folderNameOf(id: string): string {
  const [, project = "", , location = "", , name = ""] = id.split("/");
  return [project, location, name].join(".");
}

/** Whoever asks for numbers wants them soon, or none. */
function late(): Promise<undefined> {
  return wait(2_000, undefined, { ref: false });
}
