/** Each rule for one key of a catalogue entry, as a person meets it: in the message about the file. */
import { expect } from "chai";
import { z } from "zod";

import { explain, type Shape } from "../../config/problems";
import {
  latencyBuckets,
  overridable,
  type ServiceEntry,
  serviceEntry,
  serviceIn,
  serviceNameProblem,
} from "../../config/service";
import { serviceEntryOf } from "../support/settings";

type Values = Readonly<Record<string, unknown>>;

const least = { owner: "a-team", repository: "https://git.example/a", stores: [] };
const shape = z.toJSONSchema(serviceEntry) as Shape;

/** Everything that is wrong with the least entry with `change` over it; `undefined` leaves a key out. */
function problemsOf(change: Values): string[] {
  const values = Object.fromEntries(
    Object.entries({ ...least, ...change }).filter(([, value]) => value !== undefined),
  );
  const reading = { prefix: "", values, encrypted: new Set<string>(), shape };
  return (serviceEntry.safeParse(values).error?.issues ?? []).flatMap((issue) => explain(issue, reading));
}

describe("an entry of the catalogue", () => {
  it("says at least whose it is, where its code is and what it stores; the rest has defaults", () => {
    expect(serviceEntry.parse(least)).to.deep.equal({
      ...least,
      port: 8080,
      replicas: { min: 2, max: 4, cpuPercent: 70 },
      resources: { cpu: "100m", memory: "256Mi" },
      secrets: [],
      calls: [],
      objectives: { availability: 99.9, latency: { milliseconds: 500, percent: 99 } },
      environments: {},
      retired: false,
    });
  });

  const keys = Object.keys(serviceEntry.shape).join(", ");
  const ownerRule = "a team's name: lower case letters, digits and dashes";
  const cpuRule = 'CPUs or thousandths of one in quotes, for example "250m"';
  const pathRule = "a path that starts with / and does not end with one";
  const secretRule = "2-40 lower case letters, digits and dashes";
  const overrideRule =
    "min is above max (what is not said here is as in the service's own replicas); lower min or raise max";
  const objectives = (change: Values) => ({
    objectives: { availability: 99.9, latency: { milliseconds: 500, percent: 99 }, ...change },
  });
  const latency = (change: Values) => objectives({ latency: { milliseconds: 500, percent: 99, ...change } });

  const bad: [title: string, change: Values, problem: string][] = [
    ["no owner", { owner: undefined }, "owner is missing; it must be a text"],
    ["an owner that is no label", { owner: "The Team" }, `owner is "The Team"; it must be ${ownerRule}`],
    ["an owner that ends with a dash", { owner: "team-" }, `owner is "team-"; it must be ${ownerRule}`],
    [
      "an owner of more letters than a label has",
      { owner: "a".repeat(64) },
      `owner is "${"a".repeat(64)}"; it must be ${ownerRule}`,
    ],
    ["no repository", { repository: undefined }, "repository is missing; it must be a text"],
    [
      "a repository that browsers cannot open",
      { repository: "git@git.example:a.git" },
      'repository is "git@git.example:a.git"; it must be an address that starts with https://',
    ],
    [
      "a repository that is only a host",
      { repository: "https://git.example" },
      'repository is "https://git.example"; it must be an address that starts with https://',
    ],
    [
      "a repository with a password in it",
      { repository: "https://me:word@git.example/a" },
      'repository is "https://me:word@git.example/a"; it must be an address that starts with https://',
    ],
    ["a port of the system", { port: 80 }, "port is 80; it must be at least 1024"],
    ["a port that does not exist", { port: 65536 }, "port is 65536; it must be at most 65535"],
    ["a port in quotes", { port: "8080" }, 'port is "8080"; it must be a number'],
    ["no stores: none is said with []", { stores: undefined }, "stores is missing; it must be a list"],
    [
      "a store that nobody can make, with the nearest match",
      { stores: ["postgers"] },
      'stores.0 is "postgers"; did you mean postgres? allowed: postgres, redis',
    ],
    ["one store twice", { stores: ["redis", "redis"] }, 'stores is ["redis","redis"]: each store once'],
    [
      "one pod more at least than at most",
      { replicas: { min: 5, max: 4 } },
      "replicas.min is 5: min is above max; lower min or raise max",
    ],
    ["no pod at all", { replicas: { min: 0, max: 1 } }, "replicas.min is 0; it must be at least 1"],
    [
      "more pods at least than a cluster is made for",
      { replicas: { min: 101, max: 200 } },
      "replicas.min is 101; it must be at most 100",
    ],
    [
      "more pods at most than a cluster is made for",
      { replicas: { min: 1, max: 201 } },
      "replicas.max is 201; it must be at most 200",
    ],
    [
      "a number of pods without its other end",
      { replicas: { min: 1 } },
      "replicas.max is missing; it must be a number",
    ],
    ["half a pod", { replicas: { min: 1.5, max: 2 } }, "replicas.min is 1.5; it must be a whole number"],
    [
      "an aim that leaves no room to wait for a new pod",
      { replicas: { min: 1, max: 2, cpuPercent: 96 } },
      "replicas.cpuPercent is 96; it must be at most 95",
    ],
    [
      "an aim that pays for idle pods",
      { replicas: { min: 1, max: 2, cpuPercent: 9 } },
      "replicas.cpuPercent is 9; it must be at least 10",
    ],
    [
      "CPUs as a number, which YAML makes of 2",
      { resources: { cpu: 2, memory: "256Mi" } },
      "resources.cpu is 2; it must be a text",
    ],
    [
      "CPUs as a fraction",
      { resources: { cpu: "0.5", memory: "256Mi" } },
      `resources.cpu is "0.5"; it must be ${cpuRule}`,
    ],
    ["no CPU", { resources: { cpu: "0m", memory: "256Mi" } }, `resources.cpu is "0m"; it must be ${cpuRule}`],
    [
      "memory in units of a thousand",
      { resources: { cpu: "1", memory: "256M" } },
      'resources.memory is "256M"; it must be Mi or Gi, for example 256Mi',
    ],
    [
      "a limit of CPU, which nobody gets",
      { resources: { cpu: "1", memory: "1Gi", limits: {} } },
      "resources.limits is not a setting; allowed here: cpu, memory",
    ],
    ["a secret of one letter", { secrets: ["a"] }, `secrets.0 is "a"; it must be ${secretRule}`],
    [
      "a secret that looks like its value",
      { secrets: ["xoxb-A1"] },
      `secrets.0 is "xoxb-A1"; it must be ${secretRule}`,
    ],
    [
      "a secret of 41 letters",
      { secrets: ["a".repeat(41)] },
      `secrets.0 is "${"a".repeat(41)}"; it must be ${secretRule}`,
    ],
    ["one secret twice", { secrets: ["key", "key"] }, 'secrets is ["key","key"]: each secret once'],
    [
      "a call of what is no service's name",
      { calls: ["https://billing"] },
      'calls.0 is "https://billing"; it must be a service\'s name: 1-20 lower case letters, digits and single dashes, starting with a letter',
    ],
    [
      "one call twice",
      { calls: ["billing", "billing"] },
      'calls is ["billing","billing"]: each service once',
    ],
    ["an exposure nowhere", { exposes: {} }, "exposes.host is missing; it must be a text"],
    [
      "a whole host name where its first part belongs",
      { exposes: { host: "api.acme.example" } },
      'exposes.host is "api.acme.example"; it must be 1-30 lower case letters, digits and dashes',
    ],
    [
      "a host of 31 letters, which with a pop-up's name would be too long",
      { exposes: { host: "a".repeat(31) } },
      `exposes.host is "${"a".repeat(31)}"; it must be 1-30 lower case letters, digits and dashes`,
    ],
    [
      "a host that ends as a pop-up's name begins",
      { exposes: { host: "api-popup" } },
      'exposes.host is "api-popup": no -popup in it: that is where a pop-up\'s own name begins',
    ],
    [
      "a path without its slash",
      { exposes: { host: "api", path: "v1" } },
      `exposes.path is "v1"; it must be ${pathRule}`,
    ],
    [
      "a path with a slash too many",
      { exposes: { host: "api", path: "/v1/" } },
      `exposes.path is "/v1/"; it must be ${pathRule}`,
    ],
    [
      "a path with an empty part",
      { exposes: { host: "api", path: "/v1//a" } },
      `exposes.path is "/v1//a"; it must be ${pathRule}`,
    ],
    [
      "a path with a pattern",
      { exposes: { host: "api", path: "/v*" } },
      `exposes.path is "/v*"; it must be ${pathRule}`,
    ],
    [
      "a promise never to fail",
      objectives({ availability: 100 }),
      "objectives.availability is 100; it must be at most 99.99",
    ],
    [
      "a promise of nothing",
      objectives({ availability: 89 }),
      "objectives.availability is 89; it must be at least 90",
    ],
    [
      "a bound that the histogram does not have, so nobody could tell",
      latency({ milliseconds: 300 }),
      `objectives.latency.milliseconds is 300; allowed: ${latencyBuckets.join(", ")}`,
    ],
    [
      "speed for fewer than half",
      latency({ percent: 49 }),
      "objectives.latency.percent is 49; it must be at least 50",
    ],
    [
      "speed for everybody",
      latency({ percent: 100 }),
      "objectives.latency.percent is 100; it must be at most 99.9",
    ],
    [
      "half an objective",
      { objectives: { availability: 99 } },
      "objectives.latency is missing; it must be a block of settings",
    ],
    [
      "overrides of an environment that nobody has, with the nearest match",
      { environments: { popup: {} } },
      "environments.popup is not a setting; did you mean popups? allowed here: staging, production, popups",
    ],
    [
      "another owner in one environment",
      { environments: { staging: { owner: "b-team" } } },
      "environments.staging.owner is not a setting; allowed here: replicas, resources",
    ],
    [
      "an override with fewer pods at most than at least",
      { environments: { production: { replicas: { min: 5, max: 4 } } } },
      `environments.production.replicas is {"min":5,"max":4}: ${overrideRule}`,
    ],
    [
      "an override of one end that passes the other",
      { replicas: { min: 3, max: 6 }, environments: { popups: { replicas: { max: 1 } } } },
      `environments.popups.replicas is {"max":1}: ${overrideRule}`,
    ],
    [
      "an override of one end that passes the default of the other",
      { environments: { staging: { replicas: { min: 5 } } } },
      `environments.staging.replicas is {"min":5}: ${overrideRule}`,
    ],
    [
      "an override in the wrong unit",
      { environments: { staging: { resources: { memory: "1G" } } } },
      'environments.staging.resources.memory is "1G"; it must be Mi or Gi, for example 256Mi',
    ],
    ["something else than true or false", { retired: "yes" }, 'retired is "yes"; it must be true or false'],
    [
      "an unknown key, with the nearest match",
      { expose: {} },
      `expose is not a setting; did you mean exposes? allowed here: ${keys}`,
    ],
    [
      "an image, which belongs to the service's own chart",
      { image: {} },
      `image is not a setting; allowed here: ${keys}`,
    ],
  ];
  for (const [title, change, problem] of bad) {
    it(`refuses ${title}`, () => {
      expect(problemsOf(change)).to.deep.equal([problem]);
    });
  }

  it("is told of an override that cannot be also while other keys are wrong", () => {
    expect(problemsOf({ owner: 7, environments: { production: { replicas: { min: 9 } } } })).to.have.length(
      2,
    );
  });

  for (const [title, change] of [
    ["scaling that is no block", { replicas: 7, environments: { staging: { replicas: { min: 9 } } } }],
    [
      "a maximum that is a text",
      { replicas: { min: 1, max: "4" }, environments: { staging: { replicas: { min: 9 } } } },
    ],
    ["overrides that are a list", { environments: [{ replicas: { min: 9 } }] }],
    ["an override that is a text", { environments: { staging: "more" } }],
  ] as const) {
    it(`leaves ${title} to the rule for that key alone`, () => {
      expect(problemsOf(change)).to.have.length(1);
    });
  }

  const fine: [title: string, change: Values][] = [
    ["the longest owner", { owner: "a".repeat(63) }],
    ["a repository in groups", { repository: "https://git.acme.example/team/group/a_b.c-d" }],
    ["the lowest and highest port", { port: 1024 }],
    ["the highest port", { port: 65535 }],
    ["both stores", { stores: ["redis", "postgres"] }],
    ["one pod", { replicas: { min: 1, max: 1 } }],
    ["as many pods as there may be", { replicas: { min: 100, max: 200, cpuPercent: 95 } }],
    ["whole CPUs", { resources: { cpu: "2", memory: "4Gi" } }],
    ["a secret of 2 and one of 40 letters", { secrets: ["ab", "a".repeat(40)] }],
    ["the whole of a host", { exposes: { host: "hooks" } }],
    ["a path of several parts", { exposes: { host: "api", path: "/v1/messages.json/~a_b-c" } }],
    ["every bound of the histogram", latency({ milliseconds: 10000, percent: 50 })],
    ["the highest objectives", objectives({ availability: 99.99 })],
    [
      "one end that fits the other of the service's own",
      {
        replicas: { min: 2, max: 6 },
        environments: { popups: { replicas: { min: 6 } }, staging: { replicas: {} } },
      },
    ],
  ];
  for (const [title, change] of fine) {
    it(`takes ${title}`, () => {
      expect(problemsOf(change)).to.deep.equal([]);
    });
  }
});

