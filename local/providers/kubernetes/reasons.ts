import type { Api, KubernetesObject } from "../../clusters/api";

/** A workload that is not ready; of kind `Release` it is everything that Helm made for a release of that name. */
export interface Unready {
  readonly kind: string;
  readonly name: string;
}

/** How many reasons are told: whoever reads them looks for the first one that they can do something about. */
const most = 8;

/**
 * Why a workload is not ready, in words for whoever has to mend it: the states of its pods, and what the scheduler,
 * admission and the controllers said about them. The most telling first, then the newest; nothing of what is fine.
 */
export async function reasonsOf(api: Api, namespace: string, subject: Unready): Promise<string[]> {
  return reasonsOfAll(api, namespace, [subject]);
}

/** The same for several workloads together. */
export async function reasonsOfAll(
  api: Api,
  namespace: string,
  subjects: readonly Unready[],
): Promise<string[]> {
  const [objects, events] = await Promise.all([workloadsIn(api, namespace), warningsIn(api, namespace)]);
  const unready = membersOf(objects, subjects, namespace).filter((object) => !isFine(object));
  const about = new Map(unready.map((object) => [object.metadata.uid, object]));
  return folded([
    ...unready.flatMap(stateOf),
    ...events.flatMap((event) => {
      const object = about.get(event.involvedObject.uid);
      return object ? [reasonOfEvent(object, event)] : [];
    }),
  ]);
}

/** How much a reason tells: a cause that somebody named, an attempt that failed, or only that it is not there yet. */
type Weight = "cause" | "attempt" | "symptom";

const weights: readonly Weight[] = ["cause", "attempt", "symptom"];

interface Reason {
  readonly about: string;
  readonly text: string;
  readonly weight: Weight;
  /** RFC 3339. */
  readonly at: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
}

