import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { parseSettings } from "../../config/parse";
import { SettingsError } from "../../config/problems";
import type { DeliverySettings } from "../../config/settings";
import {
  block,
  changed,
  clusteredSettings,
  problemsOf,
  root,
  stackConfig,
  stacks,
  type Values,
} from "../support/settings";

describe("parsing the settings of a stack", () => {
  for (const stack of stacks) {
    it(`accepts ${stack} as its file stands`, () => {
      expect(problemsOf(stackConfig(stack))).to.deep.equal([]);
    });
  }

  it("reads scalars, which arrive as text, in the types that the schema gives them", () => {
    const settings = parseSettings(changed("staging", { "platform:customerData": "true" }));
    expect(settings.customerData).to.equal(true);
    expect(settings.projectNumber).to.equal("200000000002");
  });

  it("fills in what may be left out", () => {
    expect(clusteredSettings("staging").cluster.pools["services"]?.diskGb).to.equal(50);
  });

  for (const stack of ["staging", "production", "popup-search"]) {
    it(`names for ${stack} a file of releases that is there`, () => {
      const settings = parseSettings(stackConfig(stack)) as DeliverySettings;
      const files = readdirSync(join(root, "catalog", "releases"));
      expect(files).to.include(`${settings.services.releases}.yaml`);
    });
  }

  it("does not look at other namespaces", () => {
    const raw = changed("staging", { "gcp:project": "x", "pulumi:tags": "{" });
    expect(problemsOf(raw)).to.deep.equal([]);
  });

  it("names a key of a namespace that nobody reads: it would be lost without a word", () => {
    expect(problemsOf(changed("staging", { "platfrom:owner": "y" }))).to.deep.equal([
      "platfrom:owner is of no namespace that is read; did you mean platform:owner?",
    ]);
  });

  const services = "platform:cluster.pools.services";
  const bad: { title: string; stack?: string; change: Values; problem: string }[] = [
    {
      title: "an unknown key at the top, with the nearest match",
      change: { "platform:regoin": "europe-west1" },
      problem:
        "platform:regoin is not a setting; did you mean region? allowed here: environment, project, projectNumber, region, lifecycle, customerData, owner, network, cluster, alerts, budget, slackToken, database, cache, services, gateway, deployer, previewer, rehearser",
    },
    {
      title: "a key of the other kind of environment",
      change: { "platform:registry": {} },
      problem:
        "platform:registry is not a setting; allowed here: environment, project, projectNumber, region, lifecycle, customerData, owner, network, cluster, alerts, budget, slackToken, database, cache, services, gateway, deployer, previewer, rehearser",
    },
    {
      title: "an unknown key inside a block, with the nearest match",
      change: block("staging", `${services}.maxNode`, 3),
      problem: `${services}.maxNode is not a setting; did you mean maxNodes? allowed here: machineType, spot, minNodes, maxNodes, diskGb, taint`,
    },
    {
      title: "an unknown key that resembles none",
      change: block("staging", "platform:network.cidr-of-everything", "10.0.0.0/8"),
      problem:
        "platform:network.cidr-of-everything is not a setting; allowed here: addresses, egressAddresses",
    },
    {
      title: "a missing key",
      change: { "platform:owner": undefined },
      problem: "platform:owner is missing; it must be a text",
    },
    {
      title: "a missing key inside a block, with what is allowed",
      change: block("staging", "platform:cluster.releaseChannel", undefined),
      problem: "platform:cluster.releaseChannel is missing; allowed: RAPID, REGULAR, STABLE",
    },
    {
      title: "a text where true or false belongs",
      change: { "platform:customerData": "maybe" },
      problem: 'platform:customerData is "maybe"; it must be true or false',
    },
    {
      title: "a scalar where a block belongs",
      change: { "platform:database": "7" },
      problem: "platform:database is 7; it must be a block of settings",
    },
    {
      title: "a number without quotes where a text belongs",
      stack: "ci",
      change: block("ci", "platform:registry.readers", [200000000002]),
      problem: "platform:registry.readers.0 is 200000000002; it must be a text",
    },
    {
      title: "a fraction where a whole number belongs",
      change: block("staging", `${services}.maxNodes`, 3.5),
      problem: `${services}.maxNodes is 3.5; it must be a whole number`,
    },
    {
      title: "a region that does not exist, with the nearest and all allowed",
      change: { "platform:region": "europe-west11" },
      problem:
        'platform:region is "europe-west11"; did you mean europe-west1? allowed: europe-west1, europe-west2, europe-west3, europe-west4, europe-west6, europe-west9, europe-north1, europe-central2, europe-southwest1, us-central1, us-east1, us-east4, us-west1',
    },
    {
      title: "a value that is none of a few numbers",
      change: block("staging", "platform:cluster.podsPerNode", 100),
      problem: "platform:cluster.podsPerNode is 100; allowed: 32, 64, 110",
    },
    {
      title: "a minimum above the maximum",
      change: block("staging", `${services}.minNodes`, 10),
      problem: `${services}.minNodes is 10: minNodes is above maxNodes; lower minNodes or raise maxNodes`,
    },
    {
      title: "a disk that starts larger than it may grow",
      change: block("staging", "platform:database.diskGb", 300),
      problem: "platform:database.diskGb is 300: diskGb is above maxDiskGb; lower diskGb or raise maxDiskGb",
    },
    {
      title: "a number below what is allowed",
      change: block("staging", "platform:database.backupsKept", 1),
      problem: "platform:database.backupsKept is 1; it must be at least 7",
    },
    {
      title: "a number above what is allowed",
      change: block("staging", "platform:cluster.maintenance.hours", 25),
      problem: "platform:cluster.maintenance.hours is 25; it must be at most 24",
    },
    {
      title: "too short a list",
      change: block("staging", "platform:cluster.maintenance", {
        start: "2026-01-05T01:00:00Z",
        hours: 12,
        days: ["MO"],
      }),
      problem: 'platform:cluster.maintenance.days is ["MO"]; it must be at least 2 entries',
    },
    {
      title: "maintenance windows that GKE finds too few",
      change: block("staging", "platform:cluster.maintenance", {
        start: "2026-01-05T01:00:00Z",
        hours: 5,
        days: ["MO", "TU"],
      }),
      problem:
        'platform:cluster.maintenance.days is ["MO","TU"]: GKE wants 48 hours in 32 days, which is 12 hours a week; add days or hours',
    },
    {
      title: "one day twice in a week",
      change: block("staging", "platform:cluster.maintenance.days", ["MO", "MO"]),
      problem:
        'platform:cluster.maintenance.days is ["MO","MO"]: GKE wants 48 hours in 32 days, which is 12 hours a week; add days or hours',
    },
    {
      title: "a time with an offset",
      change: block("staging", "platform:cluster.maintenance.start", "2026-01-05T01:00:00+01:00"),
      problem:
        'platform:cluster.maintenance.start is "2026-01-05T01:00:00+01:00"; it must be a UTC time in quotes, for example "2026-01-06T02:00:00Z"',
    },
    {
      title: "a time with fractions of a second, which GKE writes otherwise each time",
      change: block("staging", "platform:cluster.maintenance.start", "2026-01-05T01:00:00.000Z"),
      problem:
        'platform:cluster.maintenance.start is "2026-01-05T01:00:00.000Z"; it must be a UTC time in quotes, for example "2026-01-06T02:00:00Z"',
    },
    {
      title: "an environment that does not say from how many fixed addresses it calls",
      change: block("staging", "platform:network.egressAddresses", undefined),
      problem: "platform:network.egressAddresses is missing; it must be a number",
    },
    {
      title: "fewer fixed addresses than none",
      change: block("staging", "platform:network.egressAddresses", -1),
      problem: "platform:network.egressAddresses is -1; it must be at least 0",
    },
    {
      title: "more fixed addresses than anybody lists",
      change: block("staging", "platform:network.egressAddresses", 17),
      problem: "platform:network.egressAddresses is 17; it must be at most 16",
    },
    {
      title: "half a fixed address",
      change: block("staging", "platform:network.egressAddresses", 0.5),
      problem: "platform:network.egressAddresses is 0.5; it must be a whole number",
    },
    {
      title: "a database that does not say whether its backups are kept",
      change: block("staging", "platform:database.keepBackups", undefined),
      problem: "platform:database.keepBackups is missing; it must be true or false",
    },
    {
      title: "backups that are kept for a number of days",
      change: block("staging", "platform:database.keepBackups", 30),
      problem: "platform:database.keepBackups is 30; it must be true or false",
    },
    {
      title: "a pop-up index out of range",
      change: block("staging", "platform:network.addresses", "popup-128", { "platform:deployer": undefined }),
      problem:
        'platform:network.addresses is "popup-128": allowed: ci, staging, production, or popup-0 to popup-127',
    },
    {
      title: "a location that is no place",
      change: block("staging", "platform:cluster.location", "europe-west1-x"),
      problem:
        'platform:cluster.location is "europe-west1-x"; it must be a region (europe-west1) or a zone (europe-west1-b)',
    },
    {
      title: "no node pool at all",
      change: block("staging", "platform:cluster.pools", {}),
      problem: "platform:cluster.pools is {}: at least one node pool",
    },
    {
      title: "a pool with a name that Google would not take",
      change: block("staging", "platform:cluster.pools", {
        Web_1: { machineType: "e2-standard-4", spot: false, minNodes: 0, maxNodes: 1 },
      }),
      problem:
        "platform:cluster.pools.Web_1: 1-15 lower case letters, digits and dashes, starting with a letter",
    },
    {
      title: "one deployer twice",
      stack: "ci",
      change: { "platform:deployers": ["staging", "staging"] },
      problem: 'platform:deployers is ["staging","staging"]: each target once',
    },
    {
      title: "a deployer that would be the builder",
      stack: "ci",
      change: { "platform:deployers": ["builder"] },
      problem: 'platform:deployers.0 is "builder": ci has it already',
    },
    {
      title: "a deployer that would be who restores",
      stack: "ci",
      change: { "platform:deployers": ["rehearsal"] },
      problem: 'platform:deployers.0 is "rehearsal": ci has it already',
    },
    {
      title: "a secret that is missing, with the command that sets it",
      change: { "platform:slackToken": undefined },
      problem:
        "platform:slackToken is missing: alerts.slackChannel needs it; set it with: pulumi config set --secret platform:slackToken",
    },
    {
      title: "an empty secret",
      change: { "platform:slackToken": "" },
      problem: "platform:slackToken is [secret]; it must be at least 1 character",
    },
    {
      title: "an environment that does not say what runs in it",
      change: { "platform:services": undefined },
      problem: "platform:services is missing; it must be a block of settings",
    },
    {
      title: "a releases file with its ending, or a path to one",
      change: block("staging", "platform:services.releases", "catalog/staging.yaml"),
      problem:
        'platform:services.releases is "catalog/staging.yaml"; it must be 1-40 lower case letters, digits and dashes, starting with a letter',
    },
    {
      title: "overrides that no catalogue entry can have",
      change: block("staging", "platform:services.overrides", "popup"),
      problem:
        'platform:services.overrides is "popup"; did you mean popups? allowed: staging, production, popups',
    },
    {
      title: "charts from anywhere but an Artifact Registry",
      change: block("staging", "platform:services.charts", "https://charts.acme.example"),
      problem:
        'platform:services.charts is "https://charts.acme.example"; it must be oci://LOCATION-docker.pkg.dev/PROJECT/REPOSITORY',
    },
    {
      title: "charts of one service where the repository of all belongs",
      change: block(
        "staging",
        "platform:services.charts",
        "oci://europe-west1-docker.pkg.dev/acme-ci/charts/billing",
      ),
      problem:
        'platform:services.charts is "oci://europe-west1-docker.pkg.dev/acme-ci/charts/billing"; it must be oci://LOCATION-docker.pkg.dev/PROJECT/REPOSITORY',
    },
    {
      title: "a domain that is an address",
      change: block("staging", "platform:gateway.domain", "https://staging.acme.example/"),
      problem:
        'platform:gateway.domain is "https://staging.acme.example/"; it must be a domain in lower case, for example staging.acme.example',
    },
    {
      title: "a shared zone without its certificates",
      stack: "popup-search",
      change: block("popup-search", "platform:gateway.shared", { zone: "popups" }),
      problem: "platform:gateway.shared.certificateMap is missing; it must be a text",
    },
    {
      title: "a cache of a size that Google does not sell",
      change: block("staging", "platform:cache.nodeType", "STANDARD_SMALLL"),
      problem:
        'platform:cache.nodeType is "STANDARD_SMALLL"; did you mean STANDARD_SMALL? allowed: SHARED_CORE_NANO, STANDARD_SMALL, HIGHMEM_MEDIUM, HIGHMEM_XLARGE',
    },
    {
      title: "more copies of a cache than there may be",
      change: block("staging", "platform:cache.replicas", 6),
      problem: "platform:cache.replicas is 6; it must be at most 5",
    },
    {
      title: "a budget of nothing",
      change: block("staging", "platform:budget.monthly", 0),
      problem: "platform:budget.monthly is 0; it must be at least 1",
    },
    {
      title: "a budget of a fraction",
      change: block("staging", "platform:budget.monthly", 99.5),
      problem: "platform:budget.monthly is 99.5; it must be a whole number",
    },
    {
      title: "a currency by its sign",
      change: block("staging", "platform:budget.currency", "€"),
      problem: 'platform:budget.currency is "€"; it must be three capital letters, for example EUR',
    },
    {
      title: "a billing account in lower case",
      change: block("staging", "platform:budget.billingAccount", "01abcd-23ef45-6789ab"),
      problem:
        'platform:budget.billingAccount is "01abcd-23ef45-6789ab"; it must be a billing account, XXXXXX-XXXXXX-XXXXXX in hex digits',
    },
    {
      title: "a gateway in the environment that builds",
      stack: "ci",
      change: { "platform:gateway": { domain: "acme.example" } },
      problem:
        "platform:gateway is not a setting; allowed here: environment, project, projectNumber, region, lifecycle, customerData, owner, network, cluster, alerts, budget, slackToken, registry, deployers, jenkins",
    },
    {
      title: "an environment that does not exist",
      change: { "platform:environment": "prod" },
      problem: 'platform:environment is "prod"; allowed: ci, popups, delivery',
    },
    {
      title: "an environment called as something that every object has",
      change: { "platform:environment": "constructor" },
      problem: 'platform:environment is "constructor"; allowed: ci, popups, delivery',
    },
    {
      title: "no environment",
      change: { "platform:environment": undefined },
      problem: "platform:environment is missing; allowed: ci, popups, delivery",
    },
  ];
  for (const { title, stack = "staging", change, problem } of bad) {
    it(`refuses ${title}`, () => {
      expect(problemsOf(changed(stack, change))).to.deep.equal([problem]);
    });
  }

  it("refuses a secret in plain text, and does not repeat it", () => {
    expect(problemsOf(changed("staging", { "platform:slackToken": "xoxb-1" }, []))).to.deep.equal([
      "platform:slackToken stands there unencrypted; replace it with: pulumi config set --secret platform:slackToken",
    ]);
  });

  it("takes a secret nowhere but encrypted, so a number as token is no way round", () => {
    expect(problemsOf(changed("staging", { "platform:slackToken": 12345 }, [])).join()).not.to.include(
      "12345",
    );
  });

  it("allows what may be left out: database, cache, accounts of pipelines, alerts with their secret and the budget", () => {
    const without = [
      "database",
      "cache",
      "deployer",
      "previewer",
      "rehearser",
      "alerts",
      "slackToken",
      "budget",
    ].map((key) => [`platform:${key}`, undefined]);
    expect(problemsOf(changed("staging", Object.fromEntries(without) as Values))).to.deep.equal([]);
  });

  it("tells all problems in one message, the file first", () => {
    const raw = changed(
      "staging",
      {
        ...block("staging", "platform:cluster.location", "us-east1"),
        "platform:regoin": "europe-west1",
        "platform:owner": "Platform Team",
        "platform:slackToken": undefined,
        "platform:database": {
          ...(JSON.parse(stackConfig("staging").values["platform:database"] ?? "") as Values),
          diskGb: 300,
          tier: 7,
        },
      },
      [],
    );
    expect(() => parseSettings(raw)).to.throw(
      SettingsError,
      /^6 problems in Pulumi\.staging\.yaml, nothing was changed:\n/,
    );
    expect(problemsOf(raw).map((problem) => problem.split(" ")[0])).to.have.members([
      "platform:owner",
      "platform:database.tier",
      "platform:database.diskGb",
      "platform:regoin",
      "platform:slackToken",
      "platform:cluster.location",
    ]);
  });

  it("puts each problem on a line of its own", () => {
    const lines = () =>
      parseSettings(changed("staging", { "platform:owner": undefined, "platform:region": "mars" }));
    expect(lines).to.throw(/^2 problems[^\n]*\n {2}- platform:region[^\n]*\n {2}- platform:owner[^\n]*$/);
  });
});

