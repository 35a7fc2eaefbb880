/** What an edit of the program or its settings does to every resource, as a pull request shows it. */
import { expect } from "chai";

import { type Comparison, openComparison, type StackComparison } from "../../cli/preview/comparison";
import type { ResourceChange } from "../../cli/plan/plan";
import { baseOf } from "../../cli/preview/repository";
import { findEngine } from "../../local/engine/find";
import { temporaryFolder } from "../support/plan-world";
import { type ProgramRepository, programRepository } from "../support/program-repository";

/** Resources of each stack before the edit, as the inventories list them. */
const size: Readonly<Record<string, number>> = { ci: 243, staging: 253, production: 254 };

/**
 * `action Type name`, with a component's type in (). `!` where the engine refuses it, `#` where the provider does when
 * it is to be deleted, `?` where a guard is off afterwards, `<` where the old one goes before the new one is there.
 */
function verdictsOf({ plan }: StackComparison): string[] {
  return (plan?.changes ?? []).map(({ action, type, name, refusedBy, losesGuard, oldFirst }) => {
    const short = type.slice(type.lastIndexOf(":") + 1);
    const marks = [
      ...(refusedBy ? [refusedBy === "engine" ? "!" : "#"] : []),
      ...(losesGuard ? ["?"] : []),
      ...(oldFirst ? ["<"] : []),
    ];
    return [action, type.startsWith("platform:") ? `(${short})` : short, name, ...marks].join(" ");
  });
}

const alertGone = (alert: string) => `delete AlertPolicy billing-${alert}`;

/** Whole line of a service that runs in production. */
const released = "billing: { version: 1.4.1, by: jenkins, build: billing/main/38 }\n";

const inputsOf = ({ properties }: ResourceChange) => properties.map(({ path }) => path);

interface Edit {
  readonly of: string;
  readonly stack?: string;
  readonly edit: (program: ProgramRepository) => void;
  readonly verdicts: readonly string[];
  /** Paths of all inputs that differ, where it matters that there are no others. */
  readonly inputs?: readonly string[];
}

const pool = (key: string, value: unknown) => (program: ProgramRepository) =>
  program.set("production", value, "platform:cluster", "pools", "services", key);
const database = (key: string, value: unknown) => (program: ProgramRepository) =>
  program.set("production", value, "platform:database", key);

const describeCluster = (program: ProgramRepository) =>
  program.edit(
    "components/cluster.ts",
    "resourceLabels: args.labels,",
    'resourceLabels: args.labels, description: "x",',
  );
const describeNetwork = (program: ProgramRepository) =>
  program.edit(
    "components/network.ts",
    "autoCreateSubnetworks: false,",
    'autoCreateSubnetworks: false, description: "x",',
  );

const services = ["authentication", "billing", "messaging", "routing"];
const workloads = [
  "replace HTTPRoute public-redirect",
  "replace GCPGatewayPolicy public-tls",
  ...["authentication", "billing", "messaging", "migrator", "routing"].map(
    (name) => `replace IAMMember ${name}-workload`,
  ),
];

const releases = [...services, "webhooks"].map((name) => `replace Release ${name}`);
const waysToCaches = ["replace NetworkPolicy authentication", "replace NetworkPolicy messaging"];
const cacheConnections = [
  "replace IAMMember authentication-memorystore-dbconnectionuser",
  "replace IAMMember messaging-memorystore-dbconnectionuser",
  "replace ServiceConnectionPolicy main",
];

/** What holds for the pods of a namespace, and for all pods, in the order in which a plan has them. */
const inNamespace = [
  "replace ServiceAccount migrator",
  "replace LimitRange services",
  "replace ResourceQuota services",
  "replace ServiceAccountPatch services",
  ...[
    "allow-database",
    "allow-dns",
    "allow-internet",
    "allow-load-balancers",
    "allow-metadata-server",
    "allow-metrics",
    "deny-all",
  ].map((policy) => `replace NetworkPolicy services-${policy}`),
  "replace ValidatingAdmissionPolicy services",
  "replace ValidatingAdmissionPolicyBinding services",
];
const classesAndAccounts = [
  ...["batch", "platform", "standard"].map((name) => `replace PriorityClass ${name}`),
  "replace SecretIamMember webhooks-webhook-signing-key",
  ...[...services, "webhooks"].map((name) => `replace ServiceAccount ${name}`),
  "replace StorageClass platform-standard",
];
const oldFirst = (verdicts: readonly string[]) => verdicts.map((verdict) => `${verdict} <`);

const logins = ["authentication", "billing", "main-migrator", "messaging", "routing"];

