import { createHash } from "node:crypto";

import type { Api, KubernetesObject } from "../clusters/api";
import type { Cloud } from "../cloud/cloud";
import { regionOf } from "../cloud/rules/container-places";
import { at, lastSegment, listAt, textAt } from "../cloud/rules/read";
import type { Resource, Values } from "../cloud/rules/shape";

/** A cluster as its parts see it: where in the cloud it is, and by what they know their own things there. */
export interface Home {
  readonly cloud: Cloud;
  readonly cluster: Resource;
  readonly project: string;
  readonly name: string;
  readonly location: string;
  readonly region: string;
  /** Zones that its nodes may stand in. */
  readonly zones: readonly string[];
  /** As the cluster names them. */
  readonly network: string;
  readonly subnetwork: string | undefined;
  /** Another one when a cluster of the same name comes later, so that it takes nothing of this one for its own. */
  readonly uid: string;
}

export async function homeOf(api: Api, cloud: Cloud, cluster: Resource): Promise<Home> {
  const { metadata } = await api.get<KubernetesObject>("/api/v1/namespaces/kube-system");
  const location = textAt(cluster.inputs, "location") ?? "";
  return {
    cloud,
    cluster,
    project: cluster.project,
    name: lastSegment(cluster.id),
    location,
    region: regionOf(location),
    zones: listAt(cluster.state, "nodeLocations").map(String),
    network: textAt(cluster.inputs, "network") ?? "default",
    subnetwork: textAt(cluster.inputs, "subnetwork"),
    uid: metadata.uid ?? "",
  };
}

/** Digits and letters that are the same for the same words: `hash(home, 8)` is what the cluster calls itself by. */
export function hash({ uid }: Home, length: number, ...words: string[]): string {
  return createHash("sha256")
    .update([uid, ...words].join("/"))
    .digest("hex")
    .slice(0, length);
}

/** Labels that GKE puts on what it makes for a cluster. Which of them on what was seen on disks only. */
export function labelsOf({ cluster, name, location }: Home): Values {
  const costs = at(cluster.inputs, "costManagementConfig", "enabled") === true;
  return {
    ...(at(cluster.inputs, "resourceLabels") as Values | undefined),
    "goog-k8s-cluster-name": name,
    "goog-k8s-cluster-location": location,
    ...(costs && { "goog-gke-cost-management": "" }),
  };
}
