import type { KubernetesObject } from "../../../clusters/api";
import type { Target } from "./discovery";

/** How far an object is. */
export interface Verdict {
  readonly state: "ready" | "waiting" | "failed";
  /** What it waits for, or why it failed. */
  readonly says: string;
}

/** When an object of a kind is what it was made for. */
export interface Readiness {
  /** Seconds that it gets unless the program says otherwise. */
  readonly seconds: number;
  /** Lists beside the object itself that decide too, by the names under which `judge` gets them. */
  also?(target: Target): Readonly<Record<string, string>>;
  judge(object: Observed, also: Readonly<Record<string, readonly KubernetesObject[]>>): Verdict;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** An object as far as somebody looks at it here. */
export interface Observed extends KubernetesObject {
  readonly type?: string;
  readonly data?: object;
  readonly spec?: {
    readonly replicas?: number;
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: object;
    readonly storageClassName?: string;
    readonly hard?: object;
    readonly updateStrategy?: { readonly type?: string };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly hard?: object;
    readonly conditions?: readonly Condition[];
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
  };
}

interface StorageClass extends KubernetesObject {
  readonly volumeBindingMode?: string;
}

interface EndpointSlice extends KubernetesObject {
  readonly endpoints?: readonly { conditions?: { ready?: boolean; terminating?: boolean } }[] | null;
}

const ready: Verdict = { state: "ready", says: "" };
const waiting = (says: string): Verdict => ({ state: "waiting", says });
const failed = (says: string): Verdict => ({ state: "failed", says });

/** The kinds that are waited for, as the real provider has them; every other kind is ready when it is made. */
const rules: Readonly<Record<string, Readiness>> = {
  "apps/v1 Deployment": { seconds: 600, judge: deployment },
  "apps/v1 StatefulSet": { seconds: 600, judge: statefulSet },
  "apps/v1 DaemonSet": { seconds: 600, judge: daemonSet },
  "batch/v1 Job": { seconds: 600, judge: job },
  "networking.k8s.io/v1 Ingress": { seconds: 600, judge: hasAddress },
  "apiextensions.k8s.io/v1 CustomResourceDefinition": { seconds: 60, judge: definition },
  "v1 Pod": { seconds: 600, judge: pod },
  "v1 ReplicationController": { seconds: 600, judge: replicationController },
  "v1 PersistentVolume": {
    seconds: 300,
    judge: ({ status }) => inPhase(status?.phase, ["Available", "Bound"]),
  },
  "v1 PersistentVolumeClaim": {
    seconds: 300,
    also: () => ({ classes: "/apis/storage.k8s.io/v1/storageclasses" }),
    judge: (object, { classes = [] }) => claim(object, classes),
  },
  "v1 ResourceQuota": { seconds: 60, judge: quota },
  "v1 Secret": { seconds: 30, judge: secret },
  "v1 Service": {
    seconds: 600,
    also: ({ namespace = "", name }) => ({
      slices:
        `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices` +
        `?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`,
    }),
    judge: (object, { slices = [] }) => service(object, slices),
  },
};

export function readinessOf({ apiVersion, kind }: Target): Readiness | undefined {
  return rules[`${apiVersion} ${kind}`];
}

function deployment({ metadata, spec, status = {} }: Observed): Verdict {
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  if (!isObserved(metadata, status)) return waiting("its controller has not seen it yet");
  if (updatedReplicas < wanted) return waiting(`${updatedReplicas} of ${wanted} new pods are made`);
  if (availableReplicas < wanted) {
    return waiting(`${availableReplicas} of ${wanted} pods are available${because(status, "Available")}`);
  }
  return replicas > updatedReplicas
    ? waiting(`${replicas - updatedReplicas} old pods are still there`)
    : ready;
}

function statefulSet({ metadata, spec, status = {} }: Observed): Verdict {
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas = 0, currentRevision, updateRevision } = status;
  if (!isObserved(metadata, status)) return waiting("its controller has not seen it yet");
  if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} pods are ready`);
  if (spec?.updateStrategy?.type === "OnDelete" && (metadata.generation ?? 1) > 1) return ready;
  return currentRevision === updateRevision ? ready : waiting("its pods are not all of the new revision");
}

function daemonSet({ metadata, status = {} }: Observed): Verdict {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberReady = 0 } = status;
  if (!isObserved(metadata, status)) return waiting("its controller has not seen it yet");
  if (updatedNumberScheduled < wanted) return waiting(`${updatedNumberScheduled} of ${wanted} nodes have it`);
  return numberReady < wanted ? waiting(`it is ready on ${numberReady} of ${wanted} nodes`) : ready;
}

function job({ status = {} }: Observed): Verdict {
  const failure = conditionOf(status, "Failed");
  if (failure?.status === "True") {
    return failed(`[${failure.reason ?? "Failed"}] ${failure.message ?? ""}`.trim());
  }
  return conditionOf(status, "Complete")?.status === "True" ? ready : waiting("it has not completed");
}

function pod({ status = {} }: Observed): Verdict {
  if (status.phase === "Succeeded" || conditionOf(status, "Ready")?.status === "True") return ready;
  if (status.phase === "Failed") {
    return failed(
      `it failed${[status.reason, status.message].map((text) => (text ? `: ${text}` : "")).join("")}`,
    );
  }
  return waiting(`it is ${status.phase ?? "not seen by anybody yet"}`);
}

function replicationController({ spec, status = {} }: Observed): Verdict {
  const { availableReplicas = 0 } = status;
  const wanted = spec?.replicas ?? 1;
  return availableReplicas < wanted ? waiting(`${availableReplicas} of ${wanted} pods are available`) : ready;
}

/** A claim of a class that waits for the first pod has nothing to wait for: the pod may come in the same run. */
function claim({ spec, status = {} }: Observed, classes: readonly StorageClass[]): Verdict {
  const own = classes.find(({ metadata }) => metadata.name === spec?.storageClassName);
  const late = own?.volumeBindingMode === "WaitForFirstConsumer";
  return inPhase(status.phase, late ? ["Pending", "Bound"] : ["Bound"]);
}

function quota({ spec, status = {} }: Observed): Verdict {
  const same = sortedText(spec?.hard ?? {}) === sortedText(status.hard ?? {});
  return same ? ready : waiting("its controller has not taken it over yet");
}

function secret({ type, data = {} }: Observed): Verdict {
  if (type !== "kubernetes.io/service-account-token" || Object.keys(data).length > 0) return ready;
  return waiting("nobody has written its token yet; is its service account there?");
}

/** Pods that are not ready hold a service back; no pods at all do not, since they may come later. */
function service(object: Observed, slices: readonly EndpointSlice[]): Verdict {
  const { type, clusterIP, selector = {} } = object.spec ?? {};
  if (type === "LoadBalancer" && hasAddress(object).state !== "ready") return hasAddress(object);
  if (type === "ExternalName" || clusterIP === "None" || Object.keys(selector).length === 0) return ready;
  if (slices.length === 0) return waiting("nobody has looked for its pods yet");
  const unready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === false && conditions.terminating !== true);
  return unready.length > 0 ? waiting(`${unready.length} of its pods are not ready`) : ready;
}

function hasAddress({ status = {} }: Observed): Verdict {
  const addresses = status.loadBalancer?.ingress ?? [];
  return addresses.length > 0 ? ready : waiting("nobody has given it an address");
}

function definition({ status = {} }: Observed): Verdict {
  if (conditionOf(status, "Established")?.status === "True") return ready;
  const names = conditionOf(status, "NamesAccepted");
  return names?.status === "False"
    ? failed(`its names are not accepted: ${names.message ?? ""}`)
    : waiting("it is not established");
}

function inPhase(phase: string | undefined, phases: readonly string[]): Verdict {
  return phase !== undefined && phases.includes(phase)
    ? ready
    : waiting(`it is ${phase ?? "not seen by anybody"}`);
}

type Status = NonNullable<Observed["status"]>;

function isObserved({ generation = 0 }: KubernetesObject["metadata"], { observedGeneration = 0 }: Status) {
  return observedGeneration >= generation;
}

function conditionOf({ conditions = [] }: Status, type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

function because(status: Status, type: string): string {
  const { reason, status: is } = conditionOf(status, type) ?? {};
  return is === "False" && reason !== undefined ? ` [${reason}]` : "";
}

function sortedText(block: object): string {
  return JSON.stringify(Object.entries(block).sort(([a], [b]) => (a < b ? -1 : 1)));
}
