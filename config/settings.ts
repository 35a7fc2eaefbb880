import { z } from "zod";

import { isSlice, popupSlices } from "./addresses";
import { crossRules, isBlock } from "./cross-rules";
import { regions } from "./regions";
import { exactVersion } from "./version";
import { overridable } from "./service";

/** Namespace of our keys in `Pulumi.STACK.yaml`: the project's name in `Pulumi.yaml`. */
export const namespace = "platform";

/** Keys whose values are encrypted in the stack file and never shown. */
export const secretKeys: readonly string[] = ["slackToken"];

const projectId = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    "6-30 lower case letters, digits and dashes, starting with a letter",
  );
const projectNumber = z
  .string()
  .regex(/^[1-9][0-9]{5,18}$/, "the project's number: digits only (gcloud projects describe PROJECT)");
const serviceAccountEmail = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z][a-z0-9-]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com$/,
    "a service account's address: ACCOUNT@PROJECT.iam.gserviceaccount.com",
  );
const dashedName = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[a-z]([-a-z0-9]{0,${longest - 2}}[a-z0-9])?$`),
      `1-${longest} lower case letters, digits and dashes, starting with a letter`,
    );

const pool = z
  .strictObject({
    machineType: z
      .string()
      .regex(
        /^[a-z][a-z0-9]*-((standard|highmem|highcpu)-[1-9][0-9]*|custom-[1-9][0-9]*-[1-9][0-9]*|medium|small|micro)(-[a-z0-9]+)*$/,
        "a Compute Engine machine type, for example e2-standard-4",
      )
      .describe("Compute Engine machine type. Changed in place, node by node."),
    spot: z
      .boolean()
      .describe("Spare capacity at a fraction of the price, taken away at any time. Replaces the pool."),
    minNodes: z.int().min(0).max(1000).describe("Nodes that always run, over all zones together."),
    maxNodes: z.int().min(1).max(1000).describe("Nodes the autoscaler may reach, over all zones together."),
    diskGb: z.int().min(20).max(2000).default(50).describe("Boot disk of each node, in GB."),
    taint: dashedName(63)
      .optional()
      .describe("Only pods that tolerate `dedicated=VALUE:NoSchedule` run here."),
  })
  .refine((value) => value.minNodes <= value.maxNodes, {
    error: "minNodes is above maxNodes; lower minNodes or raise maxNodes",
    path: ["minNodes"],
    when: ({ value }) => areNumbers(value, "minNodes", "maxNodes"),
  });

const cluster = z.strictObject({
  location: z
    .string()
    .regex(/^[a-z]+-[a-z]+[0-9](-[a-f])?$/, "a region (europe-west1) or a zone (europe-west1-b)")
    .describe("A region for a control plane in three zones, a zone for one. Replaces the cluster."),
  releaseChannel: z
    .enum(["RAPID", "REGULAR", "STABLE"])
    .describe("How early GKE upgrades arrive; production never has an earlier channel than staging."),
  maintenance: z
    .strictObject({
      start: z.iso
        .datetime({
          offset: false,
          precision: 0,
          error: 'a UTC time in quotes, for example "2026-01-06T02:00:00Z"',
        })
        .describe("First window, in UTC; GKE keeps a permanent difference for other forms."),
      hours: z
        .int()
        .min(4)
        .max(24)
        .describe("Length of a window; GKE counts only stretches of 4 hours or more."),
      days: z
        .array(z.enum(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
        .min(2)
        .describe("Days with a window; together they must make 48 hours in 32 days."),
    })
    .refine(({ hours, days }) => hours * new Set(days).size >= 12, {
      error: "GKE wants 48 hours in 32 days, which is 12 hours a week; add days or hours",
      path: ["days"],
    })
    .describe("When GKE may upgrade the control plane and nodes."),
  secretsEncryption: z
    .enum(["kms", "google"])
    .describe(
      "`kms`: Kubernetes secrets are encrypted with a key of this environment. A key ring can never be deleted.",
    ),
  podsPerNode: z
    .union([z.literal(32), z.literal(64), z.literal(110)])
    .describe("Pods a node may run. Replaces pools."),
  securityGroup: z
    .string()
    .regex(/^gke-security-groups@[a-z0-9.-]+$/, "GKE takes only a group called gke-security-groups@DOMAIN")
    .optional()
    .describe("Google group whose member groups may be named in RBAC."),
  pools: z
    .record(dashedName(15), pool)
    .refine((value) => Object.keys(value).length > 0, "at least one node pool")
    .describe("Node pools by name."),
});

const database = z.strictObject({
  version: z
    .enum(["POSTGRES_16", "POSTGRES_17", "POSTGRES_18"])
    .describe("Raised in place by a major upgrade that cannot be undone."),
  tier: z
    .string()
    .regex(
      /^db-(custom-[0-9]+-[0-9]+|f1-micro|g1-small)$/,
      "db-custom-CPUS-MEGABYTES, db-g1-small or db-f1-micro",
    )
    .describe("Machine size. A change restarts the instance."),
  highAvailability: z.boolean().describe("A standby in a second zone."),
  diskGb: z
    .int()
    .min(10)
    .max(10000)
    .describe("First size of the disk in GB; it grows by itself, never shrinks."),
  maxDiskGb: z.int().min(10).max(64000).describe("Where growth stops, in GB."),
  updateTrack: z
    .enum(["canary", "stable", "week5"])
    .describe(
      "How early maintenance arrives: a week's notice, two or five; production never before staging.",
    ),
  backupsKept: z.int().min(7).max(365).describe("Daily backups kept."),
  keepBackups: z
    .boolean()
    .describe("A deleted instance leaves its backups and a last one; unprotecting does not change that."),
});

const alerts = z.strictObject({
  email: z.email().describe("Where alerts go."),
  slackChannel: z
    .string()
    .regex(/^#[a-z0-9_-]{1,79}$/, "a channel's name with its #, for example #platform-alerts")
    .describe("Slack channel for alerts; needs the secret `slackToken`."),
});

const services = z.strictObject({
  releases: dashedName(40).describe(
    "File of catalog/releases that says which version of each service runs here, without its .yaml.",
  ),
  versions: z
    .record(dashedName(40), exactVersion)
    .optional()
    .describe(
      "Versions that run here instead of those of the file; only where nothing is kept, since what lives for good " +
        "is changed by its file alone.",
    ),
  overrides: z.enum(overridable).describe("Block of `environments` in catalogue entries that counts here."),
  charts: z
    .string()
    .regex(
      /^oci:\/\/[a-z0-9-]+-docker\.pkg\.dev\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/[a-z][a-z0-9-]*$/,
      "oci://LOCATION-docker.pkg.dev/PROJECT/REPOSITORY",
    )
    .describe("Repository that the charts of services are installed from (made by ci)."),
});

const domain = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    "a domain in lower case, for example staging.acme.example",
  );

const gateway = z.strictObject({
  domain: domain.describe("Services are reached below it: HOST.DOMAIN."),
  shared: z
    .strictObject({
      zone: dashedName(63).describe("Cloud DNS zone of the domain."),
      certificateMap: dashedName(63).describe("Certificate Manager map with a certificate for *.DOMAIN."),
    })
    .optional()
    .describe(
      "Zone and certificates that environments of this project share; hosts are then HOST-STACK.DOMAIN. " +
        "Left out: the environment makes its own.",
    ),
});

const cache = z.strictObject({
  nodeType: z
    .enum(["SHARED_CORE_NANO", "STANDARD_SMALL", "HIGHMEM_MEDIUM", "HIGHMEM_XLARGE"])
    .describe("Size of each node. A change replaces nodes one by one."),
  replicas: z.int().min(0).max(5).describe("Copies in other zones that take over when the primary is lost."),
});

const budget = z.strictObject({
  billingAccount: z
    .string()
    .regex(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "a billing account, XXXXXX-XXXXXX-XXXXXX in hex digits")
    .describe("Account that pays for the project."),
  monthly: z.int().min(1).max(1_000_000).describe("What a month may cost before there is an alert."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capital letters, for example EUR")
    .describe("Currency of the billing account; Google refuses another."),
});

/** What every environment is and whose. */
const identity = {
  project: projectId.describe("Google Cloud project of this environment; pop-ups share one."),
  projectNumber,
  region: z.enum(regions).describe("Region of everything that has one."),
  lifecycle: z
    .enum(["protected", "disposable"])
    .describe(
      "`protected`: what holds data, names or addresses cannot be deleted. `disposable`: nothing is kept.",
    ),
  customerData: z
    .boolean()
    .describe("Holds data of customers: dropping the protection must be asked for twice."),
  owner: dashedName(63).describe("Team that answers for it, as a label."),
};

/** Where an environment's workloads run. */
const place = {
  network: z.strictObject({
    addresses: z
      .string()
      .refine(isSlice, `allowed: ci, staging, production, or popup-0 to popup-${popupSlices - 1}`)
      .describe("Slice of the address plan (config/addresses.ts)."),
    egressAddresses: z
      .int()
      .min(0)
      .max(16)
      .describe("Fixed public addresses of outgoing calls, for partners' lists; 0: Google's, which change."),
  }),
  cluster,
};

/** Who is told of what happens in an environment. */
const attention = {
  alerts: alerts.optional(),
  budget: budget.optional().describe("Alert on what the project costs; needs `alerts`."),
  slackToken: z.string().min(1).optional().describe("Bot token of the Slack app. Secret."),
};

/** What every environment with a cluster has. */
const common = { ...identity, ...place, ...attention };

/** Rules over several keys; they run even when another key is wrong, so that all problems show at once. */
function crossChecked<T extends z.ZodObject>(schema: T): T {
  return crossRules.reduce<T>(
    (checked, { holds, path, error }) =>
      checked.refine((value) => holds(value), {
        path: [...path],
        error,
        when: ({ value }) => isBlock(value),
      }),
    schema,
  );
}

function areNumbers(value: unknown, ...keys: readonly string[]): boolean {
  return isBlock(value) && keys.every((key) => typeof value[key] === "number");
}

const image = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    "an image with its registry, HOST/PATH:TAG or HOST/PATH@sha256:DIGEST",
  )
  .refine((value) => /[:@][^/]*$/.test(value) && !value.endsWith(":latest"), {
    error: "name one exact image, by a tag that never moves or by its digest; not latest",
  });

const githubName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/, "a name on GitHub, for example acme");

const jenkins = z.strictObject({
  installed: z
    .boolean()
    .describe(
      "false: all that Jenkins needs is made, but not Jenkins. Its secrets need values first (docs/ci.md).",
    ),
  domain: domain.describe("Jenkins is at jenkins.DOMAIN."),
  homeGb: z.int().min(10).max(1000).describe("Disk of its home in GB; it can grow, never shrink."),
  github: z
    .strictObject({
      organization: githubName.describe("Its members see and start builds."),
      administrators: githubName.describe("Team of the organization, by its slug, that administers Jenkins."),
      topic: dashedName(50).describe("Topic of the repositories that are built."),
      repository: z
        .string()
        .regex(
          /^https:\/\/github\.com\/[A-Za-z0-9-]+\/[A-Za-z0-9._-]+\.git$/,
          "https://github.com/OWNER/NAME.git",
        )
        .describe("This repository: its pipelines release, and its library builds."),
    })
    .describe("Where code is and who people are."),
  slack: z
    .strictObject({
      workspace: dashedName(60).describe("acme of acme.slack.com."),
      channel: z.string().regex(/^#[a-z0-9_-]{1,79}$/, "a channel's name with its #, for example #builds"),
    })
    .describe("Where builds say what they do."),
  state: z
    .string()
    .regex(/^gs:\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](\/[A-Za-z0-9._/-]+)?$/, "gs://BUCKET")
    .describe("Where Pulumi keeps the state of the stacks that pipelines change."),
  images: z
    .strictObject({
      builds: image.describe(
        "Tools that Makefiles of services call (jenkins/images/build-tools.Dockerfile).",
      ),
      deploys: image
        .regex(
          /@sha256:[0-9a-f]{64}$/,
          "its digest too, HOST/PATH:TAG@sha256:DIGEST: every build may push a tag",
        )
        .describe("Tools of this repository's pipelines (jenkins/images/deploy-tools.Dockerfile)."),
    })
    .describe("What pipelines run in."),
});

/** Settings of the environment that builds: Jenkins' cluster and the registries. */
export const ciSettings = crossChecked(
  z.strictObject({
    environment: z.literal("ci"),
    ...common,
    registry: z.strictObject({
      readers: z
        .array(projectNumber)
        .describe("Numbers of the projects whose service accounts may pull images."),
      gcrHost: z
        .enum(["gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io"])
        .describe("Old registry name that keeps working."),
      releasesKept: z
        .int()
        .min(10)
        .max(1000)
        .describe("Newest versions of each image that clean-up never touches."),
    }),
    deployers: z
      .array(
        dashedName(15).refine(
          (target) => !["builder", "nodes", "preview", "rehearsal"].includes(target),
          "ci has it already",
        ),
      )
      .refine((targets) => new Set(targets).size === targets.length, "each target once")
      .describe("Targets, each of which gets a deployer account of its own."),
    jenkins: jenkins
      .optional()
      .describe("Who builds and releases; left out, this environment has only the registries and accounts."),
  }),
);

const previewer = serviceAccountEmail
  .optional()
  .describe("Account that compares this environment with the program, and changes nothing (made by ci).");

/** Settings of what all pop-ups share and none of them owns. */
export const popupsSettings = crossChecked(
  z.strictObject({
    environment: z.literal("popups"),
    ...identity,
    domain: domain.describe("Services of pop-ups are reached below it: HOST-STACK.DOMAIN."),
    deployer: serviceAccountEmail
      .optional()
      .describe("Account that makes and removes pop-ups, and nothing outside this project (made by ci)."),
    previewer,
    ...attention,
  }),
);

/** Settings of an environment that runs the product: staging, production and every pop-up. */
export const deliverySettings = crossChecked(
  z.strictObject({
    environment: z.literal("delivery"),
    ...common,
    database: database
      .refine((value) => value.diskGb <= value.maxDiskGb, {
        error: "diskGb is above maxDiskGb; lower diskGb or raise maxDiskGb",
        path: ["diskGb"],
        when: ({ value }) => areNumbers(value, "diskGb", "maxDiskGb"),
      })
      .optional()
      .describe("Cloud SQL for PostgreSQL; left out, the data stores run in the cluster."),
    cache: cache
      .optional()
      .describe("Memorystore for Valkey for services that ask for redis; left out, it runs in the cluster."),
    services: services.describe("Which services run here, in which versions and from where."),
    gateway: gateway.describe("How the internet reaches the services."),
    deployer: serviceAccountEmail
      .optional()
      .describe("Account that releases into this environment (made by ci)."),
    previewer,
    rehearser: serviceAccountEmail
      .optional()
      .describe("Account that restores this environment's newest backup elsewhere each week (made by ci)."),
  }),
);

export type CiSettings = z.infer<typeof ciSettings>;
export type DeliverySettings = z.infer<typeof deliverySettings>;
export type PopupsSettings = z.infer<typeof popupsSettings>;
export type Settings = CiSettings | PopupsSettings | DeliverySettings;
export type Lifecycle = Settings["lifecycle"];
export type ClusterSettings = CiSettings["cluster"];
export type PoolSettings = ClusterSettings["pools"][string];
export type ServicesSettings = DeliverySettings["services"];
export type GatewaySettings = DeliverySettings["gateway"];
export type CacheSettings = NonNullable<DeliverySettings["cache"]>;
export type JenkinsSettings = NonNullable<CiSettings["jenkins"]>;
export type BudgetSettings = NonNullable<Settings["budget"]>;
export type DatabaseSettings = NonNullable<DeliverySettings["database"]>;

/** Every kind of environment, by the value of the key `environment`. */
export const settingsOf = {
  ci: ciSettings,
  popups: popupsSettings,
  delivery: deliverySettings,
} as const;