const caches = ["authentication", "messaging"];
const secrets = [
  "authentication-signing-key",
  "billing-payment-provider-key",
  "webhooks-webhook-signing-key",
];

/** What loses its protection with the lifecycle, besides the cluster. */
const openAfter = [
  "same RandomId main ?",
  ...services.map((name) => `update Database ${name} ?`),
  "update DatabaseInstance main ?",
  "update Address main ?",
  "update ManagedZone main ?",
  "same RandomId main ?",
  "same (DeletionGuard) environment ?",
  "update CryptoKey secrets ?",
  "same KeyRing secrets ?",
  "same RandomId secrets ?",
  "update GlobalAddress public ?",
  "update Address main-egress-1 ?",
  "update Address main-egress-2 ?",
  "update Network main ?",
  "update Subnetwork main ?",
  "update CertificateMap public ?",
  "update ManagedZone public ?",
  ...secrets.map((name) => `update Secret ${name} ?`),
];

const edits: readonly Edit[] = [
  {
    of: "a pool's machine type",
    edit: pool("machineType", "e2-standard-16"),
    verdicts: ["update NodePool services", "update ResourceQuota services"],
  },
  { of: "a pool's disk", edit: pool("diskGb", 200), verdicts: ["update NodePool services"] },
  { of: "a pool to spot", edit: pool("spot", true), verdicts: ["replace NodePool services"] },
  {
    of: "a pool's service account",
    edit: (program) =>
      program.edit(
        "components/node-pool.ts",
        "serviceAccount: args.serviceAccount,",
        'serviceAccount: "other@acme-production.iam.gserviceaccount.com",',
      ),
    verdicts: ["replace NodePool services"],
  },
  {
    of: "the pools: one more",
    edit: (program) =>
      program.set(
        "production",
        { machineType: "e2-standard-4", spot: true, minNodes: 0, maxNodes: 5 },
        "platform:cluster",
        "pools",
        "batch",
      ),
    verdicts: ["update ResourceQuota services", "create NodePool batch", "create (NodePool) batch"],
  },
  {
    of: "the database's version",
    edit: database("version", "POSTGRES_17"),
    verdicts: ["update DatabaseInstance main"],
  },
  {
    of: "the database's tier",
    edit: database("tier", "db-custom-8-30720"),
    verdicts: ["update DatabaseInstance main"],
  },
  {
    of: "the database's region",
    edit: (program) =>
      program.edit(
        "environments/delivery.ts",
        "region,\n      network: ground.network.id",
        'region: "europe-west4",\n      network: ground.network.id',
      ),
    verdicts: [
      ...services.map((name) => `replace Database ${name} ! <`),
      "replace DatabaseInstance main !",
      "replace Address main ! <",
      "replace ManagedZone main ! <",
      "replace RandomId main !",
      "replace ForwardingRule main <",
      "replace RecordSet main <",
      ...logins.map((name) => `replace User ${name} <`),
      ...logins.flatMap((name) => [
        `replace IAMMember ${name}-cloudsql-client`,
        `replace IAMMember ${name}-cloudsql-instanceuser`,
      ]),
      "update NetworkPolicy services-allow-database",
      ...services.map((name) => `update Release ${name}`),
    ],
  },
  {
    of: "the names of the database's logins",
    edit: (program) =>
      program.edit(
        "components/database-login.ts",
        'account.email.apply((email) => email.replace(/\\.gserviceaccount\\.com$/, ""))',
        'account.email.apply((email) => email.replace(/\\.gserviceaccount\\.com$/, ".x"))',
      ),
    verdicts: [
      ...logins.map((name) => `replace User ${name} <`),
      ...services.map((name) => `update Release ${name}`),
    ],
  },
  {
    of: "the network's description",
    edit: describeNetwork,
    verdicts: [
      ...caches.map((name) => `replace Instance ${name} ! <`),
      "replace Cluster main ! <",
      "replace Address main ! <",
      "replace Gateway public <",
      "replace Namespace services <",
      "replace Network main ! <",
      "replace Subnetwork main ! <",
      ...oldFirst([...releases, ...waysToCaches, ...cacheConnections]),
      "replace NodePool services <",
      "replace kubernetes main <",
      "replace ForwardingRule main <",
      ...oldFirst([...workloads, ...inNamespace]),
      "replace Router main <",
      "replace RouterNat main <",
      ...oldFirst(classesAndAccounts),
      "update ManagedZone main",
      "update RecordSet main",
      "update Firewall main-load-balancers",
      "update Policy main",
    ],
  },
  {
    of: "the cluster's description",
    edit: describeCluster,
    verdicts: [
      "replace Cluster main !",
      "replace Gateway public",
      "replace Namespace services",
      ...releases,
      ...waysToCaches,
      "replace NodePool services",
      "replace kubernetes main",
      ...workloads,
      ...inNamespace,
      ...classesAndAccounts,
    ],
  },
  {
    of: "the release channel",
    edit: (program) => program.set("production", "REGULAR", "platform:cluster", "releaseChannel"),
    verdicts: ["update Cluster main"],
  },
  {
    of: "the id of a registry",
    stack: "ci",
    edit: (program) =>
      program.edit(
        "components/repository.ts",
        "repositoryId: name,",
        'repositoryId: name === "charts" ? "helm" : name,',
      ),
    verdicts: [
      "replace Repository charts !",
      "replace RepositoryIamMember charts-200000000001",
      "replace RepositoryIamMember charts-builder",
    ],
  },
  {
    of: "the id of a registry, and one reader of it gone",
    stack: "ci",
    edit: (program) => {
      program.edit(
        "components/repository.ts",
        "repositoryId: name,",
        'repositoryId: name === "charts" ? "helm" : name,',
      );
      program.edit(
        "components/repository.ts",
        "for (const reader of args.readers) {",
        'for (const reader of name === "charts" ? [] : args.readers) {',
      );
    },
    verdicts: [
      "replace Repository charts !",
      "replace RepositoryIamMember charts-builder",
      "delete RepositoryIamMember charts-200000000001",
    ],
  },
  {
    of: "the name of one registry",
    stack: "ci",
    edit: (program) => program.edit("components/registry.ts", 'shelf("charts"', 'shelf("helm"'),
    verdicts: [
      "delete Repository charts !",
      "delete RepositoryIamMember charts-200000000001",
      "delete RepositoryIamMember charts-builder",
      "delete (Repository) charts",
      "create Repository helm",
      "create RepositoryIamMember helm-200000000001",
      "create RepositoryIamMember helm-builder",
      "create (Repository) helm",
    ],
  },
  {
    of: "the clean-up of the registries",
    stack: "ci",
    edit: (program) => program.set("ci", 60, "platform:registry", "releasesKept"),
    verdicts: ["update Repository charts", "update Repository eu.gcr.io", "update Repository images"],
  },
  {
    of: "the catalogue: a new service",
    edit: (program) =>
      program.write(
        "catalog/services/search.yaml",
        "owner: search-team\nrepository: https://git.example/a\nstores: [postgres]\n",
      ),
    verdicts: [
      "create Database search",
      "create User search",
      "create IAMMember search-cloudsql-client",
      "create IAMMember search-cloudsql-instanceuser",
      "create (ProjectGrant) search",
      "create (DatabaseLogin) search",
      "create Account search",
      "create IAMMember search-workload",
      "create (Identity) search",
      "create ServiceAccount search",
      "create (KubernetesAccount) search",
      "create (Service) search",
    ],
  },
  {
    of: "the catalogue: a service gone",
    edit: (program) => {
      program.remove("catalog/services/billing.yaml");
      program.edit("catalog/releases/production.yaml", released, "");
    },
    verdicts: [
      "delete Database billing !",
      "delete Account billing",
      "delete Secret billing-payment-provider-key !",
      "delete Release billing",
      "delete User billing",
      "delete IAMMember billing-cloudsql-client",
      "delete IAMMember billing-cloudsql-instanceuser",
      "delete (ProjectGrant) billing",
      "delete (DatabaseLogin) billing",
      "delete IAMMember billing-workload",
      "delete (Identity) billing",
      ...["errors-page", "errors-ticket", "latency-page", "latency-ticket"].map(alertGone),
      ...["saturation-ticket", "uptime-page", "uptime-ticket"].map(alertGone),
      "delete Dashboard billing",
      "delete UptimeCheckConfig billing",
      "delete (Monitoring) billing",
      "delete SecretIamMember billing-payment-provider-key",
      "delete (Secrets) billing",
      "delete ServiceAccount billing",
      "delete (KubernetesAccount) billing",
      "delete (Service) billing",
      // It lets its callers in, and billing was one.
      "update Release authentication",
    ],
  },
  {
    of: "the catalogue: a service retired",
    edit: (program) => program.edit("catalog/services/billing.yaml", "stores:", "retired: true\nstores:"),
    verdicts: ["update Database billing ?", "update Secret billing-payment-provider-key ?"],
  },
  {
    of: "the releases: another version of one service",
    stack: "staging",
    edit: (program) => program.edit("catalog/releases/staging.yaml", "version: 1.4.2", "version: 1.4.3"),
    verdicts: ["update Release billing"],
    inputs: ["version"],
  },
  {
    of: "a label",
    edit: (program) => program.set("production", "other-team", "platform:owner"),
    verdicts: [
      "update Instance authentication",
      "update Instance messaging",
      "update ServiceConnectionPolicy main",
      "update Cluster main",
      "update NodePool services",
      "update DatabaseInstance main",
      "update Address main",
      "update ForwardingRule main",
      "update ManagedZone main",
      "update CryptoKey secrets",
      "update GlobalAddress public",
      "update Address main-egress-1",
      "update Address main-egress-2",
      "update gcp project-google",
      "update Certificate public",
      "update CertificateMap public",
      "update CertificateMapEntry public-apex",
      "update CertificateMapEntry public-wildcard",
      "update DnsAuthorization public",
      "update ManagedZone public",
      ...secrets.map((name) => `update Secret ${name}`),
    ],
  },
  {
    of: "a label inside the cluster",
    stack: "staging",
    edit: (program) =>
      program.edit(
        "components/namespace.ts",
        "podSecurityLabels(args.pods.level)",
        'podSecurityLabels("privileged")',
      ),
    verdicts: ["update Namespace services"],
  },
  {
    of: "a comment",
    edit: (program) =>
      program.edit("components/network.ts", "export class Network", "// a word\nexport class Network"),
    verdicts: [],
  },
  {
    of: "a secret",
    edit: (program) => program.edit("Pulumi.production.yaml", "secure: ZXhh", "secure: QQQh"),
    verdicts: ["update NotificationChannel platform-slack"],
  },
  {
    of: "the lifecycle",
    edit: (program) => program.set("production", "disposable", "platform:lifecycle"),
    verdicts: [
      ...caches.map((name) => `update Instance ${name} ?`),
      "update Cluster main ?",
      ...openAfter,
      "update NodePool services",
    ],
  },
  {
    of: "the lifecycle, and the cluster's description with it",
    edit: (program) => {
      program.set("production", "disposable", "platform:lifecycle");
      describeCluster(program);
    },
    verdicts: [
      "replace Cluster main # ?",
      "replace Gateway public",
      "replace Namespace services",
      ...releases,
      ...caches.map((name) => `update Instance ${name} ?`),
      ...openAfter,
      ...waysToCaches,
      "replace NodePool services",
      "replace kubernetes main",
      ...workloads,
      ...inNamespace,
      ...classesAndAccounts,
    ],
  },
  {
    of: "the lifecycle, and the network's description with it",
    edit: (program) => {
      program.set("production", "disposable", "platform:lifecycle");
      describeNetwork(program);
    },
    verdicts: [
      ...caches.map((name) => `replace Instance ${name} ! ? <`),
      "replace Cluster main ! ? <",
      "replace Address main ! ? <",
      "replace Gateway public <",
      "replace Namespace services <",
      "replace Network main # ? <",
      "replace Subnetwork main ! ? <",
      ...oldFirst(releases),
      ...openAfter.filter((verdict) => !/ (Address main|Network main|Subnetwork main) /.test(verdict)),
      ...oldFirst([...waysToCaches, ...cacheConnections]),
      "replace NodePool services <",
      "replace kubernetes main <",
      "replace ForwardingRule main <",
      ...oldFirst([...workloads, ...inNamespace]),
      "replace Router main <",
      "replace RouterNat main <",
      ...oldFirst(classesAndAccounts),
      "update RecordSet main",
      "update Firewall main-load-balancers",
      "update Policy main",
    ],
  },
];

describe("an edit of", () => {
  let program: ProgramRepository;
  let comparison: Comparison;

  before(async () => {
    program = programRepository();
    const engine = await findEngine();
    const base = await baseOf(program.folder, "HEAD");
    const cache = temporaryFolder("platform-cache-");
    comparison = openComparison({ checkout: program.folder, base, engine, cache });
  });
  after(() => comparison.close());
  afterEach(() => program.reset());

  for (const { of, stack = "production", edit, verdicts, inputs } of edits) {
    it(`${of} has the right verdict for every resource`, async () => {
      edit(program);
      const compared = await comparison.stack(stack, () => undefined);
      expect(verdictsOf(compared)).to.deep.equal(verdicts);
      if (inputs) expect(compared.plan?.changes.flatMap(inputsOf)).to.deep.equal(inputs);
      const before = compared.plan?.changes.filter(({ action }) => action !== "create") ?? [];
      expect((compared.plan?.unchanged ?? 0) + before.length).to.equal(size[stack]);
      const refused = compared.plan?.changes.some(({ refusedBy }) => refusedBy === "engine") ?? false;
      expect(compared.refusals.length > 0).to.equal(refused);
    });
  }
});
