/** Does not prove that PostgreSQL lets anybody in: only what Cloud SQL is asked for. */
import * as core from "@pulumi/kubernetes/core/v1";
import { expect } from "chai";

import { Database, type DatabaseArgs, instanceArgs } from "../../components/database";
import { Identity } from "../../components/identity";
import { nameOf, record, type Recording } from "../support/recorder";

const types = {
  instance: "gcp:sql/databaseInstance:DatabaseInstance",
  database: "gcp:sql/database:Database",
  user: "gcp:sql/user:User",
  suffix: "random:index/randomId:RandomId",
  address: "gcp:compute/address:Address",
  zone: "gcp:dns/managedZone:ManagedZone",
};
type PlainArgs = Omit<DatabaseArgs, "services" | "migrator">;
const args: PlainArgs = {
  prefix: "staging",
  project: "acme",
  region: "europe-west1",
  network: "projects/acme/global/networks/staging-main",
  subnetwork: "projects/acme/regions/europe-west1/subnetworks/staging-main",
  labels: { environment: "staging" },
  lifecycle: "protected",
  version: "POSTGRES_18",
  tier: "db-custom-2-7680",
  highAvailability: true,
  diskGb: 50,
  maxDiskGb: 200,
  updateTrack: "canary",
  keepBackups: true,
  backupsKept: 14,
};

/** A program with a database and, of what it tells, what `use` makes. */
function database(
  more: Partial<PlainArgs> = {},
  services: Record<string, boolean> = { billing: false, auth: false },
  use: (made: Database) => void = () => undefined,
) {
  return record(() => {
    const identity = (name: string) =>
      new Identity(name, { prefix: "staging", project: "acme", purpose: name });
    const made = new Database("main", {
      ...args,
      ...more,
      services: Object.fromEntries(
        Object.entries(services).map(([name, retired]) => [name, { account: identity(name), retired }]),
      ),
      migrator: identity("migrator"),
    });
    use(made);
  });
}

const instance = (recording: Recording) => recording.one(types.instance);
const nameWith = async (more: Partial<PlainArgs>) => instance(await database(more)).inputs["name"];

async function settings(more: Partial<PlainArgs> = {}) {
  return instance(await database(more)).inputs["settings"] as Record<string, unknown>;
}

