import type { KubernetesObject } from "../../clusters/api";
import type { Taint } from "../../clusters/nodes";
import { quantity } from "../quantity";

/** A pod, as far as it matters where it may run. */
export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly nominatedNodeName?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
    }[];
  };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeTerms };
  };
  readonly tolerations?: readonly Toleration[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly (Container & { readonly restartPolicy?: string })[];
  readonly overhead?: Amounts;
  readonly resources?: { readonly requests?: Amounts };
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
}

export interface NodeTerms {
  readonly nodeSelectorTerms: readonly {
    readonly matchExpressions?: readonly Requirement[];
    readonly matchFields?: readonly Requirement[];
  }[];
}

export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: Taint["effect"];
}

interface Container {
  readonly resources?: { readonly requests?: Amounts };
}

type Amounts = Readonly<Record<string, string>>;

/** How much of each resource, by its name (`cpu`, `memory`, `pods`). */
export type Resources = Readonly<Record<string, number>>;

/** The scheduler has looked, and there is no node for it. */
export function isUnschedulable({ metadata, spec, status }: Pod): boolean {
  return (
    spec.nodeName === undefined &&
    metadata.deletionTimestamp === undefined &&
    // Room is being made for it already.
    !status?.nominatedNodeName &&
    status?.conditions?.some(
      ({ type, status, reason }) =>
        type === "PodScheduled" && status === "False" && reason === "Unschedulable",
    ) === true
  );
}

/** Whether its node is needed for it: pods that are over are not, nor those that every node has. */
export function needsItsNode({ metadata, status }: Pod): boolean {
  return (
    status?.phase !== "Succeeded" &&
    status?.phase !== "Failed" &&
    metadata.annotations?.["kubernetes.io/config.mirror"] === undefined &&
    !metadata.ownerReferences?.some(({ kind, controller }) => controller === true && kind === "DaemonSet")
  );
}

/** What a pod takes of a node, as the scheduler counts: what runs at once is added, sidecars from where they begin. */
export function requestsOf({ containers, initContainers = [], overhead, resources }: PodSpec): Resources {
  let sidecars: Resources = {};
  let most: Resources = {};
  for (const container of initContainers) {
    const running = sum(sidecars, requests(container));
    if (container.restartPolicy === "Always") sidecars = running;
    most = larger(most, running);
  }
  most = larger(most, sum(sidecars, ...containers.map(requests)));
  return { ...sum({ ...most, ...numbers(resources?.requests) }, numbers(overhead)), pods: 1 };
}

function larger(one: Resources, other: Resources): Resources {
  const names = Object.keys({ ...one, ...other });
  return Object.fromEntries(names.map((name) => [name, Math.max(one[name] ?? 0, other[name] ?? 0)]));
}

/** Both together, resource by resource. */
export function sum(...all: readonly Resources[]): Resources {
  const names = new Set(all.flatMap((amounts) => Object.keys(amounts)));
  return Object.fromEntries(
    [...names].map((name) => [name, all.reduce((total, amounts) => total + (amounts[name] ?? 0), 0)]),
  );
}

export function numbers(amounts: Amounts = {}): Resources {
  return Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, quantity(text)]));
}

const requests = ({ resources }: Container) => numbers(resources?.requests);
