/**
 * Promises about every environment, from the real stack files.
 *
 * Does not prove what Google or the engine make of them: the tests with the real engine are in test/plan.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { isPopup, popupsBase } from "../../config/stacks";
import { rules } from "../../local/cloud/rules";
import {
  isCloudResource,
  isProvider,
  nameOf,
  recordEnvironment,
  type Recording,
  type Registration,
  Secret,
  stackType,
} from "../support/recorder";
import { inventoryFile, popup, root, sentinel, stackConfig, stacks } from "../support/settings";

/** Every text in a value that does not travel as a secret. */
function plainTexts(value: unknown): string[] {
  if (value instanceof Secret) return [];
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...plainTexts(inner)]);
}

/** Where two values differ, as paths; lists are compared as a whole. */
function differences(one: unknown, other: unknown, path = ""): string[] {
  const isBlock = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isBlock(one) || !isBlock(other)) return JSON.stringify(one) === JSON.stringify(other) ? [] : [path];
  return Object.keys({ ...one, ...other }).flatMap((key) =>
    differences(one[key], other[key], path === "" ? key : `${path}.${key}`),
  );
}

const describeOne = ({ type, name }: Registration) => `${type} ${name}`;
const roleOf = ({ inputs }: Registration) =>
  typeof inputs["role"] === "string" ? inputs["role"] : undefined;
const memberOf = ({ inputs }: Registration) =>
  typeof inputs["member"] === "string" ? inputs["member"] : undefined;

/** Policies that are not about who may do what. */
const notOfMembers = [
  "gcp:compute/sSLPolicy:SSLPolicy",
  "gcp:dns/policy:Policy",
  "gcp:monitoring/alertPolicy:AlertPolicy",
  "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
];

