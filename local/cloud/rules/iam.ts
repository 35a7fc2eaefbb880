/** Enabled APIs, service agents, service accounts and grants on projects and accounts. */
import { fullId, memberRule } from "./members";
import { textAt } from "./read";
import { deletionPolicy, flag, list, oneOf, project, text, type Rule, type Surroundings } from "./shape";

/**
 * The accounts that Google's services work under in a project, by the API that owns them. A `ServiceIdentity` makes
 * the account at once; otherwise it appears when the service first needs it.
 */
export const serviceAgents: ReadonlyMap<string, string> = new Map([
  ["artifactregistry.googleapis.com", "gcp-sa-artifactregistry"],
  ["binaryauthorization.googleapis.com", "gcp-sa-binaryauthorization"],
  ["cloudkms.googleapis.com", "gcp-sa-cloudkms"],
  ["compute.googleapis.com", "compute-system"],
  ["container.googleapis.com", "container-engine-robot"],
  ["containeranalysis.googleapis.com", "container-analysis"],
  ["dns.googleapis.com", "gcp-sa-dns"],
  ["gkebackup.googleapis.com", "gcp-sa-gkebackup"],
  ["gkehub.googleapis.com", "gcp-sa-gkehub"],
  ["logging.googleapis.com", "gcp-sa-logging"],
  ["memorystore.googleapis.com", "gcp-sa-memorystore"],
  ["monitoring.googleapis.com", "gcp-sa-monitoring-notification"],
  ["networkconnectivity.googleapis.com", "gcp-sa-networkconnectivity"],
  ["pubsub.googleapis.com", "gcp-sa-pubsub"],
  ["redis.googleapis.com", "cloud-redis"],
  ["secretmanager.googleapis.com", "gcp-sa-secretmanager"],
  ["servicenetworking.googleapis.com", "service-networking"],
  ["sqladmin.googleapis.com", "gcp-sa-cloud-sql"],
]);

const service: Rule = {
  kind: "projects/service:Service",
  id: "{project}/{service}",
  adopts: true,
  inputs: {
    project: project(),
    service: text({
      required: true,
      replaces: true,
      pattern: /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/,
      rule: "a domain such as container.googleapis.com",
    }),
    disableDependentServices: flag(),
    // Unset since version 9 of the package means that the API stays on.
    disableOnDestroy: flag(),
    checkIfServiceHasUsageOnDestroy: flag(),
    deletionPolicy: deletionPolicy(),
  },
  computed: [],
  staysOnDelete: (inputs) => inputs["disableOnDestroy"] !== true,
  takes: { create: 20, remove: 20 },
  source: "terraform-provider-google resource_google_project_service",
};

const serviceIdentity: Rule = {
  kind: "projects/serviceIdentity:ServiceIdentity",
  id: "projects/{project}/services/{service}",
  adopts: true,
  inputs: {
    project: project(),
    service: text({ required: true, replaces: true }),
  },
  computed: ["email", "member"],
  outputs: ({ inputs }, around) => {
    const email = agentAddress(textAt(inputs, "service") ?? "", around);
    return { email, member: `serviceAccount:${email}` };
  },
  refuses: (inputs) =>
    serviceAgents.has(textAt(inputs, "service") ?? "")
      ? []
      : [`service: no service agent of ${textAt(inputs, "service")} is known here`],
  // The provider only forgets the agent, Google keeps it.
  staysOnDelete: () => true,
  takes: { create: 5 },
  source: "terraform-provider-google-beta resource_project_service_identity",
};

const agentAddress = (service: string, around: Surroundings): string =>
  `service-${around.project.number}@${serviceAgents.get(service) ?? "unknown"}.iam.gserviceaccount.com`;

const account: Rule = {
  kind: "serviceaccount/account:Account",
  api: "iam.googleapis.com",
  id: "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
  autonamed: "accountId",
  inputs: {
    accountId: text({
      required: true,
      replaces: true,
      pattern: /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/,
      rule: "6-30 lower case letters, digits and dashes, starting with a letter",
    }),
    project: project(),
    displayName: text({ maxLength: 100 }),
    description: text({ maxLength: 256 }),
    disabled: flag({ default: false }),
    createIgnoreAlreadyExists: flag({ providerOnly: true }),
    deletionPolicy: deletionPolicy(),
  },
  computed: ["email", "member", "name", "uniqueId"],
  outputs: ({ id, inputs }, around) => {
    const email = `${textAt(inputs, "accountId")}@${around.project.id}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}`, name: id, uniqueId: `1${around.number(20, id)}` };
  },
  takes: { create: 5, update: 2, remove: 3 },
  source: "terraform-provider-google resource_google_service_account",
};

/** Deleted ones can be taken back for a week and are gone after 37 days; the provider takes them back. */
const customRole: Rule = {
  kind: "projects/iAMCustomRole:IAMCustomRole",
  api: "iam.googleapis.com",
  id: "projects/{project}/roles/{roleId}",
  inputs: {
    project: project(),
    roleId: text({
      required: true,
      replaces: true,
      pattern: /^[A-Za-z0-9_.]{3,64}$/,
      rule: "3-64 letters, digits, underscores and periods",
    }),
    title: text({ required: true, maxLength: 100 }),
    description: text({ maxLength: 256 }),
    permissions: list(
      text({
        pattern: /^[a-z][a-zA-Z0-9]*(\.[a-zA-Z0-9]+){2,}$/,
        rule: "a permission such as cloudsql.instances.get",
      }),
      { required: true, unordered: true },
    ),
    stage: oneOf(["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"], { default: "GA" }),
    deletionPolicy: deletionPolicy(),
  },
  computed: ["deleted", "name"],
  outputs: ({ id }) => ({ deleted: false, name: id }),
  takes: { create: 2, update: 2, remove: 2 },
  source: "terraform-provider-google resource_google_project_iam_custom_role",
};

export const iam: readonly Rule[] = [
  service,
  serviceIdentity,
  customRole,
  memberRule({
    kind: "projects/iAMMember:IAMMember",
    api: "cloudresourcemanager.googleapis.com",
    on: { project: text({ required: true, replaces: true }) },
    onId: (inputs) => textAt(inputs, "project") ?? "",
  }),
  account,
  memberRule({
    kind: "serviceaccount/iAMMember:IAMMember",
    api: "iam.googleapis.com",
    on: {
      serviceAccountId: text({
        required: true,
        replaces: true,
        pattern: /^projects\/[^/]+\/serviceAccounts\/[^/]+$/,
        rule: "projects/{project}/serviceAccounts/{email}",
        reference: {
          kinds: ["serviceaccount/account:Account"],
          partOf: true,
          unless: /-compute@developer\.gserviceaccount\.com$/,
        },
      }),
    },
    onId: (inputs) => fullId(textAt(inputs, "serviceAccountId") ?? ""),
  }),
];
