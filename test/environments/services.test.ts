/**
 * What each service of the catalogue becomes. Does not prove that a release comes up: see test/full.
 */
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";

import { generatedCatalogue } from "../../bench/catalogue";
import { type Catalogue, readCatalogue } from "../../config/catalogue";
import type { Releases } from "../../config/releases";
import { serviceEntry } from "../../config/service";
import type { DeliverySettings } from "../../config/settings";
import { createDelivery } from "../../environments/delivery";
import {
  cacheAddress,
  nameOf,
  record,
  recordEnvironment,
  type Recording,
  unknown,
} from "../support/recorder";
import { deliverySettings, popup, root, serviceEntryOf } from "../support/settings";

const types = {
  release: "kubernetes:helm.sh/v3:Release",
  account: "kubernetes:core/v1:ServiceAccount",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  deployment: "kubernetes:apps/v1:Deployment",
  secret: "gcp:secretmanager/secret:Secret",
  reader: "gcp:secretmanager/secretIamMember:SecretIamMember",
  cache: "gcp:memorystore/instance:Instance",
  database: "gcp:sql/database:Database",
  grant: "gcp:projects/iAMMember:IAMMember",
  workload: "gcp:serviceaccount/iAMMember:IAMMember",
};

const valuesOf = (recording: Recording, service: string) =>
  (recording.one(types.release, service).inputs["values"] as { environment: Record<string, unknown> })
    .environment;
const releaseOf = (version: string) => ({ version, by: "a test", build: "1" });
const delivery = (catalogue: Catalogue, releases: Releases, settings: Partial<DeliverySettings> = {}) =>
  record(() => createDelivery("staging", deliverySettings(settings), { catalogue, releases }), {
    stack: "staging",
  });

describe("a service of the catalogue in staging", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordEnvironment("staging");
  });

  it("is released at the version of catalog/releases", () => {
    const released = recording.all(types.release).map(({ name, inputs }) => [name, inputs["version"]]);
    expect(Object.fromEntries(released)).to.include({ billing: "1.4.2", webhooks: "0.8.0" });
    expect(released).to.have.length(5);
  });

  it("gets what it stores outside the cluster, by its own login and the migrator's", () => {
    const { instance, ...rest } = (
      valuesOf(recording, "billing")["postgres"] as { cloudSql: { instance: string } }
    ).cloudSql;
    expect(instance).to.match(/^acme-staging:europe-west1:staging-main-[0-9a-f]{6}$/);
    expect(rest).to.deep.equal({
      user: "staging--billing@acme-staging.iam",
      migrator: { account: "migrator", user: "staging--migrator@acme-staging.iam" },
    });
    expect(valuesOf(recording, "messaging")["redis"]).to.deep.equal({
      memorystore: {
        host: cacheAddress("messaging"),
        port: 6379,
        authorities: "a certificate\nits authority\n",
      },
    });
  });

  it("is told where its secrets are, whom it calls, who calls it and where the internet finds it", () => {
    expect(valuesOf(recording, "authentication")).to.deep.include({
      name: "staging",
      owner: "identity-team",
      account: "authentication",
      secrets: {
        "signing-key": "projects/acme-staging/secrets/staging--authentication--signing-key/versions/latest",
      },
      calls: [],
      callers: ["billing", "messaging", "webhooks"],
      route: { hostname: "api.staging.acme.example", path: "/auth", gateway: "public" },
    });
    expect(valuesOf(recording, "routing")).to.not.have.any.keys("route", "redis");
    expect(valuesOf(recording, "webhooks")).to.not.have.any.keys("postgres", "redis");
  });

  it("reads its secrets as its Google account where it has one, for that is who the driver is then", () => {
    const readers = recording.all(types.reader).map(({ name, inputs }) => [name, inputs["member"]]);
    const account = (name: string) => `serviceAccount:staging--${name}@acme-staging.iam.gserviceaccount.com`;
    const pool = "workloadIdentityPools/acme-staging.svc.id.goog";
    expect(Object.fromEntries(readers)).to.deep.equal({
      "authentication-signing-key": account("authentication"),
      "billing-payment-provider-key": account("billing"),
      "webhooks-webhook-signing-key": `principal://iam.googleapis.com/projects/200000000002/locations/global/${pool}/subject/ns/staging/sa/webhooks`,
    });
  });

  it("has a Google account exactly when it logs in to something, and its pods act as that one", () => {
    const acting = recording.all(types.account).map(({ name, inputs }) => {
      const { annotations } = inputs["metadata"] as { annotations?: Record<string, string> };
      return [name, annotations?.["iam.gke.io/gcp-service-account"]];
    });
    const account = (name: string) => `staging--${name}@acme-staging.iam.gserviceaccount.com`;
    expect(Object.fromEntries(acting)).to.deep.equal({
      authentication: account("authentication"),
      billing: account("billing"),
      messaging: account("messaging"),
      migrator: account("migrator"),
      routing: account("routing"),
      webhooks: undefined,
    });
  });

  it("starts when all that it needs is there, what no value tells too, and waits for nothing of another", () => {
    const needed = [...recording.prerequisites(recording.one(types.release, "messaging").urn)];
    const of = (type: string) =>
      needed.filter((urn) => urn.split("::")[2]?.endsWith(type)).map((urn) => nameOf(urn) ?? "");
    expect(of(types.database)).to.deep.equal(["messaging"]);
    expect(of(types.cache)).to.deep.equal(["messaging"]);
    expect(of(types.workload)).to.have.members(["messaging-workload", "migrator-workload"]);
    expect(of(types.grant)).to.include.members([
      "messaging-cloudsql-client",
      "messaging-cloudsql-instanceuser",
      "main-migrator-cloudsql-client",
      "main-migrator-cloudsql-instanceuser",
      "messaging-memorystore-dbconnectionuser",
    ]);
    expect(of(types.account)).to.have.members(["messaging", "migrator"]);
    expect(of(types.policy)).to.include.members([
      "messaging",
      "services-deny-all",
      "services-allow-database",
    ]);
    const others = ["authentication", "billing", "routing", "webhooks"];
    expect(needed.filter((urn) => others.some((other) => nameOf(urn)?.startsWith(other)))).to.deep.equal([]);
    const secrets = [...recording.prerequisites(recording.one(types.release, "billing").urn)];
    expect(secrets).to.include(recording.one(types.reader, "billing-payment-provider-key").urn);
  });

  it("can be asked for in a first preview, where addresses and logins are not known yet", async () => {
    const preview = await recordEnvironment("staging", { preview: true });
    expect(preview.one(types.release, "webhooks").inputs).to.deep.include({
      name: "webhooks",
      namespace: "staging",
      chart: "oci://europe-west1-docker.pkg.dev/acme-ci/charts/webhooks",
    });
    const { redis, postgres, ...known } = valuesOf(preview, "messaging");
    expect(redis).to.deep.equal({ memorystore: { host: unknown, port: 6379, authorities: unknown } });
    expect((postgres as Record<string, unknown>)["database"]).to.equal("messaging");
    expect(JSON.stringify(known)).to.not.contain(unknown);
  });
});