describe("an entry in one kind of environment", () => {
  const entry = serviceEntryOf({
    replicas: { min: 2, max: 8, cpuPercent: 50 },
    resources: { cpu: "250m", memory: "1Gi" },
    environments: {
      production: { replicas: { min: 3, max: 40 }, resources: { memory: "2Gi" } },
      popups: { replicas: { min: 1, max: 1 } },
    },
  });

  it("is as everywhere where nothing else is said", () => {
    expect(serviceIn(entry, "staging")).to.deep.equal({ ...entry, environments: {} });
  });

  it("has what is different, and keeps what is not said: the aim of scaling, the CPUs", () => {
    expect(serviceIn(entry, "production")).to.deep.include({
      replicas: { min: 3, max: 40, cpuPercent: 50 },
      resources: { cpu: "250m", memory: "2Gi" },
    });
    expect(serviceIn(entry, "popups")).to.deep.include({
      replicas: { min: 1, max: 1, cpuPercent: 50 },
      resources: { cpu: "250m", memory: "1Gi" },
    });
  });

  it("is an entry again, that has no more to be put over it", () => {
    const there: ServiceEntry = serviceIn(entry, "production");
    expect(serviceEntry.parse(there)).to.deep.equal(there);
    for (const other of overridable) expect(serviceIn(there, other)).to.deep.equal(there);
  });

  it("leaves the entry as it was", () => {
    const before = structuredClone(entry);
    serviceIn(entry, "production");
    expect(entry).to.deep.equal(before);
  });
});