interface Container {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

interface Workload extends KubernetesObject {
  readonly kind: string;
  readonly metadata: KubernetesObject["metadata"] & {
    readonly creationTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly completions?: number;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly Container[];
    readonly initContainerStatuses?: readonly Container[];
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly succeeded?: number;
  };
}

interface Event {
  readonly metadata: { readonly creationTimestamp: string };
  readonly involvedObject: { readonly uid?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** Every kind that a workload can be made of, and where the API lists it. */
const lists = {
  Deployment: "apis/apps/v1:deployments",
  ReplicaSet: "apis/apps/v1:replicasets",
  StatefulSet: "apis/apps/v1:statefulsets",
  DaemonSet: "apis/apps/v1:daemonsets",
  Job: "apis/batch/v1:jobs",
  Pod: "api/v1:pods",
  PersistentVolumeClaim: "api/v1:persistentvolumeclaims",
} as const;

async function workloadsIn(api: Api, namespace: string): Promise<Workload[]> {
  const found = await Promise.all(
    Object.entries(lists).map(async ([kind, place]) => {
      const [group, resource] = place.split(":");
      const path = `/${group}/namespaces/${namespace}/${resource}`;
      // Members of a list do not say their kind.
      return (await api.get<{ items: Workload[] }>(path)).items.map((object) => ({ ...object, kind }));
    }),
  );
  return found.flat();
}

async function warningsIn(api: Api, namespace: string): Promise<readonly Event[]> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=type%3DWarning`;
  return (await api.get<{ items: Event[] }>(path)).items;
}

/** The subjects, what they own through any number of owners, and the claims that their pods mount. */
function membersOf(
  objects: readonly Workload[],
  subjects: readonly Unready[],
  namespace: string,
): Workload[] {
  const members = new Set(
    objects.filter((object) => subjects.some((subject) => is(object, subject, namespace))),
  );
  for (let before = -1; before !== members.size;) {
    before = members.size;
    const uids = new Set([...members].map(({ metadata }) => metadata.uid));
    const claims = new Set([...members].flatMap(claimsOf));
    for (const object of objects) {
      const owned = object.metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) === true;
      const mounted = object.kind === "PersistentVolumeClaim" && claims.has(object.metadata.name);
      if (owned || mounted) members.add(object);
    }
  }
  return [...members];
}

function is({ kind, metadata }: Workload, subject: Unready, namespace: string): boolean {
  if (subject.kind !== "Release") return kind === subject.kind && metadata.name === subject.name;
  // What Helm writes on every object of a release, hooks excepted.
  const { annotations = {} } = metadata;
  return (
    annotations["meta.helm.sh/release-name"] === subject.name &&
    annotations["meta.helm.sh/release-namespace"] === namespace
  );
}

function claimsOf({ spec }: Workload): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** Nothing has to be said about it, and whatever went wrong on the way there is over. */
function isFine({ kind, spec, status = {}, metadata }: Workload): boolean {
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  switch (kind) {
    case "Pod":
      return status.phase === "Succeeded" || holds(status.conditions, "Ready");
    case "Job":
      return holds(status.conditions, "Complete");
    case "PersistentVolumeClaim":
      return status.phase === "Bound";
    case "DaemonSet":
      return seen && status.numberReady === status.desiredNumberScheduled;
    case "ReplicaSet":
      return seen && (status.readyReplicas ?? 0) === (spec?.replicas ?? 1);
    default:
      return (
        seen &&
        (status.readyReplicas ?? 0) === (spec?.replicas ?? 1) &&
        (status.updatedReplicas ?? 0) === (spec?.replicas ?? 1)
      );
  }
}

function holds(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
}

/** What the status of an object says against it. */
function stateOf(object: Workload): Reason[] {
  const { status = {} } = object;
  const conditions = (status.conditions ?? []).filter(isAgainst).map((condition): Reason => ({
    about: nameOf(object),
    // The scheduler's event says the same, and is gone after an hour.
    text: sentence(
      condition.type === "PodScheduled" ? "FailedScheduling" : condition.reason,
      condition.message,
    ),
    // A job that gave up and a deployment that was too slow do not know why.
    weight: ["ReplicaFailure", "PodScheduled"].includes(condition.type) ? "cause" : "symptom",
    at: condition.lastTransitionTime ?? "",
  }));
  return [...conditions, ...podStates(object), ...progressOf(object)];
}

function isAgainst({ type, status, reason }: Condition): boolean {
  if (type === "ReplicaFailure" || type === "Failed") return status === "True";
  if (type === "PodScheduled") return status === "False";
  return type === "Progressing" && reason === "ProgressDeadlineExceeded";
}

function podStates(object: Workload): Reason[] {
  const { kind, status = {}, metadata } = object;
  if (kind !== "Pod") return [];
  const reason = (text: string, weight: Weight): Reason => ({
    about: nameOf(object),
    text,
    weight,
    at: metadata.creationTimestamp ?? "",
  });
  const states = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap(
    (container) => {
      const text = containerState(container);
      return text === undefined ? [] : [reason(`container ${container.name}: ${text}`, "cause")];
    },
  );
  // Evicted, or out of its deadline.
  if (status.reason !== undefined) states.push(reason(sentence(status.reason, status.message), "cause"));
  const waiting = (status.containerStatuses ?? []).filter(({ ready }) => !ready).map(({ name }) => name);
  if (states.length === 0 && waiting.length > 0) {
    states.push(reason(`not ready: ${waiting.map((name) => `container ${name}`).join(", ")}`, "attempt"));
  }
  return states;
}

/** What keeps a container from running, or undefined when nothing that it says does. */
function containerState({ state = {}, lastState = {}, restartCount }: Container): string | undefined {
  const ended = state.terminated ?? lastState.terminated;
  const waiting = state.waiting?.reason;
  if (waiting !== undefined && !["ContainerCreating", "PodInitializing"].includes(waiting)) {
    const last = ended && `last exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ""}`;
    const restarts = restartCount > 0 ? `${restartCount} restart${restartCount === 1 ? "" : "s"}` : undefined;
    return [sentence(waiting, state.waiting?.message), last, restarts, ended?.message?.trim()]
      .filter((part) => part)
      .join(", ");
  }
  if (state.terminated && state.terminated.exitCode !== 0) {
    const { exitCode, reason, message } = state.terminated;
    return [`exit code ${exitCode}${reason ? ` (${reason})` : ""}`, message?.trim()]
      .filter((part) => part)
      .join(", ");
  }
  return undefined;
}

function progressOf(object: Workload): Reason[] {
  const { kind, spec, status = {}, metadata } = object;
  const text = {
    Deployment: `${status.readyReplicas ?? 0} of ${spec?.replicas ?? 1} replicas ready`,
    StatefulSet: `${status.readyReplicas ?? 0} of ${spec?.replicas ?? 1} replicas ready`,
    DaemonSet: `${status.numberReady ?? 0} of ${status.desiredNumberScheduled ?? 0} pods ready`,
    Job: `${status.succeeded ?? 0} of ${spec?.completions ?? 1} pods completed`,
  }[kind];
  return text === undefined
    ? []
    : [{ about: nameOf(object), text, weight: "symptom", at: metadata.creationTimestamp ?? "" }];
}

function reasonOfEvent(object: Workload, event: Event): Reason {
  const at =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp;
  // Retries of what a state tells already, in more general words.
  const general = ["BackOff", "BackoffLimitExceeded"].includes(event.reason ?? "");
  const causes = [
    "FailedCreate",
    "FailedScheduling",
    "ProvisioningFailed",
    "FailedMount",
    "FailedAttachVolume",
  ];
  const weight = causes.includes(event.reason ?? "") ? "cause" : general ? "symptom" : "attempt";
  return { about: nameOf(object), text: sentence(event.reason, event.message), weight, at };
}

/** `ImagePullBackOff: Back-off pulling image …`, without what the controllers put before a refusal. */
function sentence(reason: string | undefined, message: string | undefined): string {
  const plain = message?.replace(/^.*?(?=pods "[^"]*" is forbidden)/s, "").trim();
  return [reason, plain].filter((part) => part !== undefined && part !== "").join(": ");
}

function nameOf({ kind, metadata }: Workload): string {
  return `${kind} ${metadata.name}`;
}

/** One line for what is said about several objects, or about one again and again. */
function folded(reasons: readonly Reason[]): string[] {
  const sorted = [...reasons].sort(
    (a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight) || Date.parse(b.at) - Date.parse(a.at),
  );
  const groups = new Map<string, { text: string; about: Set<string> }>();
  for (const { about, text } of sorted) {
    const group = groups.get(keyOf(text)) ?? { text, about: new Set<string>() };
    groups.set(keyOf(text), group);
    group.about.add(about);
  }
  return [...groups.values()].slice(0, most).map(({ text, about }) => {
    const [first = "", ...others] = about;
    return `${first}${others.length > 0 ? ` and ${others.length} more` : ""}: ${text}`;
  });
}

/** A refused pod has another name at each try. */
function keyOf(text: string): string {
  return text.replace(/pods "[^"]*"/, "pods");
}