for (const stack of stacks) {
  describe(`every resource of ${stack}`, () => {
    let recording: Recording;
    let cloud: Registration[];
    before(async () => {
      recording = await recordEnvironment(stack);
      cloud = recording.registrations.filter(isCloudResource);
    });

    const offenders = (wrong: (registration: Registration) => boolean) =>
      recording.registrations.filter(wrong).map(describeOne);

    it("has a component as its parent; only the stack has none, only components are right under it", () => {
      expect(offenders(({ parent }) => parent === undefined)).to.deep.equal([
        `${stackType} platform-${stack}`,
      ]);
      const top = recording.registrations.filter(
        ({ parent }) => parent !== undefined && recording.at(parent).type === stackType,
      );
      expect(top.filter(({ type }) => !type.startsWith("platform:index:")).map(describeOne)).to.deep.equal(
        [],
      );
    });

    it("has a URN of its own, which the engine would insist on", () => {
      const urns = recording.registrations.map(({ urn }) => urn);
      expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).to.deep.equal([]);
    });

    it("is made by a provider of this program, the one for its package", () => {
      const stray = cloud.filter(({ type, provider }) => {
        const made =
          provider === undefined ? undefined : recording.at(provider.split("::").slice(0, 4).join("::"));
        return made?.type !== `pulumi:providers:${type.split(":")[0]}`;
      });
      expect(stray.map(describeOne)).to.deep.equal([]);
    });

    it("is waited for by the deletion guard, which is the first thing a destroy meets", () => {
      const guard = recording.one("platform:index:DeletionGuard");
      const waited = recording.prerequisites(guard.urn);
      expect(cloud.filter(({ urn }) => !waited.has(urn)).map(describeOne)).to.deep.equal([]);
      expect(offenders(({ dependencies }) => dependencies.includes(guard.urn))).to.deep.equal([]);
    });

    it("has few enough ways to all that it needs: the engine walks each of them when it destroys", () => {
      const known = new Map<string, number>();
      // https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/graph/dependency_graph.go (markAsDependency)
      const ways = (urn: string): number => {
        const { provider, dependencies, propertyDependencies } = recording.at(urn);
        const next = [
          ...(provider === undefined ? [] : [provider.split("::").slice(0, 4).join("::")]),
          ...dependencies,
          ...Object.values(propertyDependencies).flat(),
        ];
        const sum = next.reduce((all, one) => all + (known.get(one) ?? ways(one)), 1);
        known.set(urn, sum);
        return sum;
      };
      // It takes a few million a second.
      expect(recording.registrations.reduce((all, { urn }) => all + ways(urn), 0)).to.be.below(30_000_000);
    });

    it("uses an API that is switched on, and is made after it is", () => {
      const enabled = recording
        .all("gcp:projects/service:Service")
        .map(({ inputs }) => String(inputs["service"]));
      const google = cloud.filter(({ type }) => type.startsWith("gcp:"));
      const apiOf = ({ type }: Registration) => {
        const rule = rules.get(type.slice("gcp:".length));
        if (!rule) throw new Error(`no rule says which API ${type} uses`);
        return rule.api;
      };
      // Switching APIs on is the one call that the bootstrap has to make possible.
      const missing = google.filter((registration) => {
        const api = apiOf(registration);
        return api !== undefined && api !== "serviceusage.googleapis.com" && !enabled.includes(api);
      });
      expect(missing.map(describeOne)).to.deep.equal([]);
      expect(new Set(google.map(apiOf)).size).to.be.above(3);
    });

    it("is no service account key, no member of a network peering and no authoritative list of members", () => {
      expect(
        offenders(({ type }) =>
          /^gcp:(serviceaccount\/key|servicenetworking|.*(policy|binding)$)/i.test(type),
        ).filter((found) => !notOfMembers.some((type) => found.startsWith(type))),
      ).to.deep.equal([]);
    });

    // Who makes and removes whole environments, in a project that has nothing else (docs/pop-ups.md).
    const makesPopups = (made: Registration) =>
      stack === "popups" &&
      made.name.startsWith("deployer-") &&
      [
        "roles/compute.networkAdmin",
        "roles/compute.securityAdmin",
        "roles/container.admin",
        "roles/dns.admin",
        "roles/iam.serviceAccountAdmin",
        "roles/iam.serviceAccountUser",
        "roles/resourcemanager.projectIamAdmin",
        "roles/secretmanager.admin",
        "roles/serviceusage.serviceUsageAdmin",
      ].includes(roleOf(made) ?? "");

    it("gives nobody a basic role, and nobody but who makes pop-ups an administrator's", () => {
      expect(offenders((made) => /^roles\/(owner|editor|viewer)$/i.test(roleOf(made) ?? ""))).to.deep.equal(
        [],
      );
      expect(offenders((made) => /admin/i.test(roleOf(made) ?? "") && !makesPopups(made))).to.deep.equal([]);
      expect(cloud.filter((made) => roleOf(made) !== undefined)).to.not.have.length(0);
    });

    it("gives nothing to everybody, and nobody but who makes pop-ups a role on accounts of a whole project", () => {
      expect(offenders((made) => /allUsers|allAuthenticatedUsers/.test(memberOf(made) ?? ""))).to.deep.equal(
        [],
      );
      expect(
        offenders(
          (made) =>
            made.type.startsWith("gcp:projects/") &&
            !makesPopups(made) &&
            /serviceAccount(User|TokenCreator)|workloadIdentityUser/.test(roleOf(made) ?? ""),
        ),
      ).to.deep.equal([]);
    });

    it("lets only Kubernetes accounts of namespaces in this stack act as a Google account", () => {
      const namespaces = recording
        .all("kubernetes:core/v1:Namespace")
        .map(({ inputs }) => (inputs["metadata"] as { name: string }).name);
      const members = cloud.filter((made) => roleOf(made) === "roles/iam.workloadIdentityUser").map(memberOf);
      const strays = members.filter((member) => {
        const [, namespace] =
          /^serviceAccount:[a-z0-9-]+\.svc\.id\.goog\[([^/]+)\/[^/]+\]$/.exec(member ?? "") ?? [];
        return namespace === undefined || !namespaces.includes(namespace);
      });
      expect(strays).to.deep.equal([]);
    });

    it("shows no encrypted setting in an input, an output or a name", () => {
      const outputs = [...recording.outputs.values()];
      const shown = [...recording.registrations, ...outputs].flatMap(plainTexts);
      expect(shown.filter((text) => text.includes(sentinel))).to.deep.equal([]);
    });

    it("keeps the kubeconfig secret and out of every output", () => {
      const outputs = [...recording.outputs.values()].map((values) => JSON.stringify(values));
      expect(outputs.filter((text) => /kind\W+Config|current-context/.test(text))).to.deep.equal([]);
      expect(
        offenders(({ inputs }) => plainTexts(inputs).some((text) => text.includes("current-context"))),
      ).to.deep.equal([]);
    });

    it("is asked for in the first preview too, when nothing is known yet", async () => {
      const preview = await recordEnvironment(stack, { preview: true });
      expect(preview.keys()).to.deep.equal(recording.keys());
      expect(preview.keys(({ protect }) => protect)).to.deep.equal(recording.keys(({ protect }) => protect));
    });

    it("is in the committed inventory", () => {
      const file = join(root, inventoryFile(stack));
      const committed = existsSync(file) ? readFileSync(file, "utf8") : "";
      expect(
        committed,
        `${inventoryFile(stack)} is out of date: run "npm run inventory" and read its diff before you commit it`,
      ).to.equal(recording.inventory());
    });
  });

  describe(`the outputs of ${stack}`, () => {
    it("are what the next person needs, in plain text, with nothing secret among them", async () => {
      const { stackOutputs } = await recordEnvironment(stack);
      const expected: Record<string, string[]> = {
        ci: ["charts", "cluster", "connect", "images", "jenkins", "nameServers"],
        popups: ["certificateMap", "domain", "nameServers", "zone"],
        [popup]: ["cluster", "connect", "namespace", "urls"],
      };
      expect(Object.keys(stackOutputs).sort()).to.deep.equal(
        expected[stack] ?? ["cluster", "connect", "database", "nameServers", "namespace", "urls"],
      );
      const { urls = {}, nameServers = [], ...others } = stackOutputs;
      for (const part of [urls, nameServers, others]) {
        const values: unknown[] = Object.values(part as object);
        expect(values.filter((value) => typeof value !== "string")).to.deep.equal([]);
      }
      if (stack === popupsBase) return;
      expect(stackOutputs["connect"]).to.match(
        /^gcloud container clusters get-credentials \S+ --dns-endpoint --location \S+ --project acme-\w+$/,
      );
    });
  });
}

