import * as container from "@pulumi/gcp/container";
import type { container as inputs } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";

import { poolName } from "../config/names";
import type { PoolSettings } from "../config/settings";

export interface NodePoolArgs extends PoolSettings {
  cluster: pulumi.Input<string>;
  location: string;
  podsPerNode: number;
  serviceAccount: pulumi.Input<string>;
  /** Whether a pool that is deleted waits, up to an hour, until every disruption budget lets its pods go. */
  respectDisruptionBudgets: boolean;
  /** Labels of the machines and disks, for the bill and for the audit. */
  labels: Record<string, string>;
}

/**
 * A pool of equal nodes that grows and shrinks with its pods.
 *
 * Its name carries a hash of what would replace it, so a new pool is up before the old one drains.
 */
export class NodePool extends pulumi.ComponentResource {
  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:NodePool", name, {}, opts);

    const nodeConfig = nodeConfigArgs(name, args);
    new container.NodePool(
      name,
      {
        name: pulumi
          .output({ replacing: replacingFields(nodeConfig), podsPerNode: args.podsPerNode })
          .apply((fields) => poolName([name], fields)),
        cluster: args.cluster,
        location: args.location,
        initialNodeCount: firstNodes(args),
        maxPodsPerNode: args.podsPerNode,
        nodeConfig,
        ...scalingArgs(args),
      },
      {
        parent: this,
        deleteBeforeReplace: false,
        // How many nodes a pool begins with is of no interest later, and a change of it would replace the pool.
        ignoreChanges: ["initialNodeCount"],
        // Another machine type rolls node by node; the provider's two hours are too few for a large pool.
        customTimeouts: { update: "6h" },
      },
    );
    this.registerOutputs({});
  }
}

export function nodeConfigArgs(name: string, args: NodePoolArgs) {
  return {
    machineType: args.machineType,
    spot: args.spot,
    diskSizeGb: args.diskGb,
    diskType: "pd-balanced",
    imageType: "COS_CONTAINERD",
    serviceAccount: args.serviceAccount,
    // IAM limits the account; narrower scopes would only hide which role is missing.
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    metadata: { "disable-legacy-endpoints": "true", "block-project-ssh-keys": "true" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE", podPidsLimit: 4096 },
    labels: { pool: name },
    resourceLabels: args.labels,
    ...(args.taint !== undefined && {
      taints: [{ key: "dedicated", value: args.taint, effect: "NO_SCHEDULE" }],
    }),
  } satisfies inputs.NodePoolNodeConfig;
}

/** The fields whose change makes GKE replace the pool instead of rolling its nodes. */
export function replacingFields(nodeConfig: ReturnType<typeof nodeConfigArgs>) {
  const { spot, serviceAccount, oauthScopes, metadata, shieldedInstanceConfig } = nodeConfig;
  return { spot, serviceAccount, oauthScopes, metadata, shieldedInstanceConfig };
}

/** Nodes a zone at the start: without it a pool has none, and waits for a pod before it makes the first. */
export function firstNodes(args: Pick<NodePoolArgs, "location" | "minNodes" | "maxNodes">): number {
  const zones = /-[a-z]$/.test(args.location) ? 1 : zonesOfARegion;
  return Math.min(Math.ceil(args.minNodes / zones), Math.floor(args.maxNodes / zones));
}

/** GKE spreads a regional cluster over three zones. */
const zonesOfARegion = 3;

export function scalingArgs(args: NodePoolArgs) {
  return {
    // Totals, not per zone: the settings say how many nodes there are.
    autoscaling: {
      totalMinNodeCount: args.minNodes,
      totalMaxNodeCount: args.maxNodes,
      // Spare capacity is where it is: insisting on all zones means fewer nodes.
      locationPolicy: args.spot ? "ANY" : "BALANCED",
    },
    ignoreNodeCountChanges: true,
    networkConfig: { enablePrivateNodes: true },
    management: { autoRepair: true, autoUpgrade: true },
    upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
    nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: args.respectDisruptionBudgets }],
  } satisfies Partial<container.NodePoolArgs>;
}