describe("secret settings", () => {
  const secretValue = "xoxb-1234-sentinel";
  const keys = Object.keys(stackConfig("production").values);

  it("are in no message, whatever else is wrong and whichever key is encrypted", () => {
    const nonsense = fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.string());
    const corruption = fc.record({
      changes: fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), nonsense, { maxKeys: 6 }),
      hidden: fc.subarray([...keys, "platform:tokn"], { minLength: 1 }),
      form: fc.constantFrom(
        secretValue,
        JSON.stringify({ location: secretValue, pools: { services: { machineType: secretValue } } }),
        JSON.stringify([secretValue]),
      ),
    });
    let refused = 0;
    fc.assert(
      fc.property(corruption, ({ changes, hidden, form }) => {
        const secrets = Object.fromEntries(hidden.map((key) => [key, form]));
        const problems = problemsOf(changed("production", { ...changes, ...secrets }, hidden));
        if (problems.length > 0) refused += 1;
        expect(problems.join("\n")).not.to.include(secretValue);
      }),
      { numRuns: 500 },
    );
    expect(refused, "corruptions that were refused at all").to.be.above(400);
  });

  it("are in no message when they stand unencrypted under their own name", () => {
    const problems = problemsOf(
      changed("production", { "platform:slackToken": secretValue, "platform:alerts": "x" }, []),
    );
    expect(problems).to.have.length(2);
    expect(problems.join("\n")).not.to.include(secretValue);
  });

  it("give no hint of their value by a nearest match", () => {
    const raw = changed("production", { "platform:region": "europe-west11" }, ["platform:region"]);
    expect(problemsOf(raw).join("\n")).to.include("platform:region is [secret]; allowed: europe-west1,");
  });
});
