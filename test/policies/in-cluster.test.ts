/** Each control of what is in a cluster, seen to fire: what the service chart renders holds, and one change breaks it. */
import { expect } from "chai";

import { inClusterPolicies, violationsOf } from "../../policies/in-cluster";
import type { ClusterObject } from "../../policies/policy";
import { kubernetesObjects } from "../support/recorded-objects";
import { recordEnvironment } from "../support/recorder";
import { context, renderedObjects, withChange } from "../support/rendered-objects";

const rendered = renderedObjects();
const pod = "spec.template.spec";
const main = `${pod}.containers.0`;
const proxy = `${pod}.initContainers.0`;
const confined = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** What is changed, the control that finds it, and what it says. */
type Mutation = readonly [kind: string, path: string, value: unknown, control: number, problem: string];

const ofPods: Readonly<Record<string, Mutation>> = {
  "the network of its node": ["Deployment", `${pod}.hostNetwork`, true, 113, "take hostNetwork out"],
  "the processes of its node": ["Deployment", `${pod}.hostPID`, true, 113, "take hostPID out"],
  "the memory of its node": ["Deployment", `${pod}.hostIPC`, true, 113, "take hostIPC out"],
  "a folder of its node": [
    ...(["Deployment", `${pod}.volumes.0`, { name: "logs", hostPath: { path: "/var/log" } }] as const),
    ...([113, "than hostPath"] as const),
  ],
  "root allowed": ["Deployment", `${pod}.securityContext.runAsNonRoot`, undefined, 113, "set runAsNonRoot"],
  "root allowed to one container": [
    ...(["Deployment", `${main}.securityContext.runAsNonRoot`, false, 113, "set runAsNonRoot"] as const),
  ],
  "user 0": ["Job", `${pod}.securityContext.runAsUser`, 0, 113, "runs as user 0"],
  "no seccomp profile": ["Job", `${pod}.securityContext.seccompProfile`, undefined, 113, "seccompProfile"],
  "an unconfined sidecar": [
    ...(["Deployment", `${proxy}.securityContext.seccompProfile`, { type: "Unconfined" }] as const),
    ...([113, "seccompProfile"] as const),
  ],
  "a privileged container": ["Job", `${main}.securityContext.privileged`, true, 113, "it is privileged"],
  "setuid programs": [
    ...(["Job", `${main}.securityContext.allowPrivilegeEscalation`, undefined] as const),
    ...([113, "allowPrivilegeEscalation: false"] as const),
  ],
  "the usual capabilities": [
    ...(["Deployment", `${main}.securityContext.capabilities`, { drop: ["NET_RAW"] }] as const),
    ...([113, "drop: [ALL]"] as const),
  ],
  "one capability more": [
    ...([
      "Deployment",
      `${main}.securityContext.capabilities`,
      { drop: ["ALL"], add: ["SYS_TIME"] },
    ] as const),
    ...([113, "capabilities.add"] as const),
  ],
  "a root that may be written to": [
    ...(["Deployment", `${proxy}.securityContext.readOnlyRootFilesystem`, false] as const),
    ...([113, "readOnlyRootFilesystem: true"] as const),
  ],
  "a port of its node": ["Deployment", `${main}.ports.0.hostPort`, 8080, 113, "take hostPort out"],
  "the default account": [
    "Deployment",
    `${pod}.serviceAccountName`,
    undefined,
    115,
    "set serviceAccountName",
  ],
  "a token": [
    "Job",
    `${pod}.automountServiceAccountToken`,
    undefined,
    115,
    "automountServiceAccountToken: false",
  ],
  "a token by another way": [
    ...(["Deployment", `${pod}.volumes.0`] as const),
    { name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
    ...([115, "it mounts a token"] as const),
  ],
  "a secret in a variable": [
    ...(["Deployment", `${main}.env.0`] as const),
    { name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "one" } } },
    ...([118, "KEY holds a secret"] as const),
  ],
  "secrets in variables": [
    ...([
      "Deployment",
      `${main}.envFrom`,
      [{ secretRef: { name: "keys" } }],
      118,
      "all keys of a secret",
    ] as const),
  ],
  "an image by its tag": [
    ...(["Deployment", `${main}.image`, `${context.images[0]}/billing:1.4.2`, 120, "pin it"] as const),
  ],
  "an image of somebody's": [
    ...(["Job", `${main}.image`, `example.com/billing@sha256:${"0".repeat(64)}`, 120, "elsewhere"] as const),
  ],
  "a sidecar by its tag": ["Job", `${proxy}.image`, `${context.images[1]}/cloud-sql-proxy:2`, 120, "pin it"],
  "no CPU": ["Deployment", `${main}.resources.requests.cpu`, undefined, 121, "requests no CPU"],
  "no memory": ["Job", `${main}.resources.requests.memory`, undefined, 121, "requests no memory"],
  "memory without end": ["Deployment", `${proxy}.resources.limits`, undefined, 121, "has no limit"],
  "no startup probe": ["Deployment", `${proxy}.startupProbe`, undefined, 121, "set a startupProbe"],
  "no liveness probe": ["Deployment", `${proxy}.livenessProbe`, undefined, 121, "set a livenessProbe"],
  "no readiness probe": ["Deployment", `${main}.readinessProbe`, undefined, 121, "set a readinessProbe"],
  "the container engine's socket": [
    ...(["Deployment", `${pod}.volumes.0`] as const),
    { name: "engine", hostPath: { path: "/run/containerd/containerd.sock" } },
    ...([122, "volume engine"] as const),
  ],
};

