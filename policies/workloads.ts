/** The pods that objects make, whatever kind makes them. */
import { type ClusterObject, nameOf } from "./policy";

export interface Container {
  readonly name: string;
  readonly image?: string;
  /** Of an init container that keeps running. */
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: Block }[];
  readonly envFrom?: readonly Block[];
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly resources?: { readonly requests?: Block; readonly limits?: Block };
  readonly securityContext?: SecurityContext;
  readonly startupProbe?: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path?: string };
    readonly projected?: { readonly sources?: readonly { serviceAccountToken?: { audience?: string } }[] };
  }[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: SecurityContext;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey?: string }[];
}

/** An object that makes pods, and how it makes them. */
export interface Workload {
  readonly object: ClusterObject;
  readonly pod: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its pods serve until they are told to go, instead of being done some time. */
  readonly serves: boolean;
}

/** One container of a pod. */
export interface Part {
  readonly workload: Workload;
  readonly container: Container;
  readonly where: string;
  /** `main`, a `sidecar` beside it, or a `step` before it. */
  readonly role: "main" | "sidecar" | "step";
}

type Block = Readonly<Record<string, unknown>>;
interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

const serving = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

export function workloadsIn(objects: readonly ClusterObject[]): Workload[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (!template) return [];
    const { metadata, spec: pod } = template;
    return [{ object, pod, labels: metadata?.labels ?? {}, serves: serving.includes(object.kind) }];
  });
}

export function partsIn(objects: readonly ClusterObject[]): Part[] {
  return workloadsIn(objects).flatMap((workload) => {
    const { containers, initContainers = [] } = workload.pod;
    const part = (container: Container, role: Part["role"]) => ({
      ...{ workload, container, role },
      where: `${nameOf(workload.object)}, container ${container.name}`,
    });
    return [
      ...initContainers.map((first) => part(first, first.restartPolicy === "Always" ? "sidecar" : "step")),
      ...containers.map((main) => part(main, "main")),
    ];
  });
}

function templateOf({ kind, ...object }: ClusterObject): Template | undefined {
  const spec = object["spec"] as Block | undefined;
  if (kind === "Pod") return { ...object, spec: spec as unknown as PodSpec };
  if (kind === "CronJob")
    return (spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template;
  if (kind === "Job" || serving.includes(kind)) return (spec as { template: Template }).template;
  return undefined;
}
