import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as storage from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";

export interface StorageClassesArgs {
  /** Value of the label `environment` on every disk: what the bill, the audit and the reaper go by. */
  environment: string;
  /** Where the cluster is, a region or a zone. */
  location: string;
  /**
   * Classes whose disks stay when their claim goes, and stand in two zones.
   * @default none
   */
  kept?: readonly string[];
}

/** Disks of a claim that names no class: they go with their claim. */
export const standardClass = "platform-standard";

/**
 * The kinds of disks that pods may claim, each disk with the environment's label.
 *
 * Kubernetes takes the newest of several default classes, so ours stands before GKE's `standard-rwo`, whose disks no
 * label would tell apart; switching that one's default off would last until GKE's next reconciliation.
 *
 * A change of a class replaces it, under the same name: existing disks keep what they were made with. Whoever claims
 * one names the class as plain text, or the replacement of the class would be one of the claim.
 */
export class StorageClasses extends pulumi.ComponentResource {
  constructor(name: string, args: StorageClassesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:StorageClasses", name, {}, opts);

    new storage.StorageClass(standardClass, standardClassArgs(args), { parent: this });
    for (const kept of args.kept ?? []) {
      new storage.StorageClass(kept, keptClassArgs(kept, args), { parent: this });
    }
    this.registerOutputs({});
  }
}

export function standardClassArgs({ environment }: StorageClassesArgs) {
  return {
    metadata: {
      name: standardClass,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    ...disks(environment),
    reclaimPolicy: "Delete",
  } satisfies storage.StorageClassArgs;
}

export function keptClassArgs(name: string, { environment, location }: StorageClassesArgs) {
  const zones = twoZones(location);
  return {
    metadata: { name },
    ...disks(environment, { "replication-type": "regional-pd" }),
    reclaimPolicy: "Retain",
    ...(zones && { allowedTopologies: within(zones) }),
  } satisfies storage.StorageClassArgs;
}

/** The owner is no label of disks: parameters of a class cannot change, and the owner may. */
function disks(environment: string, parameters: Record<string, string> = {}) {
  return {
    provisioner: "pd.csi.storage.gke.io",
    parameters: { type: "pd-balanced", labels: `environment=${environment}`, ...parameters },
    allowVolumeExpansion: true,
    // A disk is where its first pod is, not where no node of its pool may be.
    volumeBindingMode: "WaitForFirstConsumer",
  };
}

function within(zones: string[]): kubernetes.core.v1.TopologySelectorTerm[] {
  return [{ matchLabelExpressions: [{ key: "topology.gke.io/zone", values: zones }] }];
}

/**
 * The zone of a zonal cluster and another of its region, where it has no node that could tell the driver of one; a
 * regional cluster has nodes in three. Every region of the settings has a zone b and a zone c.
 */
function twoZones(location: string): string[] | undefined {
  const [, region, letter] = /^(.+)-([a-z])$/.exec(location) ?? [];
  if (region === undefined) return undefined;
  return [location, `${region}-${letter === "b" ? "c" : "b"}`];
}
