import type { KubernetesObject } from "../clusters/api";
import type { Taint } from "../clusters/nodes";
import { quantity } from "./quantity";

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

/** What a pod takes of a node, as the scheduler counts. */
export function requestsOf({ containers, initContainers = [], overhead, resources }: PodSpec): Resources {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  const running = sum(...[...containers, ...sidecars].map(requests));
  const before = initContainers.filter(({ restartPolicy }) => restartPolicy !== "Always").map(requests);
  const names = [running, ...before].flatMap((amounts) => Object.keys(amounts));
  const most = Object.fromEntries(
    names.map((name) => [name, Math.max(...[running, ...before].map((amounts) => amounts[name] ?? 0))]),
  );
  return { ...sum({ ...most, ...numbers(resources?.requests) }, numbers(overhead)), pods: 1 };
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
