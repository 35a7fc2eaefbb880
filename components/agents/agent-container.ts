import type * as kubernetes from "@pulumi/kubernetes/types/input";

type Container = kubernetes.core.v1.Container;

/** Who runs steps of a pipeline: one user for all containers, or one cannot read what another wrote. */
export const agentUser = 1000;

/** Where work is checked out, and where tools write what they keep; gone with the pod. */
const home = "/home/jenkins";

/** Of every container but one: the restricted level of the Pod Security Standards, and nothing to write to but folders. */
export const confined = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies Container["securityContext"];

/** Of every pod: nobody is root, and who reads and writes its folders is one group. */
export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: agentUser,
  runAsGroup: agentUser,
  fsGroup: agentUser,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
} satisfies kubernetes.core.v1.PodSecurityContext;

/** Folders that containers with the same user share. */
export const sharedVolumes = [
  { name: "home", emptyDir: {} },
  { name: "tmp", emptyDir: {} },
] satisfies kubernetes.core.v1.Volume[];

export const sharedMounts = [
  { name: "home", mountPath: home },
  { name: "tmp", mountPath: "/tmp" },
] satisfies kubernetes.core.v1.VolumeMount[];

/** Requests, and the memory as the limit too: what needs more is ended instead of its neighbours. */
export function size(cpu: string, memory: string) {
  return { requests: { cpu, memory }, limits: { memory } } satisfies Container["resources"];
}

/** Connects the pod to Jenkins, which knows it by this name and tells it where to call. Steps outside of a container run here. */
export function inboundAgent(image: string) {
  return {
    name: "jnlp",
    image,
    env: variables({ HOME: home }),
    resources: size("250m", "512Mi"),
    securityContext: confined,
    volumeMounts: sharedMounts,
  } satisfies Container;
}

/** Waits for steps, which Jenkins runs in it. */
export function toolsContainer(name: string, image: string, environment: Readonly<Record<string, string>>) {
  return {
    name,
    image,
    command: ["sleep", "infinity"],
    env: variables({ HOME: home, ...environment }),
    resources: size("500m", "1Gi"),
    securityContext: confined,
    volumeMounts: sharedMounts,
  } satisfies Container;
}

export function variables(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
