/** What holds of namespaces, and of whom the network lets through in them. */
import { type ClusterObject, type ClusterPolicy, type Finding, nameOf } from "./policy";

const levels = ["enforce", "audit", "warn"];

interface Peer {
  readonly ipBlock?: { readonly cidr?: string };
  readonly namespaceSelector?: object;
}

interface NetworkPolicySpec {
  readonly podSelector: object;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly Peer[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[] }[];
}

/** Kinds that belong to a whole cluster, as far as charts or the program have them. */
const clusterWide = [
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "Namespace",
  "PriorityClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
];

const isEmpty = (block: object) => Object.keys(block).length === 0;
const specOf = (object: ClusterObject) => object["spec"] as NetworkPolicySpec;
const policiesIn = (objects: readonly ClusterObject[]) =>
  objects.filter(({ kind }) => kind === "NetworkPolicy");
const namespacesIn = (objects: readonly ClusterObject[]) =>
  objects.filter(({ kind }) => kind === "Namespace");

export const namespacePolicies: readonly ClusterPolicy[] = [
  {
    control: 112,
    title: "every namespace refuses pods below Pod Security's strictest level",
    sources: ["CIS GKE 4.2.1"],
    find: (objects) =>
      namespacesIn(objects).flatMap((namespace) =>
        levels.flatMap((mode) => {
          const label = `pod-security.kubernetes.io/${mode}`;
          const { [label]: level, [`${label}-version`]: version } = namespace.metadata.labels ?? {};
          if (level === "restricted" && version !== undefined) return [];
          return [
            { where: nameOf(namespace), problem: `set its labels ${label}: restricted and ${label}-version` },
          ];
        }),
      ),
  },
  {
    control: 114,
    title: "nobody calls anybody unless a policy names both",
    sources: ["CIS GKE 4.3.2"],
    find: (objects) => [
      ...namespacesIn(objects)
        .filter((namespace) => !policiesIn(objects).some((policy) => deniesAll(policy, namespace)))
        .map((namespace) => ({
          where: nameOf(namespace),
          problem:
            "what no policy names is let through; add a policy with an empty podSelector for Ingress and Egress",
        })),
      ...policiesIn(objects).flatMap(openings),
    ],
  },
  {
    control: 119,
    title: "every object says which namespace it is in, and none is in the default one",
    sources: ["CIS GKE 4.6.4", "CKV_K8S_21"],
    find: (objects) =>
      objects
        .filter(
          ({ kind, metadata }) =>
            !clusterWide.includes(kind) && (metadata.namespace ?? "default") === "default",
        )
        .map((object) => ({
          where: nameOf(object),
          problem:
            "it would be made in the default namespace, or in whichever one is at hand; set metadata.namespace",
        })),
  },
  {
    control: 121,
    title: "every namespace bounds what its pods may request, and gives limits to those that set none",
    sources: ["CIS GKE 4.6.1", "CKV_K8S_8-13"],
    find: (objects) =>
      namespacesIn(objects).flatMap((namespace) =>
        ["ResourceQuota", "LimitRange"]
          .filter((kind) => !objects.some((object) => object.kind === kind && isIn(object, namespace)))
          .map((kind) => ({ where: nameOf(namespace), problem: `it has no ${kind}; add one` })),
      ),
  },
];

const isIn = ({ metadata }: ClusterObject, namespace: ClusterObject) =>
  metadata.namespace === namespace.metadata.name;

function deniesAll(policy: ClusterObject, namespace: ClusterObject): boolean {
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = specOf(policy);
  return (
    isIn(policy, namespace) &&
    isEmpty(podSelector) &&
    ["Ingress", "Egress"].every((type) => policyTypes.includes(type)) &&
    ingress.length + egress.length === 0
  );
}

/** A rule that names nobody lets everybody through, and so does one that names every namespace or every address. */
function openings(policy: ClusterObject): Finding[] {
  const { ingress = [], egress = [] } = specOf(policy);
  const where = nameOf(policy);
  const open = (peers: readonly Peer[] | undefined) =>
    peers === undefined ||
    peers.length === 0 ||
    peers.some(({ namespaceSelector }) => namespaceSelector !== undefined && isEmpty(namespaceSelector));
  const fromAnywhere = (peers: readonly Peer[] | undefined) =>
    open(peers) || peers?.some(({ ipBlock }) => ipBlock?.cidr?.endsWith("/0"));
  return [
    ...ingress
      .filter(({ from }) => fromAnywhere(from))
      .map(() => ({ where, problem: "it lets everybody in; name who may call in `from`" })),
    ...egress
      .filter(({ to }) => open(to))
      .map(() => ({ where, problem: "it lets its pods call everybody; name whom in `to`" })),
  ];
}
