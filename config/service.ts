import { z } from "zod";

import { isBlock } from "./cross-rules";

/** Environments that a catalogue entry may say something else for; all pop-ups are one of them. */
export const overridable = ["staging", "production", "popups"] as const;

/** Upper bounds of the histogram that every service measures its answers with, in milliseconds. */
export const latencyBuckets = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000] as const;

const nameRule = "1-20 lower case letters, digits and single dashes, starting with a letter";

/** Why a text is not a service's name. */
export const serviceNameRule = `a service's name is ${nameRule}`;

/** A service's name becomes part of account ids and host names, which leave it this much room. */
export const serviceName = z
  .string()
  .regex(/^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, `a service's name: ${nameRule}`);

/** Accounts, logins, databases and objects that an environment makes beside those of its services, or PostgreSQL has. */
const takenNames: readonly string[] = [
  "nodes",
  "migrator",
  "main-migrator",
  "postgres",
  "template0",
  "template1",
  "cloudsqladmin",
  "default",
  "public",
  "deny-all",
];

/** Why no service may be called `name`, or undefined where one may. */
export function serviceNameProblem(name: string): string | undefined {
  if (!serviceName.safeParse(name).success) return serviceNameRule;
  if (takenNames.includes(name))
    return "every environment has an account, a database or an object of this name";
  if (name.startsWith("allow-")) return "allow-… is what an environment's network policies are called";
  if (/-(postgres|redis)$/.test(name))
    return "SERVICE-postgres and SERVICE-redis are the stores of a pop-up's services";
  return undefined;
}

const scaling = {
  min: z.int().min(1).max(100).describe("Pods that always run. One alone is down whenever its node is."),
  max: z.int().min(1).max(200).describe("Pods the autoscaler may reach."),
  cpuPercent: z.int().min(10).max(95).describe("CPU in use, of what is requested, that is aimed at."),
};

const replicas = z
  .strictObject({ ...scaling, cpuPercent: scaling.cpuPercent.default(70) })
  .refine(({ min, max }) => min <= max, {
    error: "min is above max; lower min or raise max",
    path: ["min"],
  });

const resources = z.strictObject({
  cpu: z
    .string()
    .regex(/^([1-9][0-9]*m|[1-9][0-9]?)$/, 'CPUs or thousandths of one in quotes, for example "250m"')
    .describe("CPU that a pod requests; it may use more where its node has it."),
  memory: z
    .string()
    .regex(/^[1-9][0-9]*(Mi|Gi)$/, "Mi or Gi, for example 256Mi")
    .describe("Memory that a pod requests, and its limit too."),
});

const entry = z.strictObject({
  owner: z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "a team's name: lower case letters, digits and dashes")
    .describe("Team that answers for the service."),
  repository: z
    .string()
    .regex(/^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._-]+)+$/, "an address that starts with https://")
    .describe("Where its code is."),
  port: z.int().min(1024).max(65535).default(8080).describe("Port on which its container answers HTTP."),
  replicas: replicas.default({ min: 2, max: 4, cpuPercent: 70 }).describe("How many of its pods run."),
  resources: resources.default({ cpu: "100m", memory: "256Mi" }).describe("What each of its pods gets."),
  stores: z
    .array(z.enum(["postgres", "redis"]))
    .refine((stores) => new Set(stores).size === stores.length, "each store once")
    .describe("Data stores it owns; no service shares one with another."),
  secrets: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, "2-40 lower case letters, digits and dashes"))
    .refine((secrets) => new Set(secrets).size === secrets.length, "each secret once")
    .default([])
    .describe("Secrets it reads, each as a file of this name; values are never in this repository."),
  calls: z
    .array(serviceName)
    .refine((calls) => new Set(calls).size === calls.length, "each service once")
    .default([])
    .describe("Services that it calls; the network lets no other call through."),
  exposes: z
    .strictObject({
      host: z
        .string()
        .regex(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/, "1-30 lower case letters, digits and dashes")
        // Pop-ups share a domain as HOST-STACK: api-popup in popup-x would have the name of api in popup-popup-x.
        .refine(
          (host) => !/-popup(-|$)/.test(host),
          "no -popup in it: that is where a pop-up's own name begins",
        )
        .describe("First part of the host name, before the environment's domain."),
      path: z
        .string()
        .regex(
          /^\/([A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*)?$/,
          "a path that starts with / and does not end with one",
        )
        .default("/")
        .describe("Calls whose path begins so are for this service."),
    })
    .optional()
    .describe("What the internet may call; left out: nothing."),
  objectives: z
    .strictObject({
      availability: z
        .number()
        .min(90)
        .max(99.99)
        .describe("Per cent of calls that are answered without a failure of ours, over 28 days."),
      latency: z
        .strictObject({
          milliseconds: z
            .literal([...latencyBuckets])
            .describe("Longest time that counts as fast; a bound of the histogram."),
          percent: z
            .number()
            .min(50)
            .max(99.9)
            .describe("Per cent of calls that are that fast, over 28 days."),
        })
        .describe("How fast it answers."),
    })
    .default({ availability: 99.9, latency: { milliseconds: 500, percent: 99 } })
    .describe("Service level objectives; its alerts follow from them."),
  environments: z
    .partialRecord(
      z.enum(overridable),
      z.strictObject({
        replicas: z.strictObject(scaling).partial().optional(),
        resources: resources.partial().optional(),
      }),
    )
    .default({})
    .describe("What is different in some environments; what they do not say is as above."),
  retired: z
    .boolean()
    .default(false)
    .describe(
      "First step of removing a service: its data loses its protection. The second is removing this file.",
    ),
});

/** What one microservice needs from an environment. */
export const serviceEntry = overridable.reduce(
  (checked, environment) =>
    checked.refine((value) => scalesIn(value, environment), {
      path: ["environments", environment, "replicas"],
      error:
        "min is above max (what is not said here is as in the service's own replicas); lower min or raise max",
      when: () => true,
    }),
  entry,
);

export type ServiceEntry = z.infer<typeof serviceEntry>;

/** Whose block of `environments` counts. */
export type Overridable = (typeof overridable)[number];

/** An entry as one kind of environment has it: with what is different there put over what holds everywhere. */
export function serviceIn(entry: ServiceEntry, environment: Overridable): ServiceEntry {
  const { replicas, resources } = entry.environments[environment] ?? {};
  return {
    ...entry,
    replicas: {
      min: replicas?.min ?? entry.replicas.min,
      max: replicas?.max ?? entry.replicas.max,
      cpuPercent: replicas?.cpuPercent ?? entry.replicas.cpuPercent,
    },
    resources: {
      cpu: resources?.cpu ?? entry.resources.cpu,
      memory: resources?.memory ?? entry.resources.memory,
    },
    environments: {},
  };
}

/** Whether an environment has room between min and max. What is no number is the business of another rule. */
function scalesIn(value: unknown, environment: Overridable): boolean {
  const everywhere = blockAt(value, "replicas");
  const here = blockAt(blockAt(blockAt(value, "environments"), environment), "replicas");
  if (Object.keys(here).length === 0) return true;
  const [min, max] = [here["min"] ?? everywhere["min"], here["max"] ?? everywhere["max"]];
  return typeof min !== "number" || typeof max !== "number" || min <= max;
}

function blockAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isBlock(value) ? value[key] : undefined;
  return isBlock(inner) ? inner : {};
}
