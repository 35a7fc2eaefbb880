import * as pulumi from "@pulumi/pulumi";

import { Cluster, type ClusterArgs } from "../components/cluster";
import { EncryptionKey } from "../components/encryption-key";
import { Identity } from "../components/identity";
import { Network } from "../components/network";
import { PriorityClasses } from "../components/priority-classes";
import { Project } from "../components/project";
import { StorageClasses } from "../components/storage-classes";
import type { LoadedClustered } from "../config/load";
import { type Capacity, capacityOf } from "../config/machine-size";
import type { ClusterSettings } from "../config/settings";

/** What every environment is made of, whatever it is for. */
export interface Ground {
  /** Providers of everything outside the cluster; they wait for the APIs. */
  readonly outside: { readonly providers: pulumi.ProviderResource[] };
  /** Provider of everything inside the cluster, and what pods there name by plain text: the classes. */
  readonly inside: {
    readonly provider: pulumi.ProviderResource;
    readonly dependsOn: pulumi.Resource[];
  };
  readonly network: Network;
  readonly cluster: Cluster;
  readonly labels: Record<string, string>;
  readonly parts: readonly pulumi.Resource[];
}

/** APIs that every environment uses. */
const apis = [
  "billingbudgets",
  "cloudkms",
  "cloudresourcemanager",
  "compute",
  "container",
  "dns",
  "iam",
  "iamcredentials",
  "logging",
  "monitoring",
  "secretmanager",
];

/** Google's own set for nodes: write logs and metrics, nothing else. Pulling images is granted by the registry. */
export const nodeRoles = ["roles/container.defaultNodeServiceAccount"];

/** What only one kind of environment has of what every one has. */
export interface More {
  apis: readonly string[];
  /**
   * Storage classes for disks that outlive their claims.
   * @default none
   */
  keptDisks?: readonly string[];
  /** What the cluster brings along that not every one needs. */
  cluster?: Pick<ClusterArgs, "syncedSecrets" | "backedUp">;
}

/** Project, network and cluster of one environment, with the classes that pods and claims inside name. */
export function layGround(stack: string, settings: LoadedClustered, more: More): Ground {
  const { project, region, lifecycle } = settings;
  const where = { prefix: stack, project, lifecycle };
  const labels = labelsOf(stack, settings);

  const ground = new Project("project", {
    project,
    region,
    labels,
    apis: [...apis, ...more.apis].map((api) => `${api}.googleapis.com`),
  });
  const outside = { providers: ground.providers };
  const network = new Network("main", { ...where, region, ...settings.network }, outside);
  const nodes = new Identity(
    "nodes",
    { ...where, purpose: "Nodes write their logs and metrics as this account", roles: nodeRoles },
    outside,
  );
  const key =
    settings.cluster.secretsEncryption === "kms" &&
    new EncryptionKey("secrets", { ...where, location: region, usedBy: "container.googleapis.com" }, outside);
  const cluster = new Cluster(
    "main",
    {
      ...where,
      ...settings.cluster,
      ...settings.network,
      ...more.cluster,
      network: network.id,
      subnetwork: network.subnetwork,
      nodeAccount: nodes.email,
      nodesNeed: [network.egress, nodes],
      ...(key && { secretsKey: key.id }),
      labels,
    },
    outside,
  );
  const provider = cluster.kubernetes;
  const classes = [
    new PriorityClasses("main", { provider }),
    new StorageClasses(
      "main",
      {
        environment: stack,
        location: settings.cluster.location,
        ...(more.keptDisks && { kept: more.keptDisks }),
      },
      { provider },
    ),
  ];

  const parts = [ground, network, nodes, ...(key ? [key] : []), cluster, ...classes];
  return { outside, inside: { provider, dependsOn: classes }, network, cluster, labels, parts };
}

/** Where the pods of a namespace may run, and what there is for them at most. */
export interface Room {
  readonly pools: readonly string[];
  readonly capacity: Capacity;
}

/** The pools that a taint keeps free for it; where none does, those that are open to all. */
export function roomFor({ pools, podsPerNode }: ClusterSettings, taint?: string): Room {
  const tainted = (wanted?: string) => Object.entries(pools).filter(([, pool]) => pool.taint === wanted);
  const dedicated = tainted(taint);
  const taken = dedicated.length > 0 ? dedicated : tainted(undefined);
  return {
    pools: taken.map(([name]) => name),
    capacity: capacityOf(
      taken.map(([, pool]) => pool),
      podsPerNode,
    ),
  };
}

/** How a person gets into a cluster, with their own Google login. */
export function connectCommand(cluster: Cluster, settings: LoadedClustered): pulumi.Output<string> {
  const { location } = settings.cluster;
  return pulumi.interpolate`gcloud container clusters get-credentials ${cluster.name} --dns-endpoint --location ${location} --project ${settings.project}`;
}

/**
 * Labels of everything in an environment: what the bill, the audit and the reaper go by. The lifecycle is none of
 * them: taking the protection off must not touch what is protected.
 */
export function labelsOf(stack: string, { owner }: { owner: string }): Record<string, string> {
  return { environment: stack, owner, "managed-by": "pulumi" };
}