describe("a service of the catalogue in a pop-up", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordEnvironment(popup);
  });

  it("has stores of its own in the cluster, which run before it starts", () => {
    expect(valuesOf(recording, "messaging")).to.deep.include({
      postgres: { database: "messaging", inCluster: { host: "messaging-postgres", user: "messaging" } },
      redis: { inCluster: { host: "messaging-redis" } },
    });
    const needed = recording.prerequisites(recording.one(types.release, "messaging").urn);
    for (const store of ["messaging-postgres", "messaging-redis"]) {
      expect([...needed]).to.include(recording.one(types.deployment, store).urn);
      expect([...needed]).to.include(recording.one(types.policy, `${store}-users`).urn);
    }
    expect([...needed].map(nameOf)).to.not.include("authentication-postgres");
  });

  it("is as small as its entry says for pop-ups", () => {
    const sizes = recording.all(types.release).map(({ name }) => valuesOf(recording, name)["replicas"]);
    expect(sizes).to.deep.equal(sizes.map(() => ({ min: 1, max: 1, cpuPercent: 70 })));
  });

  it("reads secrets of this pop-up as itself: it has no Google account", () => {
    const readers = recording.all(types.reader).map(({ inputs }) => inputs["member"]);
    const pool = "workloadIdentityPools/acme-popups.svc.id.goog";
    expect(readers).to.include(
      `principal://iam.googleapis.com/projects/200000000004/locations/global/${pool}/subject/ns/${popup}/sa/billing`,
    );
    expect(readers.filter((member) => !String(member).startsWith("principal://"))).to.deep.equal([]);
    expect(recording.all(types.secret).map(({ inputs }) => inputs["secretId"])).to.include(
      `${popup}--billing--payment-provider-key`,
    );
  });

  it("has a host name of its own in the domain that pop-ups share", () => {
    expect(valuesOf(recording, "billing")["route"]).to.deep.equal({
      hostname: `api-${popup}.popups.acme.example`,
      path: "/billing",
      gateway: "public",
    });
  });
});