const ofOthers: Readonly<Record<string, Mutation>> = {
  "no word of a namespace": ["Service", "metadata.namespace", undefined, 119, "set metadata.namespace"],
  "the default namespace": ["Deployment", "metadata.namespace", "default", 119, "set metadata.namespace"],
  "a way in for everybody": ["NetworkPolicy", "spec.ingress.0.from", undefined, 114, "lets everybody in"],
  "a way in from anywhere": [
    ...(["NetworkPolicy", "spec.ingress.0.from.0", { ipBlock: { cidr: "0.0.0.0/0" } }] as const),
    ...([114, "lets everybody in"] as const),
  ],
  "a way out to every namespace": [
    ...(["NetworkPolicy", "spec.egress.0.to.0", { namespaceSelector: {} }, 114, "call everybody"] as const),
  ],
  "one pod": ["HorizontalPodAutoscaler", "spec.minReplicas", undefined, 123, "run at least two"],
  "no budget for its pods": [
    "PodDisruptionBudget",
    "spec.selector.matchLabels.owner",
    "x",
    123,
    "PodDisruptionBudget",
  ],
  "a budget that lets nobody go": ["PodDisruptionBudget", "spec.maxUnavailable", 0, 123, "never emptied"],
  "pods in one zone": [
    ...([
      "Deployment",
      `${pod}.topologySpreadConstraints.0.topologyKey`,
      "rack",
      123,
      "all in one zone",
    ] as const),
  ],
  "pods on one node": [
    ...(["Deployment", `${pod}.topologySpreadConstraints.1`, {}, 123, "all in one hostname"] as const),
  ],
  "a secret of Kubernetes": ["ConfigMap", "kind", "Secret", 126, "everybody to read"],
  "a key in a variable": [
    ...(["Deployment", `${main}.env.0.value`, "-----BEGIN PRIVATE KEY-----\nMIIE"] as const),
    ...([126, "looks like a private key"] as const),
  ],
};

const role = (rule: object, kind = "Role"): ClusterObject => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind, rules: [rule] },
  metadata: { name: "reader", namespace: "staging" },
});
const binding = (roleName: string, subject: object): ClusterObject => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  ...{ metadata: { name: "reader" }, roleRef: { kind: "ClusterRole", name: roleName }, subjects: [subject] },
});
const account = { kind: "ServiceAccount", name: "billing", namespace: "staging" };

/** Objects that a chart has no need of, and what would be wrong with them. */
const ofRoles: Readonly<Record<string, readonly [added: ClusterObject, control: number, problem: string]>> = {
  "everything by a *": [role({ apiGroups: [""], resources: ["*"], verbs: ["create"] }), 116, "has a `*`"],
  "what gives more than one has": [
    role({ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] }),
    ...([116, "may escalate"] as const),
  ],
  "the cluster": [binding("cluster-admin", account), 116, "the role cluster-admin"],
  "a role for everybody": [
    binding("reader", { kind: "Group", name: "system:authenticated" }),
    ...([116, "everybody in system:authenticated"] as const),
  ],
  "every secret of a namespace": [
    role({ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }),
    117,
    "every secret",
  ],
  "every secret of the cluster": [
    role({ resources: ["secrets"], verbs: ["watch"], resourceNames: ["one"] }, "ClusterRole"),
    ...([117, "every secret"] as const),
  ],
};

