import { join } from "node:path";

import { expect } from "chai";

import { readCatalogue } from "../../config/catalogue";
import type { Releases } from "../../config/releases";
import { createDelivery } from "../../environments/delivery";
import { nameOf, record, recordEnvironment, type Recording } from "../support/recorder";
import { deliverySettings, popup, root, serviceEntryOf } from "../support/settings";

const types = {
  cluster: "gcp:container/cluster:Cluster",
  pool: "gcp:container/nodePool:NodePool",
  instance: "gcp:sql/databaseInstance:DatabaseInstance",
  database: "gcp:sql/database:Database",
  user: "gcp:sql/user:User",
  account: "gcp:serviceaccount/account:Account",
  projectMember: "gcp:projects/iAMMember:IAMMember",
};
const storing = ["authentication", "billing", "messaging", "routing"];

type Block = Record<string, unknown>;
const cluster = (recording: Recording) => recording.one(types.cluster).inputs;
const instance = (recording: Recording) => recording.one(types.instance).inputs["settings"] as Block;

describe("staging and production", () => {
  let staging: Recording;
  let production: Recording;
  before(async () => {
    staging = await recordEnvironment("staging");
    production = await recordEnvironment("production");
  });

  it("are made of the same resources, so that what works in one works in the other", () => {
    // How many fixed addresses outgoing calls have is a setting; that they have any is not.
    const isEgress = (key: string) => /^gcp:compute\/address:Address main-egress-\d+$/.test(key);
    const named = (recording: Recording, stack: string) =>
      recording
        .keys()
        .filter((key) => !isEgress(key))
        .map((key) => key.replaceAll(stack, "STACK"));
    expect(named(production, "production")).to.deep.equal(named(staging, "staging"));
    expect(staging.keys().filter(isEgress)).to.have.length(1);
    expect(production.keys().filter(isEgress)).to.have.length(2);
  });

  it("give services what all their pools have, in one namespace that confines them", () => {
    for (const [recording, cpus] of [
      [staging, "36"],
      [production, "240"],
    ] as const) {
      const { hard } = recording.one("kubernetes:core/v1:ResourceQuota").inputs["spec"] as {
        hard: Record<string, string>;
      };
      expect(hard["requests.cpu"]).to.equal(cpus);
      const { labels } = recording.one("kubernetes:core/v1:Namespace").inputs["metadata"] as {
        labels: Record<string, string>;
      };
      expect(labels["pod-security.kubernetes.io/enforce"]).to.equal("restricted");
    }
  });

  it("have a database and a login for each service that stores something, and one migrator", () => {
    for (const recording of [staging, production]) {
      expect(recording.all(types.database).map(({ name }) => name)).to.have.members(storing);
      expect(recording.all(types.user).map(({ name }) => name)).to.have.members([
        ...storing,
        "main-migrator",
      ]);
    }
  });

  it("let only the migrator own what is in the database", () => {
    const owners = production.all(types.user).filter(({ inputs }) => inputs["databaseRoles"] !== undefined);
    expect(owners.map(({ name, inputs }) => [name, inputs["deletionPolicy"]])).to.deep.equal([
      ["main-migrator", "ABANDON"],
    ]);
  });

  it("give their nodes the roles of nodes and their deployer those of a deployer, and no more", () => {
    const roles = (member: string) =>
      production
        .all(types.projectMember)
        .filter(({ inputs }) => inputs["member"] === `serviceAccount:${member}.iam.gserviceaccount.com`)
        .map(({ inputs }) => inputs["role"]);
    expect(roles("production--nodes@acme-production")).to.deep.equal([
      "roles/container.defaultNodeServiceAccount",
    ]);
    expect(roles("deployer--production@acme-ci")).to.have.members([
      "roles/container.clusterViewer",
      "roles/container.developer",
    ]);
  });

  it("give every other role in the project for one database or cache only", () => {
    const wide = production
      .all(types.projectMember)
      .filter(({ inputs }) => inputs["condition"] === undefined)
      .map(({ inputs }) => String(inputs["member"]));
    expect(new Set(wide)).to.deep.equal(
      new Set([
        "serviceAccount:production--nodes@acme-production.iam.gserviceaccount.com",
        "serviceAccount:deployer--production@acme-ci.iam.gserviceaccount.com",
        // Looks, and changes nothing.
        "serviceAccount:deployer--preview@acme-ci.iam.gserviceaccount.com",
        // Lists instances and names of databases; what it changes has a condition.
        "serviceAccount:deployer--rehearsal@acme-ci.iam.gserviceaccount.com",
      ]),
    );
  });

  it("leave their backups behind when their database goes, protected or not", () => {
    for (const recording of [staging, production]) {
      expect(instance(recording)).to.deep.include({
        retainBackupsOnDelete: true,
        finalBackupConfig: { enabled: true, retentionDays: 30 },
      });
    }
  });

  it("have a control plane in three zones", () => {
    expect(cluster(staging)["location"]).to.equal("europe-west1");
    expect(cluster(production)["location"]).to.equal("europe-west1");
  });

  it("encrypt the secrets of their clusters with keys of their own", () => {
    const keys = [staging, production].map(
      (recording) => (cluster(recording)["databaseEncryption"] as Block)["keyName"],
    );
    expect(keys[0]).to.match(/^projects\/acme-staging\//);
    expect(keys[1]).to.match(/^projects\/acme-production\//);
  });

  it("make the cluster only when its service agent may use the key", () => {
    const needed = production.prerequisites(production.one(types.cluster).urn);
    expect([...needed]).to.include(production.one("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").urn);
  });

  it("never run production on spare machines", () => {
    const spot = production.all(types.pool).map(({ inputs }) => (inputs["nodeConfig"] as Block)["spot"]);
    expect(spot).to.deep.equal([false]);
  });

  it("keep a standby and backups of a month in production", () => {
    expect(instance(production)).to.include({
      availabilityType: "REGIONAL",
      deletionProtectionEnabled: true,
    });
    expect((instance(production)["backupConfiguration"] as Block)["backupRetentionSettings"]).to.deep.equal({
      retainedBackups: 30,
      retentionUnit: "COUNT",
    });
  });

  describe("take an upgrade in that order:", () => {
    const channel = (recording: Recording) =>
      ["RAPID", "REGULAR", "STABLE"].indexOf(
        (cluster(recording)["releaseChannel"] as Block)["channel"] as string,
      );
    const track = (recording: Recording) =>
      ["canary", "stable", "week5"].indexOf(
        (instance(recording)["maintenanceWindow"] as Block)["updateTrack"] as string,
      );
    const window = (recording: Recording) => {
      const { recurringWindow } = cluster(recording)["maintenancePolicy"] as {
        recurringWindow: { recurrence: string; startTime: string; endTime: string };
      };
      const days = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(recurringWindow.recurrence)?.[1]?.split(",") ?? [];
      return {
        ...recurringWindow,
        days: days.map((day) => ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].indexOf(day)),
      };
    };

    it("production's release channel is later than staging's", () => {
      expect(channel(staging)).to.be.at.least(0);
      expect(channel(production)).to.be.above(channel(staging));
    });

    it("production's database is maintained later than staging's", () => {
      expect(track(staging)).to.be.at.least(0);
      expect(track(production)).to.be.above(track(staging));
    });

    it("production's windows of a week come after all of staging's", () => {
      expect(window(staging).days).to.not.have.length(0);
      expect(Math.min(...window(production).days)).to.be.above(Math.max(...window(staging).days));
    });

    it("a window ends before the next day's begins", () => {
      for (const recording of [staging, production]) {
        const { startTime, endTime } = window(recording);
        const hours = (Date.parse(endTime) - Date.parse(startTime)) / 3_600_000;
        expect(hours).to.equal(6);
      }
    });

    it("the first window is on one of the days", () => {
      for (const recording of [staging, production]) {
        const { startTime, days } = window(recording);
        expect(days).to.include((new Date(startTime).getUTCDay() + 6) % 7);
      }
    });
  });
});

describe("a pop-up", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordEnvironment(popup);
  });

  it("has a cluster of one zone on spare machines, and nothing that takes an hour to make", () => {
    expect(cluster(recording)["location"]).to.equal("europe-west1-b");
    const spot = recording.all(types.pool).map(({ inputs }) => (inputs["nodeConfig"] as Block)["spot"]);
    expect(spot).to.deep.equal([true]);
    expect(recording.keys(({ type }) => type.startsWith("gcp:sql/"))).to.deep.equal([]);
  });

  it("has a namespace of its own name, since all pop-ups share one Workload Identity pool", () => {
    const { metadata } = recording.one("kubernetes:core/v1:Namespace").inputs;
    expect((metadata as Block)["name"]).to.equal(popup);
  });

  it("has one Google account, for its nodes", () => {
    expect(recording.all(types.account).map(({ inputs }) => inputs["accountId"])).to.deep.equal([
      `${popup}--nodes`,
    ]);
  });

  it("is as hardened as production in everything but the key for secrets", async () => {
    const production = await recordEnvironment("production");
    const hardening = [
      "anonymousAuthenticationConfig",
      "controlPlaneEndpointsConfig",
      "datapathProvider",
      "enableIntranodeVisibility",
      "enableLegacyAbac",
      "enableShieldedNodes",
      "masterAuth",
      "networkingMode",
      "nodePoolDefaults",
      "privateClusterConfig",
      "rbacBindingConfig",
      "securityPostureConfig",
      "serviceExternalIpsConfig",
    ];
    for (const key of hardening) {
      expect(cluster(recording)[key], key).to.deep.equal(cluster(production)[key]);
      expect(cluster(production), key).to.have.any.keys(key);
    }
  });
});

