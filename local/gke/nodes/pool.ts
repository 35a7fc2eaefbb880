import { createHash } from "node:crypto";

import { at, lastSegment, listAt, numberAt, textAt } from "../../cloud/rules/read";
import type { Resource, Value, Values } from "../../cloud/rules/shape";
import type { NodeTemplate, Taint } from "../../clusters/nodes";
import { nodeResources } from "./node-size";

/** A node pool of the emulated cloud, as what its nodes are and how many there may be. */
export interface Pool {
  readonly id: string;
  readonly clusterId: string;
  readonly zones: readonly string[];
  readonly template: NodeTemplate;
  /** Nodes in all zones together that a new pool begins with. */
  readonly firstNodes: number;
  /** Absent: the pool has as many nodes as it was told to. */
  readonly scaling?: Scaling;
  readonly upgrade: { readonly maxSurge: number; readonly maxUnavailable: number };
  /** Whether disruption budgets are respected when the pool is deleted. */
  readonly respectsBudgets: boolean;
  /** What the autoscaler calls the nodes of a zone. */
  readonly groups: Readonly<Record<string, string>>;
}

/** How many nodes there may be, in each zone and in all together. */
export interface Scaling {
  readonly perZone: Limits;
  readonly total: Limits;
}

export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Tells from what a node was made; a node that tells something else is replaced. */
export const revisionAnnotation = "local.gke/revision";

/** The pool that a `container/nodePool:NodePool` describes, with what Google fills in. */
export function poolFrom({ id, state }: Resource): Pool {
  const zones = listAt(state, "nodeLocations").map(String);
  const [clusterId = "", name = ""] = id.split("/nodePools/");
  const scaling = scalingOf(state);
  const groups = listAt(state, "instanceGroupUrls").map((url) =>
    (url as string).replace("/instanceGroupManagers/", "/instanceGroups/"),
  );
  const perZone = numberAt(state, "nodeCount") ?? 1;
  return {
    id,
    clusterId,
    zones,
    template: templateOf(lastSegment(clusterId), name, state),
    firstNodes: perZone * zones.length,
    ...(scaling && { scaling }),
    upgrade: {
      maxSurge: numberAt(state, "upgradeSettings", "maxSurge") ?? 1,
      maxUnavailable: numberAt(state, "upgradeSettings", "maxUnavailable") ?? 0,
    },
    respectsBudgets: at(listAt(state, "nodeDrainConfigs")[0], "respectPdbDuringNodePoolDeletion") === true,
    groups: Object.fromEntries(zones.map((zone, index) => [zone, groups[index] ?? `${name}-${zone}`])),
  };
}

function templateOf(cluster: string, name: string, state: Values): NodeTemplate {
  const node = at(state, "nodeConfig");
  const machineType = textAt(node, "machineType") ?? "";
  const diskGb = numberAt(node, "diskSizeGb") ?? 0;
  const podsPerNode = numberAt(state, "maxPodsPerNode") ?? 0;
  return {
    cluster,
    name,
    machineType,
    ...nodeResources({ machineType, diskGb, podsPerNode }),
    spot: at(node, "spot") === true,
    labels: labelsOf(node, podsPerNode),
    taints: listAt(node, "taints").map(taintOf),
    annotations: { [revisionAnnotation]: revisionOf(state) },
  };
}

/** What GKE writes on nodes beside what every node has, and what the pool's owner asked for. */
function labelsOf(node: Value | undefined, podsPerNode: number): Record<string, string> {
  const image = textAt(node, "imageType") ?? "";
  return {
    "cloud.google.com/machine-family": (textAt(node, "machineType") ?? "").split("-")[0] ?? "",
    "cloud.google.com/gke-boot-disk": textAt(node, "diskType") ?? "",
    "cloud.google.com/gke-container-runtime": "containerd",
    "cloud.google.com/gke-os-distribution": image.startsWith("UBUNTU") ? "ubuntu" : "cos",
    "cloud.google.com/gke-max-pods-per-node": String(podsPerNode),
    ...(at(node, "preemptible") === true && { "cloud.google.com/gke-preemptible": "true" }),
    ...(textAt(node, "workloadMetadataConfig", "mode") === "GKE_METADATA" && {
      "iam.gke.io/gke-metadata-server-enabled": "true",
    }),
    ...(at(node, "labels") as Record<string, string> | undefined),
  };
}

/** Spot machines get no taint: GKE adds one only where it makes pools by itself. */
function taintOf(taint: Value): Taint {
  const effect = effects[textAt(taint, "effect") ?? ""];
  if (effect === undefined) throw new RangeError(`${JSON.stringify(taint)} is no taint that GKE knows`);
  return { key: textAt(taint, "key") ?? "", value: textAt(taint, "value") ?? "", effect };
}

const effects: Readonly<Record<string, Taint["effect"]>> = {
  NO_SCHEDULE: "NoSchedule",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
  NO_EXECUTE: "NoExecute",
};

/**
 * What GKE changes on nodes that stay: https://cloud.google.com/kubernetes-engine/docs/how-to/update-existing-nodepools.
 * Whatever else is in `nodeConfig` needs new nodes.
 */
const changedInPlace = new Set(["labels", "taints", "tags", "resourceLabels", "effectiveTaints"]);

function revisionOf(state: Values): string {
  const lasting = Object.entries((at(state, "nodeConfig") ?? {}) as Values)
    .filter(([name]) => !changedInPlace.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const made = { nodes: lasting, version: textAt(state, "version") };
  return createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 12);
}

function scalingOf(state: Values): Scaling | undefined {
  const scaling = (name: string) => numberAt(state, "autoscaling", name);
  if (at(state, "autoscaling") === undefined) return undefined;
  return {
    perZone: { min: scaling("minNodeCount") ?? 0, max: scaling("maxNodeCount") ?? Infinity },
    total: { min: scaling("totalMinNodeCount") ?? 0, max: scaling("totalMaxNodeCount") ?? Infinity },
  };
}