describe("a database", () => {
  it("is kept with its name, its data, its address and its zone in a protected environment, logins are not", async () => {
    const recording = await database();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([
      `${types.address} main`,
      `${types.zone} main`,
      `${types.database} auth`,
      `${types.database} billing`,
      `${types.instance} main`,
      `${types.suffix} main`,
    ]);
    const kept = [types.address, types.zone, types.database, types.instance];
    const policies = kept.flatMap((type) =>
      recording.all(type).map(({ inputs }) => inputs["deletionPolicy"]),
    );
    expect(policies).to.deep.equal(["PREVENT", "PREVENT", "PREVENT", "PREVENT", "PREVENT"]);
  });

  it("refuses its deletion on every surface in a protected environment", async () => {
    expect(instance(await database()).inputs).to.include({
      deletionProtection: true,
      deletionPolicy: "PREVENT",
    });
    expect(await settings()).to.include({ deletionProtectionEnabled: true });
  });

  for (const lifecycle of ["protected", "disposable"] as const) {
    it(`leaves its backups and a last one exactly when they are to be kept, where it is ${lifecycle}`, async () => {
      expect(await settings({ lifecycle, keepBackups: true })).to.deep.include({
        retainBackupsOnDelete: true,
        finalBackupConfig: { enabled: true, retentionDays: 30 },
      });
      const unkept = await settings({ lifecycle, keepBackups: false });
      expect(unkept).to.include({ retainBackupsOnDelete: false });
      expect(unkept).not.to.have.any.keys("finalBackupConfig");
    });
  }

  it("is asked for nothing but its guards when the protection is taken off", async () => {
    const plain = { ...args, services: {}, migrator: undefined as never };
    const kept = instanceArgs({ ...plain, lifecycle: "protected" });
    const open = instanceArgs({ ...plain, lifecycle: "disposable" });
    expect(open).to.deep.equal({ ...kept, settings: { ...kept.settings, deletionProtectionEnabled: false } });
    const { inputs } = instance(await database({ lifecycle: "disposable" }));
    expect(inputs).to.deep.equal({
      ...instance(await database()).inputs,
      deletionProtection: false,
      deletionPolicy: "DELETE",
      settings: inputs["settings"],
    });
  });

  it("is guarded nowhere in a disposable environment", async () => {
    const recording = await database({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.keys(({ inputs }) => inputs["deletionPolicy"] === "PREVENT")).to.deep.equal([]);
    expect(instance(recording).inputs["deletionProtection"]).to.equal(false);
    expect(await settings({ lifecycle: "disposable" })).to.include({ deletionProtectionEnabled: false });
    expect(recording.one(types.zone).inputs["forceDestroy"]).to.equal(true);
  });

  it("lets the data of a retired service go, and of no other", async () => {
    const recording = await database({}, { billing: true, auth: false });
    const guarded = recording.all(types.database).map(({ name, protect, inputs }) => ({
      name,
      protect,
      policy: inputs["deletionPolicy"],
    }));
    expect(guarded).to.have.deep.members([
      { name: "billing", protect: false, policy: "DELETE" },
      { name: "auth", protect: true, policy: "PREVENT" },
    ]);
    expect(instance(recording).protect).to.equal(true);
  });

  it("has one database and one login for each service", async () => {
    const recording = await database();
    expect(recording.all(types.database).map(({ inputs }) => inputs["name"])).to.have.members([
      "auth",
      "billing",
    ]);
    expect(recording.all(types.user).map(({ name }) => name)).to.have.members([
      "auth",
      "billing",
      "main-migrator",
    ]);
  });

  it("does not drop databases one by one when the instance goes", async () => {
    const recording = await database();
    const gone = [...recording.all(types.database), ...recording.all(types.user)];
    expect(gone.filter(({ deletedWith }) => deletedWith !== instance(recording).urn)).to.deep.equal([]);
  });

  it("is called by its stack and a random part that is kept", async () => {
    expect(await nameWith({})).to.match(/^staging-main-[0-9a-f]{6}$/);
    expect(await nameWith({})).to.equal(await nameWith({}));
  });

  it("has another name when project or region change, since Google keeps a deleted name for a week", async () => {
    const names = [
      await nameWith({}),
      await nameWith({ project: "other" }),
      await nameWith({ region: "us-east1" }),
    ];
    expect(new Set(names).size).to.equal(3);
  });

  const inPlace: Partial<PlainArgs>[] = [
    { lifecycle: "disposable" },
    { tier: "db-custom-4-15360" },
    { highAvailability: false },
    { maxDiskGb: 400 },
    { version: "POSTGRES_17" },
    { backupsKept: 30 },
    { keepBackups: false },
    { labels: {} },
  ];
  for (const change of inPlace) {
    it(`keeps its name when ${Object.keys(change).join()} changes, which happens in place`, async () => {
      expect(await nameWith(change)).to.equal(await nameWith({}));
    });
  }

  it("is up before the one it replaces goes", async () => {
    expect(instance(await database()).deleteBeforeReplace).to.equal(false);
  });

  it("lets its disk grow without ever asking for the first size again", async () => {
    const recording = await database();
    expect(instance(recording).ignoreChanges).to.deep.equal(["settings.diskSize"]);
    expect(await settings()).to.include({ diskSize: 50, diskAutoresize: true, diskAutoresizeLimit: 200 });
  });

  it("leaves it to the provider how long it may take", async () => {
    expect(instance(await database()).customTimeouts).to.deep.equal({});
  });

  it("has no public address and takes only encrypted connections through connectors, from its own project", async () => {
    expect(await settings()).to.deep.include({
      connectorEnforcement: "REQUIRED",
      ipConfiguration: {
        ipv4Enabled: false,
        sslMode: "ENCRYPTED_ONLY",
        pscConfigs: [{ pscEnabled: true, allowedConsumerProjects: ["acme"] }],
      },
    });
  });

  it("is backed up daily and can go back to any minute of a week", async () => {
    expect((await settings())["backupConfiguration"]).to.deep.equal({
      enabled: true,
      pointInTimeRecoveryEnabled: true,
      startTime: "01:00",
      transactionLogRetentionDays: 7,
      backupRetentionSettings: { retainedBackups: 14, retentionUnit: "COUNT" },
    });
  });

  it("has a standby in a second zone exactly when that is asked for", async () => {
    expect((await settings())["availabilityType"]).to.equal("REGIONAL");
    expect((await settings({ highAvailability: false }))["availabilityType"]).to.equal("ZONAL");
  });

  it("takes IAM logins and writes down who connects and what changes schemas", async () => {
    const flags = (await settings())["databaseFlags"] as { name: string; value: string }[];
    expect(Object.fromEntries(flags.map(({ name, value }) => [name, value]))).to.deep.equal({
      "cloudsql.iam_authentication": "on",
      "cloudsql.enable_pgaudit": "on",
      log_checkpoints: "on",
      log_connections: "on",
      log_disconnections: "on",
      log_lock_waits: "on",
      log_min_error_statement: "error",
      log_statement: "ddl",
      log_temp_files: "0",
    });
  });

  it("knows no password", async () => {
    const recording = await database();
    const texts = recording.registrations.map(({ inputs }) => JSON.stringify(inputs));
    const named = texts.filter((text) => /"(root)?password(Wo)?"/i.test(text));
    expect(named).to.deep.equal([]);
  });

  it("demands long passwords of users that somebody makes by hand", async () => {
    expect((await settings())["passwordValidationPolicy"]).to.deep.equal({
      enablePasswordPolicy: true,
      complexity: "COMPLEXITY_DEFAULT",
      minLength: 14,
      disallowUsernameSubstring: true,
    });
  });

  it("names its edition, which would otherwise refuse its machine", async () => {
    expect(await settings()).to.include({ edition: "ENTERPRISE", tier: "db-custom-2-7680" });
  });

  it("is maintained on the track that is asked for", async () => {
    expect((await settings({ updateTrack: "week5" }))["maintenanceWindow"]).to.include({
      updateTrack: "week5",
    });
  });

  it("gives every service its own parts, so that none depends on another", async () => {
    const recording = await database();
    for (const [mine, other] of [
      ["auth", "billing"],
      ["billing", "auth"],
    ] as const) {
      for (const type of [types.user, types.database]) {
        const needed = recording.prerequisites(recording.one(type, mine).urn);
        expect([...needed].map(nameOf)).not.to.include(other);
      }
    }
  });

  it("drops a service's database before its login, which PostgreSQL keeps while it has rights there", async () => {
    const recording = await database();
    for (const service of ["auth", "billing"]) {
      const needed = recording.prerequisites(recording.one(types.database, service).urn);
      expect([...needed]).to.include(recording.one(types.user, service).urn);
    }
  });

  it("tells each service its own database and login, and the migrator's", async () => {
    const recording = await database({}, { billing: false, auth: false }, ({ access, migrator }) => {
      const { database, user } = access["billing"]!;
      new core.ConfigMap("told", { data: { database, user, migrator } });
    });
    expect(recording.one("kubernetes:core/v1:ConfigMap").inputs["data"]).to.deep.equal({
      database: "billing",
      user: "staging--billing@no-project.iam",
      migrator: "staging--migrator@no-project.iam",
    });
  });

  it("lets a service wait for the rights of its own login and the migrator's, and of no other", async () => {
    const recording = await database({}, { billing: false, auth: false }, ({ access }) => {
      new core.ConfigMap("user", {}, { dependsOn: [...access["billing"]!.logins] });
    });
    const needed = recording.prerequisites(recording.one("kubernetes:core/v1:ConfigMap").urn);
    const rights = [...needed].filter((urn) => urn.includes("gcp:projects/iAMMember")).map(nameOf);
    expect(rights).to.have.members(
      ["billing", "main-migrator"].flatMap((name) => [
        `${name}-cloudsql-client`,
        `${name}-cloudsql-instanceuser`,
      ]),
    );
  });
});