describe("services of the catalogue", () => {
  const catalogue = readCatalogue(join(root, "catalog", "services"));
  const delivery = (services: typeof catalogue, releases: Releases = {}) =>
    record(() => createDelivery("staging", deliverySettings(), { catalogue: services, releases }), {
      stack: "staging",
    });

  it("leave each other alone: a new one changes nothing of the others", async () => {
    const [before, after] = [
      await delivery(catalogue),
      await delivery({
        ...catalogue,
        accounts: serviceEntryOf({ stores: ["postgres", "redis"], secrets: ["key"] }),
      }),
    ];
    const guard = "platform:index:DeletionGuard";
    const known = new Map(after.registrations.map((made) => [made.urn, JSON.stringify(made)]));
    const changed = before.registrations.filter(
      (made) => made.type !== guard && known.get(made.urn) !== JSON.stringify(made),
    );
    expect(changed.map(({ urn }) => nameOf(urn))).to.deep.equal([]);
    expect(after.registrations.length).to.be.above(before.registrations.length);
  });

  it("lose the protection of their data when they retire, and keep the data", async () => {
    const billing = { ...catalogue["billing"]!, retired: true };
    const recording = await delivery({ ...catalogue, billing });
    const open = recording.all(types.database).filter(({ protect }) => !protect);
    expect(open.map(({ name }) => name)).to.deep.equal(["billing"]);
  });

  it("have caches only where there are any, and the APIs for them only there", async () => {
    const apis = (recording: Recording) =>
      recording.all("gcp:projects/service:Service").map(({ name }) => name.replace("project-", ""));
    const ofCaches = ["memorystore", "networkconnectivity", "serviceconsumermanagement"];
    expect(apis(await delivery(catalogue))).to.include.members(ofCaches);
    expect(apis(await recordEnvironment(popup))).to.not.include.members(ofCaches);
  });

  it("run in an environment that alerts nobody, too", async () => {
    expect((await delivery(catalogue)).keys(({ type }) => type.startsWith("gcp:monitoring/"))).to.deep.equal(
      [],
    );
  });
});
