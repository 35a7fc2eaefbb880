/** What holds of every pod and each of its containers. */
import type { ClusterPolicy, Finding } from "./policy";
import { nameOf } from "./policy";
import { type Part, partsIn, type SecurityContext, workloadsIn } from "./workloads";

type Problems = readonly (readonly [wrong: boolean, problem: string])[];

const named = (where: string, problems: Problems): Finding[] =>
  problems.filter(([wrong]) => wrong).map(([, problem]) => ({ where, problem }));

/** Whether a container, or else its pod, has a setting. */
function has(
  { workload, container }: Part,
  holds: (context: SecurityContext) => boolean | undefined,
): boolean {
  return holds(container.securityContext ?? {}) ?? holds(workload.pod.securityContext ?? {}) ?? false;
}

export const podPolicies: readonly ClusterPolicy[] = [
  {
    control: 113,
    title: "every container is as confined as Pod Security's strictest level asks, and its root is read-only",
    sources: ["CIS GKE 4.6.2", "CIS GKE 4.6.3", "CKV_K8S_16-20", "CKV_K8S_22-31", "CKV_K8S_37"],
    find: (objects) => [
      ...workloadsIn(objects).flatMap(({ object, pod }) =>
        named(nameOf(object), [
          [pod.hostNetwork === true, "it has the network of its node; take hostNetwork out"],
          [pod.hostPID === true, "it sees the processes of its node; take hostPID out"],
          [pod.hostIPC === true, "it shares the memory of its node; take hostIPC out"],
          [
            pod.volumes?.some(({ hostPath }) => hostPath !== undefined) === true,
            "it has a folder of its node; use another kind of volume than hostPath",
          ],
        ]),
      ),
      ...partsIn(objects).flatMap((part) => {
        const { securityContext: own = {}, ports = [] } = part.container;
        const { capabilities } = own;
        return named(part.where, [
          [!has(part, ({ runAsNonRoot }) => runAsNonRoot), "it may run as root; set runAsNonRoot: true"],
          [
            has(part, ({ runAsUser }) => (runAsUser === undefined ? undefined : runAsUser === 0)),
            "it runs as user 0; choose another user",
          ],
          [
            !has(part, ({ seccompProfile }) =>
              seccompProfile === undefined
                ? undefined
                : ["RuntimeDefault", "Localhost"].includes(seccompProfile.type ?? ""),
            ),
            "no profile says which calls of the kernel it may make; set seccompProfile: { type: RuntimeDefault }",
          ],
          [own.privileged === true, "it is privileged; take privileged out"],
          [
            own.allowPrivilegeEscalation !== false,
            "it may become more than it is; set allowPrivilegeEscalation: false",
          ],
          [
            capabilities?.drop?.includes("ALL") !== true,
            "it keeps capabilities that it was not given; set capabilities: { drop: [ALL] }",
          ],
          [(capabilities?.add ?? []).length > 0, "it adds capabilities; take capabilities.add out"],
          [
            own.readOnlyRootFilesystem !== true,
            "it may change its own files; set readOnlyRootFilesystem: true, and mount an emptyDir where it has to write",
          ],
          [
            ports.some(({ hostPort }) => hostPort !== undefined),
            "it takes a port of its node; take hostPort out, and use a Service",
          ],
        ]);
      }),
    ],
  },
  {
    control: 115,
    title: "every pod has an account of its own, and no token of the API server",
    sources: ["CIS GKE 4.1.4", "CIS GKE 4.1.5", "CKV_K8S_38", "CKV_K8S_41", "CKV_K8S_42"],
    find: (objects) =>
      workloadsIn(objects).flatMap(({ object, pod }) =>
        named(nameOf(object), [
          [
            ["", "default"].includes(pod.serviceAccountName ?? ""),
            "it runs as the namespace's default account; set serviceAccountName",
          ],
          [
            pod.automountServiceAccountToken !== false,
            "it gets a token of the API server; set automountServiceAccountToken: false",
          ],
          [
            pod.volumes?.some(({ projected }) =>
              projected?.sources?.some(
                ({ serviceAccountToken }) => serviceAccountToken && !serviceAccountToken.audience,
              ),
            ) === true,
            "it mounts a token of the API server; take the volume out, or give the token another audience",
          ],
        ]),
      ),
  },
  {
    control: 118,
    title: "secrets are files, which no crash report and no child process gets by accident",
    sources: ["CIS GKE 4.4.1", "CIS GKE 4.4.2", "CKV_K8S_35"],
    find: (objects) =>
      partsIn(objects).flatMap(({ where, container: { env = [], envFrom = [] } }) => [
        ...env
          .filter(({ valueFrom }) => valueFrom?.["secretKeyRef"] !== undefined)
          .map(({ name }) => ({ where, problem: `${name} holds a secret; mount it as a file` })),
        ...envFrom
          .filter((source) => source["secretRef"] !== undefined)
          .map(() => ({ where, problem: "its variables hold all keys of a secret; mount it as files" })),
      ]),
  },
  {
    control: 120,
    title: "every image is pinned by its digest and comes from a registry of ours",
    sources: ["CKV_K8S_14", "CKV_K8S_43"],
    find: (objects, { images }) =>
      partsIn(objects).flatMap(({ where, container: { image = "" } }) =>
        named(where, [
          [
            !/@sha256:[0-9a-f]{64}$/.test(image),
            `its image ${image || "is missing"} can change under its name; pin it by its digest, NAME:TAG@sha256:…`,
          ],
          [
            !images.some((prefix) => image.startsWith(`${prefix}/`)),
            `its image ${image} comes from elsewhere; take it from ${images.join(" or ")}`,
          ],
        ]),
      ),
  },
  {
    control: 121,
    title: "every container says what it needs, and whoever serves says how it is",
    sources: ["CKV_K8S_8-13"],
    find: (objects) =>
      partsIn(objects).flatMap(({ where, role, workload, container }) => {
        const { requests, limits } = container.resources ?? {};
        const runs = workload.serves && role !== "step";
        const serves = workload.serves && role === "main";
        return named(where, [
          [!requests?.["cpu"], "it requests no CPU; set resources.requests.cpu"],
          [!requests?.["memory"], "it requests no memory; set resources.requests.memory"],
          [!limits?.["memory"], "its memory has no limit; set resources.limits.memory"],
          [runs && !container.startupProbe, "nobody waits for its start; set a startupProbe"],
          [runs && !container.livenessProbe, "nobody restarts it when it hangs; set a livenessProbe"],
          [serves && !container.readinessProbe, "it gets calls before it can answer; set a readinessProbe"],
        ]);
      }),
  },
  {
    control: 122,
    title: "no pod reaches the container engine of its node",
    sources: ["CKV_K8S_27"],
    find: (objects) =>
      workloadsIn(objects).flatMap(({ object, pod }) =>
        (pod.volumes ?? [])
          .filter(({ hostPath }) => /(docker|containerd|crio)\.sock/.test(hostPath?.path ?? ""))
          .map(({ name }) => ({
            where: nameOf(object),
            problem: `its volume ${name} is the socket of the node's container engine; whoever has it has the node`,
          })),
      ),
  },
];
