import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Cloud } from "../cloud/cloud";
import type { Machinery } from "../cloud/machinery";
import type { Resource, Value } from "../cloud/rules/shape";
import type { ControlPlane } from "../clusters/control-plane";
import type { Programs } from "../clusters/programs";
import { startAddons } from "./addons";
import { type Census, censusOf } from "./census";
import { type Login, removeLogin, writeLogin } from "./access/login";
import { NodePools } from "./nodes/node-pools";
import { type Attendant, RunningCluster } from "./running-cluster";

export interface KubernetesEngineArgs {
  /** Holds a folder for each cluster, and nothing else. */
  readonly folder: string;
  readonly login: Login;
  readonly programs: Programs;
  /**
   * A folder of charts, `NAME-VERSION.tgz`, looked at before registries.
   * @default none
   */
  readonly chartMirror?: string;
  /** Seconds here for one second of the real thing. */
  readonly scale: number;
  /** What went wrong with nobody waiting for it: a control plane that died, a controller that could not do its work. */
  readonly onError: (error: unknown) => void;
}

const poolKind = "container/nodePool:NodePool";
const clusterKind = "container/cluster:Cluster";

/**
 * Google Kubernetes Engine on this machine: behind every emulated cluster runs a real control plane, and behind every
 * node pool are nodes of it.
 */
export class KubernetesEngine {
  /**
   * Whether objects of a cluster that is gone may be forgotten: what `PULUMI_K8S_DELETE_UNREACHABLE` is to the real
   * provider, which is started by the engine and sees its environment.
   */
  deleteUnreachable = false;

  readonly chartMirror?: string;

  /** What the emulated cloud runs behind its resources. */
  readonly machinery: ReadonlyMap<string, Machinery>;

  private readonly clusters = new Map<string, RunningCluster>();
  private readonly pools: NodePools;
  private cloud: Cloud | undefined;

  constructor(private readonly args: KubernetesEngineArgs) {
    const { scale, onError, chartMirror } = args;
    if (chartMirror !== undefined) this.chartMirror = chartMirror;
    this.pools = new NodePools({ scale, onError, controlPlaneOf: (cluster) => this.find(cluster) });
    const clusters: Machinery = {
      make: (resource) => this.make(resource),
      // Nothing that can change in place is any of the control plane's business here.
      change: () => Promise.resolve(),
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
    const known = clusters.map((resource) => folderName(resource));
    for (const name of readdirSync(this.args.folder).filter((name) => !known.includes(name))) {
      rmSync(join(this.args.folder, name), { recursive: true, force: true });
    }
    await Promise.all(clusters.map((resource) => this.start(resource)));
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
    const counts = await Promise.all(running.map(({ control }) => censusOf(control).catch(() => undefined)));
    return Object.fromEntries(
      running.flatMap(({ id }, index) => {
        const count = counts[index];
        return count ? [[id, count]] : [];
      }),
    );
  }

  /** Stops every control plane in its order; `resume` goes on where they were. */
  async stop(): Promise<void> {
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.stop()));
    this.clusters.clear();
  }

  /** What could not be started is no cluster, and what is left of it belongs to nobody. */
  private async make(resource: Resource): Promise<void> {
    try {
      await this.start(resource);
    } catch (error) {
      rmSync(join(this.args.folder, folderName(resource)), { recursive: true, force: true });
      throw error;
    }
  }

  private async start(resource: Resource): Promise<void> {
    if (this.clusters.has(resource.id)) return;
    const { folder, login, programs, onError } = this.args;
    const hostName = hostNameOf(resource);
    const cluster = new RunningCluster({
      folder: join(folder, folderName(resource)),
      programs,
      resource,
      hostName,
      attend: (control) => this.attend(resource, control),
      onError,
    });
    // What attends the control plane finds it here.
    this.clusters.set(resource.id, cluster);
    try {
      await cluster.start();
    } catch (error) {
      this.clusters.delete(resource.id);
      throw error;
    }
    if (cluster.control) writeLogin(login, hostName, cluster.control);
  }

  /** What belongs to a control plane that runs: what GKE brings along, its nodes, and whoever adds and takes them. */
  private async attend(cluster: Resource, control: ControlPlane): Promise<Attendant[]> {
    if (!this.cloud) throw new Error("clusters are made in a cloud; call resume first");
    const { onError } = this.args;
    const addons = await startAddons({ control, cloud: this.cloud, cluster, onError });
    const known = this.cloud.list(poolKind).filter(({ id }) => id.startsWith(`${cluster.id}/nodePools/`));
    return [addons, await this.pools.attend(cluster.id, known)];
  }

  private async remove(resource: Resource): Promise<void> {
    const cluster = this.clusters.get(resource.id);
    this.clusters.delete(resource.id);
    await cluster?.remove();
    removeLogin(this.args.login, hostNameOf(resource));
  }
}

/** Names of clusters are unique in a project and a location only. */
function folderName({ id }: Resource): string {
  const [, project = "", , location = "", , name = ""] = id.split("/");
  return [project, location, name].join(".");
}

/** The name of its DNS endpoint. */
function hostNameOf({ state }: Resource): string {
  const path = ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"];
  const found = path.reduce<Value | undefined>(
    (at, key) => (typeof at === "object" && at !== null && !Array.isArray(at) ? at[key] : undefined),
    state,
  );
  if (typeof found !== "string") throw new Error("a cluster without a DNS endpoint cannot be run here");
  return found;
}