describe("the name of a service", () => {
  const rule =
    "a service's name is 1-20 lower case letters, digits and single dashes, starting with a letter";
  const taken = "every environment has an account, a database or an object of this name";
  const bad: [name: string, problem: string][] = [
    ["", rule],
    ["Billing", rule],
    ["2fa", rule],
    ["a--b", rule],
    ["billing-", rule],
    ["a_b", rule],
    ["a.b", rule],
    ["a".repeat(21), rule],
    ["billing\n", rule],
    ...[
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
    ].map((name): [string, string] => [name, taken]),
    ["allow-dns", "allow-… is what an environment's network policies are called"],
    ["billing-postgres", "SERVICE-postgres and SERVICE-redis are the stores of a pop-up's services"],
    ["billing-redis", "SERVICE-postgres and SERVICE-redis are the stores of a pop-up's services"],
  ];
  for (const [name, problem] of bad) {
    it(`is not ${JSON.stringify(name)}`, () => {
      expect(serviceNameProblem(name)).to.equal(problem);
    });
  }

  for (const name of [
    "a",
    "a".repeat(20),
    "a-b-c",
    "oauth2",
    "postgres-proxy",
    "redis",
    "allowance",
    "publicity",
  ]) {
    it(`may be ${name}`, () => {
      expect(serviceNameProblem(name)).to.equal(undefined);
    });
  }
});