/** As many services as one likes, each as one of the real ones is. */
function many(count: number): Catalogue {
  const files = generatedCatalogue(count, readCatalogue(join(root, "catalog", "services")));
  return Object.fromEntries(
    [...files].map(([file, text]) => [file.replace(/\.yaml$/, ""), serviceEntry.parse(parse(text))]),
  );
}

describe("services", () => {
  const entry = serviceEntryOf({ stores: ["postgres", "redis"], secrets: ["key"] });

  it("have everything but a release, and nobody watching, until catalog/releases names a version", async () => {
    const idle = await delivery({ billing: entry }, {});
    const running = await delivery({ billing: entry }, { billing: releaseOf("1.0.0") });
    const added = running.keys().filter((key) => !idle.keys().includes(key));
    expect(added.sort()).to.deep.equal([
      "gcp:monitoring/dashboard:Dashboard billing",
      `${types.release} billing`,
      "platform:index:Monitoring billing",
    ]);
  });

  for (const count of [5, 200]) {
    it(`change only by their own line, ${count} of them: another version is one other release`, async function () {
      this.timeout(120_000);
      const catalogue = many(count);
      const [first = ""] = Object.keys(catalogue);
      const versions = Object.fromEntries(Object.keys(catalogue).map((name) => [name, releaseOf("1.0.0")]));
      const before = await delivery(catalogue, versions);
      const after = await delivery(catalogue, { ...versions, [first]: releaseOf("1.0.1") });
      expect(before.all(types.release)).to.have.length(count);
      const changed = before.registrations.filter(
        (made) => JSON.stringify(made) !== JSON.stringify(after.at(made.urn)),
      );
      expect(changed.map(({ type, name }) => `${type} ${name}`)).to.deep.equal([`${types.release} ${first}`]);
    });
  }

  it("lose the protection of all their data when they retire, and of nobody else's", async () => {
    const other = entry;
    const recording = await delivery({ billing: { ...entry, retired: true }, other }, {});
    const data = [types.database, types.cache, types.secret].flatMap((type) => recording.all(type));
    const held = data.filter(({ protect, inputs }) => protect && inputs["deletionPolicy"] === "PREVENT");
    const open = data.filter(({ protect, inputs }) => !protect && inputs["deletionPolicy"] === "DELETE");
    expect(held.map(({ name }) => name)).to.have.members(["other", "other", "other-key"]);
    expect(open.map(({ name }) => name)).to.have.members(["billing", "billing", "billing-key"]);
    expect(open.map(({ inputs }) => inputs["deletionProtectionEnabled"])).to.not.include(true);
  });

  it("get each store where the environment has that kind, whatever it has of the other", async () => {
    const without = deliverySettings();
    delete without.database;
    const recording = await record(
      () =>
        createDelivery("staging", without, {
          catalogue: { billing: entry },
          releases: { billing: releaseOf("1.0.0") },
        }),
      { stack: "staging" },
    );
    const { postgres, redis } = valuesOf(recording, "billing");
    expect(postgres).to.have.property("inCluster");
    expect(redis).to.have.property("memorystore");
    expect(recording.all(types.account).map(({ name }) => name)).to.have.members([
      "billing",
      "billing-postgres",
    ]);
  });

  it("have one leave for all caches of an environment", async () => {
    const recording = await delivery({ billing: entry, other: entry }, {});
    expect(recording.all("platform:index:CacheConnections")).to.have.length(1);
  });

  for (const stack of ["staging", popup]) {
    it(`start no pod in ${stack} before all that guards their namespace is there`, async () => {
      const recording = await recordEnvironment(stack);
      const guards = recording.registrations.filter(
        ({ custom, parent }) => custom && parent && recording.at(parent).type === "platform:index:Namespace",
      );
      expect(guards.length).to.be.above(8);
      for (const { urn } of [...recording.all(types.release), ...recording.all(types.deployment)]) {
        const needed = recording.prerequisites(urn);
        expect(guards.filter((guard) => !needed.has(guard.urn)).map(({ name }) => name)).to.deep.equal([]);
      }
    });
  }

  it("go before the gateway that their routes are attached to, and its load balancer with it", async () => {
    for (const stack of ["staging", popup]) {
      const recording = await recordEnvironment(stack);
      const gateway = recording.one("kubernetes:gateway.networking.k8s.io/v1:Gateway").urn;
      const before = recording
        .all(types.release)
        .filter(({ urn }) => recording.prerequisites(urn).has(gateway));
      expect(before.map(({ name }) => name).sort()).to.deep.equal([
        "authentication",
        "billing",
        "messaging",
        "webhooks",
      ]);
    }
  });
});
