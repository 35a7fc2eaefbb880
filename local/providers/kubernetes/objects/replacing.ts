import { isBlock } from "../../../cloud/check";
import type { Value } from "../../../cloud/rules/shape";
import type { PathStep } from "../../property-path";
import type { Place } from "../changes";
import type { ApiKind } from "../identity";

/** Which contents may change in an object that stays, as the provider's configuration says. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

const identity = ["metadata.name", "metadata.namespace"];

const workload = ["spec.selector"];
const binding = ["roleRef"];

/** What the real provider replaces a pod for, of each container; anything else it leaves to the API server. */
const container = words(`args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe
  resources securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices
  volumeMounts workingDir`);

const pod =
  words(`affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC
  hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority
  priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount
  serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes`);

/** The sources of a volume; how large it is and who may use it can change. */
const volume = words(`awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker
  gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO
  storageos vsphereVolume`);

/**
 * The real provider's table of fields whose change makes a new object, by group and kind. A field that is not in it
 * is sent to the API server, which may still refuse.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  "apps/DaemonSet": workload,
  "apps/Deployment": workload,
  "apps/StatefulSet": [
    ...workload,
    ...below("spec", ["podManagementPolicy", "revisionHistoryLimit", "serviceName", "volumeClaimTemplates"]),
  ],
  "batch/Job": [...workload, ...below("spec", ["completions", "parallelism", "template"])],
  "rbac.authorization.k8s.io/ClusterRoleBinding": binding,
  "rbac.authorization.k8s.io/RoleBinding": binding,
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
  PersistentVolume: below("spec", volume),
  // A larger request is an update: the volume grows.
  PersistentVolumeClaim: below("spec", ["accessModes", "selector", "storageClassName", "volumeName"]),
  Pod: [
    ...below("spec", pod),
    ...below("spec.containers.*", container),
    ...below("spec.initContainers.*", container),
  ],
  ResourceQuota: ["spec.scopes"],
  Secret: ["type"],
  Service: ["spec.clusterIP"],
};

/** Whether a change at `place` makes a new object of this kind. */
export function replaces(
  api: ApiKind,
  place: Place,
  mutability: Mutability,
  marks: { readonly patch: boolean; readonly immutable: boolean },
): boolean {
  const own = marks.patch
    ? []
    : [...(table[keyOf(api)] ?? []), ...contents(api, mutability, marks.immutable)];
  return [...identity, ...own].some((path) => touches(path.split("."), place));
}

function contents({ apiVersion, kind }: ApiKind, mutability: Mutability, immutable: boolean): string[] {
  if (apiVersion !== "v1") return [];
  if (kind === "ConfigMap" && (immutable || !mutability.configMaps)) return ["data", "binaryData"];
  if (kind === "Secret" && (immutable || !mutability.secrets)) return ["data", "stringData"];
  return [];
}

function keyOf({ apiVersion, kind }: ApiKind): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? kind : `${apiVersion.slice(0, slash)}/${kind}`;
}

/** Whether a change reaches a path: it is at it, below it, or above it with something at it. */
function touches(path: readonly string[], { steps, value }: Place): boolean {
  const meets = (name: string | undefined, step: PathStep) => name === "*" || name === step;
  const common = Math.min(path.length, steps.length);
  if (!steps.slice(0, common).every((step, index) => meets(path[index], step))) return false;
  return has(value, path.slice(common));
}

function has(value: Value | undefined, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (name === "*") return Array.isArray(value) && value.some((item) => has(item, rest));
  return isBlock(value) && value[name] !== undefined && has(value[name], rest);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function below(path: string, names: readonly string[]): string[] {
  return names.map((name) => `${path}.${name}`);
}
