/** What nobody may do in a cluster by a role that we give. */
import { type ClusterObject, type ClusterPolicy, nameOf } from "./policy";

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
}

const rulesIn = (objects: readonly ClusterObject[]) =>
  objects
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
    .flatMap((role) => ((role["rules"] ?? []) as Rule[]).map((rule) => ({ role, rule })));

const bindingsIn = (objects: readonly ClusterObject[]) =>
  objects
    .filter(({ kind }) => kind === "RoleBinding" || kind === "ClusterRoleBinding")
    .map((binding) => ({
      binding,
      role: (binding["roleRef"] as { name: string }).name,
      subjects: (binding["subjects"] ?? []) as { kind: string; name: string }[],
    }));

const beyond = ["bind", "escalate", "impersonate"];

export const accessPolicies: readonly ClusterPolicy[] = [
  {
    control: 116,
    title: "nobody may do everything, give away more than they have, or be everybody",
    sources: ["CIS GKE 4.1.1", "CIS GKE 4.1.3", "CIS GKE 4.1.6-4.1.10", "CKV_K8S_49", "CKV_K8S_155-158"],
    find: (objects) => [
      ...rulesIn(objects).flatMap(({ role, rule: { apiGroups = [], resources = [], verbs = [] } }) => {
        const where = nameOf(role);
        return [
          ...([...apiGroups, ...resources, ...verbs].includes("*")
            ? [{ where, problem: "a rule of it has a `*`; name the groups, resources and verbs" }]
            : []),
          ...verbs
            .filter((verb) => beyond.includes(verb))
            .map((verb) => ({ where, problem: `whoever may ${verb} may do everything; take the verb out` })),
        ];
      }),
      ...bindingsIn(objects).flatMap(({ binding, role, subjects }) => {
        const where = nameOf(binding);
        return [
          ...(["cluster-admin", "admin", "edit"].includes(role)
            ? [{ where, problem: `it gives the role ${role}; write a role of what is needed` }]
            : []),
          ...subjects
            .filter(({ kind, name }) => kind === "Group" && name.startsWith("system:"))
            .map(({ name }) => ({ where, problem: `it is for everybody in ${name}; name an account` })),
        ];
      }),
    ],
  },
  {
    control: 117,
    title: "whoever reads Kubernetes' secrets reads those that a role names",
    sources: ["CIS GKE 4.1.2"],
    find: (objects) =>
      rulesIn(objects)
        .filter(({ rule: { resources = [], verbs = [] } }) => {
          const reads = verbs.some((verb) => ["get", "list", "watch", "*"].includes(verb));
          return reads && resources.some((resource) => ["secrets", "*"].includes(resource));
        })
        .filter(({ role, rule }) => role.kind === "ClusterRole" || (rule.resourceNames ?? []).length === 0)
        .map(({ role }) => ({
          where: nameOf(role),
          problem: "it reads every secret; use a Role with resourceNames, or mount what is needed as files",
        })),
  },
];