describe("the program", () => {
  it("asks for the same in every time zone, language and year, byte for byte", async function () {
    // Two processes of the whole program, on a machine that may be busy.
    this.timeout(120_000);
    const program = `
      const now = Date.UTC(2031, 6, 4, 23, 30);
      const RealDate = Date;
      globalThis.Date = class extends RealDate {
        constructor(...given) { if (given.length > 0) super(...given); else super(now); }
        static now() { return now; }
      };
      Math.random = () => 0.25;
      const { recordEnvironment } = require("./test/support/recorder");
      const { stacks } = require("./test/support/settings");
      (async () => {
        const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
        const texts = [];
        for (const stack of stacks) texts.push((await recordEnvironment(stack)).text());
        process.stdout.write(JSON.stringify({ year: new Date().getFullYear(), locale, timeZone, texts }));
      })();
    `;
    const elsewhere = JSON.parse(
      execFileSync(process.execPath, ["--import", "tsx", "--eval", program], {
        cwd: root,
        encoding: "utf8",
        maxBuffer: 2 ** 26,
        env: { ...process.env, TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      }),
    ) as { year: number; locale: string; timeZone: string; texts: string[] };
    // The other place is really another one.
    expect(elsewhere).to.include({ year: 2031, timeZone: "Pacific/Auckland" });
    expect(elsewhere.locale).to.match(/^tr/);
    for (const [index, stack] of stacks.entries()) {
      expect(elsewhere.texts[index], stack).to.equal((await recordEnvironment(stack)).text());
    }
  });

  it("asks for the same when it runs again", async () => {
    expect((await recordEnvironment("production")).text()).to.equal(
      (await recordEnvironment("production")).text(),
    );
  });
});

describe("two environments", () => {
  /** What Google knows the resources of a stack by. */
  const physicalNames = (recording: Recording) =>
    recording.registrations
      .filter((made) => isCloudResource(made) && made.type.startsWith("gcp:"))
      .flatMap(({ type, inputs }) =>
        ["name", "accountId", "repositoryId", "secretId", "instanceId", "ipCidrRange"].flatMap((key) =>
          typeof inputs[key] === "string" ? [`${type} ${key} ${inputs[key]}`] : [],
        ),
      );

  const popupConfig = (index: number) => {
    const config = stackConfig(popup);
    const network = JSON.stringify({ addresses: `popup-${index}`, egressAddresses: 0 });
    return { ...config, values: { ...config.values, "platform:network": network } };
  };

  it("that are pop-ups in one project share no name and no address", async () => {
    const first = physicalNames(await recordEnvironment("popup-search", { config: popupConfig(0) }));
    const second = physicalNames(await recordEnvironment("popup-search2", { config: popupConfig(1) }));
    expect(first.length).to.be.above(5);
    // A pool's name need only be unique in its cluster.
    const shared = first.filter((name) => second.includes(name) && !name.includes("nodePool"));
    expect(shared).to.deep.equal([]);
  });

  it("never meet: a pop-up names no other environment's project, network or account, but the registry", async () => {
    const recording = await recordEnvironment(popup);
    const texts = recording.registrations
      .filter((made) => !isProvider(made))
      .flatMap(({ inputs }) => plainTexts(inputs))
      .filter((text) => !text.startsWith("oci://europe-west1-docker.pkg.dev/acme-ci/charts/"));
    expect(
      texts.filter((text) => /acme-(ci|staging|production)|staging|production/.test(text)),
    ).to.deep.equal([]);
  });

  for (const [stack, other] of [
    ["staging", "production"],
    ["production", "staging"],
  ] as const) {
    it(`never meet: ${stack} names nothing of ${other}`, async () => {
      const recording = await recordEnvironment(stack);
      const texts = recording.registrations.flatMap(({ inputs }) => plainTexts(inputs));
      expect(texts.filter((text) => text.includes(other))).to.deep.equal([]);
    });
  }
});

describe("protection", () => {
  for (const stack of stacks.filter((name) => !isPopup(name))) {
    it(`of ${stack} covers what holds data, names or addresses, and the deletion guard, and nothing else`, async () => {
      const recording = await recordEnvironment(stack);
      const types = new Set(recording.registrations.filter(({ protect }) => protect).map(({ type }) => type));
      const clustered = [
        "gcp:compute/network:Network",
        "gcp:compute/subnetwork:Subnetwork",
        "gcp:container/cluster:Cluster",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:kms/keyRing:KeyRing",
        "random:index/randomId:RandomId",
      ];
      const names = [
        "gcp:certificatemanager/certificateMap:CertificateMap",
        "gcp:dns/managedZone:ManagedZone",
      ];
      const delivery = [
        ...names,
        "gcp:compute/address:Address",
        "gcp:compute/globalAddress:GlobalAddress",
        "gcp:sql/database:Database",
        "gcp:sql/databaseInstance:DatabaseInstance",
      ];
      const stores = ["gcp:memorystore/instance:Instance", "gcp:secretmanager/secret:Secret"];
      const registries = ["gcp:artifactregistry/repository:Repository"];
      const jenkins = [
        ...names,
        "gcp:compute/globalAddress:GlobalAddress",
        "gcp:gkebackup/backupPlan:BackupPlan",
        "gcp:secretmanager/secret:Secret",
      ];
      const expected: Record<string, string[]> = {
        ci: [...clustered, ...registries, ...jenkins],
        popups: names,
      };
      expect([...types].sort()).to.deep.equal(
        [
          "platform:index:DeletionGuard",
          ...(expected[stack] ?? [...clustered, ...delivery, ...stores]),
        ].sort(),
      );
      const unguarded = recording.registrations.filter(({ type, protect }) => types.has(type) && !protect);
      expect(unguarded.map(describeOne)).to.deep.equal([]);
    });

    it(`of ${stack} stops the provider wherever it stops the engine`, async () => {
      const recording = await recordEnvironment(stack);
      // These two have no such field: Google deletes neither.
      const without = ["gcp:kms/keyRing:KeyRing", "random:index/randomId:RandomId"];
      const open = recording.registrations.filter(
        ({ type, protect, custom, inputs }) =>
          custom && protect && !without.includes(type) && inputs["deletionPolicy"] !== "PREVENT",
      );
      expect(open.map(describeOne)).to.deep.equal([]);
    });
  }

  /** What a change of the lifecycle may change, by stack: what guards, and how long a pool that goes waits. */
  const everywhere = [
    "inputs.deletionPolicy",
    "inputs.deletionProtection",
    "inputs.nodeDrainConfigs",
    "protect",
  ];
  const stores = [
    "inputs.deletionProtectionEnabled",
    "inputs.forceDestroy",
    "inputs.settings.deletionProtectionEnabled",
  ];
  for (const [stack, guards] of [
    ["ci", everywhere],
    ["popups", ["inputs.deletionPolicy", "protect"]],
    ["staging", [...everywhere, ...stores]],
    ["production", [...everywhere, ...stores]],
  ] as const) {
    it(`of ${stack} can be taken off without touching what it protects: guards change and nothing else`, async () => {
      const config = stackConfig(stack);
      const values = { ...config.values, "platform:lifecycle": "disposable" };
      const open = await recordEnvironment(stack, { config: { ...config, values } });
      const kept = await recordEnvironment(stack);
      const urns = (recording: Recording) => recording.registrations.map(({ urn }) => urn).sort();
      expect(urns(open)).to.deep.equal(urns(kept));
      const changed = kept.registrations.flatMap((made) => differences(made, open.at(made.urn)));
      expect([...new Set(changed)].sort()).to.deep.equal([...guards].sort());
      expect(open.stackOutputs).to.deep.equal(kept.stackOutputs);
    });
  }

  it("of a pop-up is nowhere: not in the engine, not in the provider, not at Google", async () => {
    const recording = await recordEnvironment(popup);
    expect(recording.keys(({ protect, retainOnDelete }) => protect || retainOnDelete)).to.deep.equal([]);
    const held = recording.keys(({ inputs }) => {
      const { deletionPolicy, deletionProtection } = inputs;
      return deletionPolicy === "PREVENT" || deletionPolicy === "ABANDON" || deletionProtection === true;
    });
    expect(held).to.deep.equal([]);
  });

  it("of a pop-up's teardown: it makes nothing that Google keeps for ever", async () => {
    const recording = await recordEnvironment(popup);
    expect(recording.keys(({ type }) => /^gcp:(kms|servicenetworking)\//.test(type))).to.deep.equal([]);
  });

  it("leaves every resource in a cluster to be deleted properly: none is dropped with the cluster", async () => {
    for (const stack of stacks) {
      const recording = await recordEnvironment(stack);
      const dropped = recording.registrations.filter(
        ({ type, deletedWith }) => type.startsWith("kubernetes:") && deletedWith !== undefined,
      );
      expect(dropped.map(({ urn }) => nameOf(urn))).to.deep.equal([]);
    }
  });
});
