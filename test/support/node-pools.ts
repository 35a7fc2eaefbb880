/** Node pools of the real program in an emulated cloud, with real control planes behind their clusters. */
import type { Cloud } from "../../local/cloud/cloud";
import type { Resource, Values } from "../../local/cloud/rules/shape";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { NodePools } from "../../local/gke/nodes/node-pools";
import {
  firstNodes,
  nodeConfigArgs,
  type NodePoolArgs,
  replacingFields,
  scalingArgs,
} from "../../components/node-pool";
import { poolName } from "../../config/names";
import { clusteredSettings } from "./settings";
import { make, makeNetwork, project, smallCloud } from "./small-cloud";

const kind = "container/nodePool:NodePool";

export interface PoolWorld {
  readonly cloud: Cloud;
  readonly pools: NodePools;
  readonly clusterId: string;
  /** Makes a pool as the program does, and answers with its id. */
  make(name: string, args: NodePoolArgs): Promise<string>;
  /** What the program gives for a pool, its name with the hash of what replaces it. */
  inputs(name: string, args: NodePoolArgs): Values;
  change(id: string, inputs: Values): Promise<Resource>;
  remove(id: string): Promise<void>;
}

/** An emulated cloud whose one cluster is a control plane. */
export async function poolWorld(
  cluster: ControlPlane,
  location = "europe-west1",
  onError: (error: unknown) => void = () => undefined,
): Promise<PoolWorld> {
  const pools = new NodePools({ controlPlaneOf: () => cluster, scale: 0, onError });
  const cloud = await smallCloud({ machinery: new Map([[kind, pools]]) });
  const network = await makeNetwork(cloud);
  const clusterId = await make(cloud, "container/cluster:Cluster", {
    name: "main",
    location,
    ...network,
    initialNodeCount: 1,
  });
  const inputs = (name: string, args: NodePoolArgs) =>
    poolInputs(name, { ...args, cluster: clusterId, location });
  return {
    cloud,
    pools,
    clusterId,
    inputs,
    make: (name, args) => make(cloud, kind, inputs(name, args)),
    change: (id, changed) => cloud.update(kind, project.id, id, changed),
    remove: (id) => cloud.remove(kind, project.id, id),
  };
}

function poolInputs(name: string, args: NodePoolArgs): Values {
  const nodeConfig = nodeConfigArgs(name, args);
  const replacing = { replacing: replacingFields(nodeConfig), podsPerNode: args.podsPerNode };
  return JSON.parse(
    JSON.stringify({
      name: poolName([name], replacing),
      cluster: args.cluster,
      location: args.location,
      initialNodeCount: firstNodes(args),
      maxPodsPerNode: args.podsPerNode,
      nodeConfig,
      ...scalingArgs(args),
    }),
  ) as Values;
}

/** What the program knows of a pool in a stack's settings. */
export function poolArgs(stack: string, pool: string): NodePoolArgs {
  const { cluster, region } = clusteredSettings(stack);
  const found = cluster.pools[pool];
  if (!found) throw new Error(`${stack} has no pool ${pool}`);
  return {
    ...found,
    cluster: "",
    location: region,
    podsPerNode: cluster.podsPerNode,
    serviceAccount: `${project.number}-compute@developer.gserviceaccount.com`,
    labels: {},
    respectDisruptionBudgets: false,
  };
}
