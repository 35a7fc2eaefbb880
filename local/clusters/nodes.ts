import { createHash, randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { type Api, ApiError, type KubernetesObject } from "./api";
import { pinnedVersions } from "./programs";

/** What all nodes of one GKE node pool are made as; kwok plays their kubelets. */
export interface NodeTemplate {
  /** Of the cluster and of the pool in it; both are in the names of the nodes. */
  readonly cluster: string;
  readonly name: string;
  readonly machineType: string;
  /** What a machine has. */
  readonly capacity: NodeResources;
  /** What of it pods can have. */
  readonly allocatable: NodeResources;
  readonly spot: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

/** Quantities as Kubernetes writes them: `3920m`, `13621Mi`. */
export interface NodeResources {
  readonly cpu: string;
  readonly memory: string;
  readonly "ephemeral-storage": string;
  readonly pods: string;
}

/** In Kubernetes' words, which are not those of GKE's API. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface Node extends KubernetesObject {
  readonly spec: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean };
  readonly status: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const poolLabel = "cloud.google.com/gke-nodepool";
const zoneLabel = "topology.kubernetes.io/zone";

/** How long new nodes may take until they are ready, in seconds. */
const readySeconds = 60;

/** The nodes of a pool as they are now. */
export async function nodesOf(api: Api, pool: string): Promise<Node[]> {
  const selector = encodeURIComponent(`${poolLabel}=${pool}`);
  return (await api.get<{ items: Node[] }>(`/api/v1/nodes?labelSelector=${selector}`)).items;
}

export const poolOf = ({ metadata }: KubernetesObject): string | undefined => metadata.labels?.[poolLabel];

export const zoneOf = ({ metadata }: KubernetesObject): string => metadata.labels?.[zoneLabel] ?? "";

/** Ready, and the node controller has seen it: until then a taint keeps pods away. */
export function isReady({ spec, status }: Node): boolean {
  const ready = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return ready === true && !spec.taints?.some(({ key }) => key === "node.kubernetes.io/not-ready");
}

/** Gives a pool a node more in each zone that is named, and waits until they are ready; their names. */
export async function addNodes(
  api: Api,
  template: NodeTemplate,
  zones: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const added = await Promise.allSettled(zones.map((zone) => addNode(api, template, zone)));
  // Only now that all are answered: whoever takes them away again misses none.
  const refused = added.find((outcome) => outcome.status === "rejected");
  if (refused) throw refused.reason;
  const names = added.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  await untilReady(api, template.name, names, signal);
  return names;
}

async function addNode(api: Api, template: NodeTemplate, zone: string): Promise<string> {
  for (;;) {
    const node = nodeArgs(template, zone);
    try {
      await api.post("/api/v1/nodes", node);
      return node.metadata.name;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
}

/** Changes some fields of a node, told from what it is now; nobody's change in between is lost. */
export async function changeNode(api: Api, name: string, change: (node: Node) => object): Promise<void> {
  for (;;) {
    const node = await api.get<Node>(`/api/v1/nodes/${name}`);
    const { metadata = {}, ...rest } = change(node) as { metadata?: object };
    const { resourceVersion } = node.metadata;
    try {
      await api.patch(`/api/v1/nodes/${name}`, { ...rest, metadata: { ...metadata, resourceVersion } });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
}

/** A new node of a pool, under a name of its own. */
export function nodeArgs(template: NodeTemplate, zone: string) {
  const name = nodeName(template, zone);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, ...nodeLabels(template, zone) },
      annotations: { ...template.annotations },
    },
    spec: { taints: [...(template.taints ?? [])] },
    status: {
      capacity: template.capacity,
      allocatable: template.allocatable,
      nodeInfo: {
        kubeletVersion: `v${pinnedVersions().kubernetes}`,
        operatingSystem: "linux",
        architecture: "amd64",
      },
      // Nobody listens there: `logs` and `exec` fail at once, and no kubelet of this machine is asked.
      daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
    },
  };
}

/** The labels that every node of a pool has in a zone. */
export function nodeLabels(template: NodeTemplate, zone: string): Record<string, string> {
  return {
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "node.kubernetes.io/instance-type": template.machineType,
    "topology.kubernetes.io/region": zone.replace(/-[a-z]$/, ""),
    [zoneLabel]: zone,
    "topology.gke.io/zone": zone,
    [poolLabel]: template.name,
    "cloud.google.com/gke-provisioning": template.spot ? "spot" : "standard",
    ...(template.spot && { "cloud.google.com/gke-spot": "true" }),
    ...template.labels,
  };
}

/** Four letters and digits by chance at the end, and eight before them that the nodes of one zone share, as in GKE. */
function nodeName({ cluster, name }: NodeTemplate, zone: string): string {
  const group = createHash("sha256").update(`${cluster}/${name}/${zone}`).digest("hex").slice(0, 8);
  const suffix = `-${group}-${randomInt(36 ** 4)
    .toString(36)
    .padStart(4, "0")}`;
  return `gke-${cluster}-${name}`.slice(0, 63 - suffix.length).replace(/-+$/, "") + suffix;
}

async function untilReady(
  api: Api,
  pool: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000;
  for (;;) {
    const ready = (await nodesOf(api, pool)).filter(isReady).map(({ metadata }) => metadata.name);
    const late = names.filter((name) => !ready.includes(name));
    if (late.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`nodes are not ready after ${readySeconds} s: ${late.join(", ")}`);
    await wait(50, undefined, signal && { signal });
  }
}