describe("the controls of what is in a cluster", () => {
  it("find nothing in what the service chart renders", () => {
    expect(violationsOf(rendered, context)).to.deep.equal([]);
    expect(rendered.map(({ kind }) => kind)).to.include.members(["Deployment", "Job", "NetworkPolicy"]);
  });

  for (const [what, [kind, path, value, control, problem]] of Object.entries({ ...ofPods, ...ofOthers })) {
    it(`find ${what}`, () => {
      const found = violationsOf(withChange(rendered, kind, path, value), context);
      const expected = found.filter((violation) => violation.control === control);
      expect(expected.map(({ problem: said }) => said).join("\n"), JSON.stringify(found)).to.contain(problem);
      // The socket of the engine is also a folder of the node.
      const others = found.filter((violation) => ![control, 113].includes(violation.control));
      expect(others).to.deep.equal([]);
    });
  }

  for (const [what, [added, control, problem]] of Object.entries(ofRoles)) {
    it(`find a role for ${what}`, () => {
      const [found, ...others] = violationsOf([...rendered, added], context);
      expect(found).to.include({ control });
      expect(found?.problem).to.contain(problem);
      expect(others).to.deep.equal([]);
    });
  }

  it("let a role read the secrets that it names", () => {
    const named = role({ apiGroups: [""], resources: ["secrets"], resourceNames: ["own"], verbs: ["get"] });
    expect(violationsOf([...rendered, named], context)).to.deep.equal([]);
  });

  it("let a pop-up have one pod of each, which no budget holds", () => {
    const one = withChange(rendered, "HorizontalPodAutoscaler", "spec.minReplicas", 1).filter(
      ({ kind }) => kind !== "PodDisruptionBudget",
    );
    expect(violationsOf(one, { ...context, available: false })).to.deep.equal([]);
    expect(violationsOf(one, context).map(({ control }) => control)).to.deep.equal([123]);
  });

  it("ask what is alone by its own word not to be apart from itself, and nobody else", () => {
    const without = withChange(rendered, "Deployment", `${pod}.topologySpreadConstraints`, undefined);
    const alone = withChange(without, "Deployment", "spec.strategy", { type: "Recreate" });
    const unscaled = (from: readonly ClusterObject[]) =>
      from.filter(({ kind }) => !["HorizontalPodAutoscaler", "PodDisruptionBudget"].includes(kind));
    const found = (from: readonly ClusterObject[]) =>
      violationsOf(from, { ...context, available: false }).map(({ control }) => control);
    expect(found(unscaled(alone))).to.deep.equal([]);
    expect(found(unscaled(without))).to.deep.equal([123, 123]);
    expect(found(alone)).to.deep.equal([123, 123]);
  });

  it("ask no step and no job for probes, and a bare pod for the rest", () => {
    const bare: ClusterObject = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "one", namespace: "staging" } },
      spec: {
        ...{ serviceAccountName: "one", automountServiceAccountToken: false },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [{ name: "main", image: "a:latest", securityContext: confined }],
      },
    };
    expect(violationsOf([bare], context).map(({ control }) => control)).to.deep.equal([
      120, 120, 121, 121, 121,
    ]);
  });

  it("have each fired above", () => {
    const fired = [
      ...Object.values({ ...ofPods, ...ofOthers }).map(([, , , control]) => control),
      ...Object.values(ofRoles).map(([, control]) => control),
      // Of namespaces, below.
      112,
    ];
    expect([...new Set(inClusterPolicies.map(({ control }) => control))]).to.deep.equal(
      [...new Set(fired)].sort((a, b) => a - b),
    );
  });
});

describe("the namespace that services run in", () => {
  let made: ClusterObject[];

  before(async () => {
    const objects = kubernetesObjects(await recordEnvironment("staging")) as unknown as ClusterObject[];
    // A release is no object, and what a chart renders is looked at above.
    made = objects.filter(({ kind, metadata }) => kind === "Namespace" || metadata?.namespace === "staging");
  });

  it("is as confined, as closed and as bounded as the controls ask", () => {
    expect(made.map(({ kind }) => kind)).to.include.members(["Namespace", "NetworkPolicy", "LimitRange"]);
    expect(violationsOf(made, context)).to.deep.equal([]);
  });

  const without = (drop: (object: ClusterObject) => boolean) => made.filter((object) => !drop(object));
  const found = (objects: readonly ClusterObject[]) =>
    violationsOf(objects, context).map(({ control, problem }) => `${control} ${problem}`);

  it("would be found without its levels, its closed door or its bounds", () => {
    const enforce = "pod-security.kubernetes.io/enforce";
    const [namespace] = made.filter(({ kind }) => kind === "Namespace");
    const labels = { ...namespace?.metadata.labels, [enforce]: "baseline" };
    expect(found(withChange(made, "Namespace", "metadata.labels", labels))).to.deep.equal([
      `112 set its labels ${enforce}: restricted and ${enforce}-version`,
    ]);
    expect(found(withChange(made, "Namespace", "metadata.labels", {}))).to.have.length(3);
    const [open = ""] = found(without(({ metadata }) => metadata.name === "deny-all"));
    expect(open).to.contain("114 what no policy names is let through");
    for (const bounds of ["ResourceQuota", "LimitRange"]) {
      expect(found(without(({ kind }) => kind === bounds))).to.deep.equal([
        `121 it has no ${bounds}; add one`,
      ]);
    }
  });
});
