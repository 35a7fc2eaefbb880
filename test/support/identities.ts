/** Who acts in pipelines and what each may do, read from what the program asks for. */
import { format, resolveConfig } from "prettier";

import type { Recording, Registration } from "./recorder";
import { stackFile } from "./settings";

/** The stacks by name; `ci` is among them. */
export type Recordings = Readonly<Record<string, Recording>>;

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const types = {
  account: "kubernetes:core/v1:ServiceAccount",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
};

const text = (value: unknown) => (typeof value === "string" ? value : "");
const metadataOf = ({ inputs }: Registration) => inputs["metadata"] as Metadata;

/** One row for each Kubernetes account of ci: who it is to Google, and all that it may do anywhere, as Markdown. */
export function identityTable(stacks: Recordings): string {
  const ci = stacks["ci"];
  if (!ci) throw new Error("the stack ci is missing");
  const rows = ci
    .all(types.account)
    .map(metadataOf)
    .map(({ name, namespace, annotations = {} }) => {
      const email = annotations["iam.gke.io/gcp-service-account"] ?? "";
      return [
        `\`${namespace}/${name}\``,
        email === "" ? "itself" : `\`${email.split("@")[0] ?? ""}\``,
        lines(googleRights(stacks, email, `/ns/${namespace}/sa/${name}`)),
        lines(clusterRights(ci, namespace, name)),
      ];
    })
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  const head = ["account in ci's cluster", "to Google", "may, at Google", "may, in ci's cluster"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function googleRights(stacks: Recordings, email: string, workload: string): string[] {
  const project = String(stackFile("ci").config["platform:projectNumber"]);
  const isMine = (member: string) =>
    member.endsWith(workload) ||
    (email !== "" && [`serviceAccount:${email}`, everyAccountOf(project)].includes(member));
  const rights = new Map<string, string[]>();
  for (const [stack, recording] of Object.entries(stacks)) {
    for (const { type, inputs } of recording.registrations) {
      if (!/IamMember$|IAMMember$/.test(type) || !isMine(text(inputs["member"]))) continue;
      const role = text(inputs["role"]).replace(/^(projects\/[^/]+\/)?roles\//, "");
      rights.set(role, [...(rights.get(role) ?? []), thingOf(inputs, stack)]);
    }
  }
  return [...rights].map(([role, things]) => `\`${role}\` on ${things.sort().join(", ")}`);
}

/** As which every service account of a project is a member. */
const everyAccountOf = (projectNumber: string) =>
  `principalSet://cloudresourcemanager.googleapis.com/projects/${projectNumber}/type/ServiceAccount`;

/** What a role is given on: a repository, a secret, or the whole project of a stack. */
function thingOf(inputs: Registration["inputs"], stack: string): string {
  const last = (key: string) => text(inputs[key]).split("/").at(-1) ?? "";
  if (last("repository") !== "") return `repository \`${last("repository")}\``;
  if (last("secretId") !== "") return `secret \`${last("secretId")}\``;
  const condition = (inputs["condition"] as { title?: string } | undefined)?.title;
  return `project of ${stack}${condition === undefined ? "" : `, ${condition}`}`;
}

function clusterRights(ci: Recording, namespace: string, name: string): string[] {
  return ci
    .all(types.binding)
    .filter(({ inputs }) =>
      (inputs["subjects"] as Metadata[]).some((one) => one.name === name && one.namespace === namespace),
    )
    .flatMap((binding) => {
      const where = metadataOf(binding).namespace;
      const role = ci
        .all(types.role)
        .find(
          (one) => metadataOf(one).namespace === where && metadataOf(one).name === metadataOf(binding).name,
        );
      const rules = (role?.inputs["rules"] ?? []) as { resources: string[]; verbs: string[] }[];
      return rules.map(
        ({ resources, verbs }) => `${verbs.join(", ")} ${resources.join(", ")} in \`${where}\``,
      );
    });
}

function lines(all: readonly string[]): string {
  return all.length === 0 ? "nothing" : [...new Set(all)].sort().join("<br>");
}

const markers = [
  "<!-- identities, written by npm run inventory -->\n",
  "<!-- end of identities -->\n",
] as const;

/** A document with the table in its place, which two comments mark. */
export async function withIdentities(document: string, table: string): Promise<string> {
  const [begin, end] = markers;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error("the document has no place for the table of identities");
  const whole = `${document.slice(0, from + begin.length)}\n${table}\n${document.slice(to)}`;
  return format(whole, { ...(await resolveConfig(__filename)), parser: "markdown" });
}
