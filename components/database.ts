import * as sql from "@pulumi/gcp/sql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { suffixBytes, suffixedName } from "../config/names";
import type { DatabaseSettings, Lifecycle } from "../config/settings";
import { DatabaseEndpoint } from "./database-endpoint";
import { DatabaseLogin } from "./database-login";
import { guards } from "./guards";
import type { Identity } from "./identity";

export interface DatabaseArgs extends DatabaseSettings {
  /** Stack prefix of every physical name. */
  prefix: string;
  project: string;
  region: string;
  network: pulumi.Input<string>;
  subnetwork: pulumi.Input<string>;
  /** Services that get a database and a login of their own. */
  services: Readonly<Record<string, ServiceData>>;
  /** The account that owns schemas and migrates them. */
  migrator: Identity;
  labels: Record<string, string>;
  lifecycle: Lifecycle;
}

export interface ServiceData {
  /** The account that logs in. */
  account: Identity;
  /** Its database may be deleted, whatever the environment's lifecycle. */
  retired: boolean;
}

/** What a service needs to know of its database. */
export interface DatabaseAccess {
  readonly database: pulumi.Output<string>;
  /** Who the service is in it. */
  readonly user: pulumi.Output<string>;
  /** The logins, whose rights no output tells of: one may log in once these are there, and not before. */
  readonly logins: readonly pulumi.Resource[];
}

/**
 * A private PostgreSQL instance with one database and one login for each service, and no password anywhere.
 *
 * PostgreSQL lets every login connect to every database until a migration revokes that; what a login may do there is
 * the migrations' business too. Destroying the instance loses all databases; with `keepBackups` it leaves its backups
 * and takes a last one.
 */
export class Database extends pulumi.ComponentResource {
  /** `PROJECT:REGION:INSTANCE`, what the Auth Proxy is given. */
  public readonly connectionName: pulumi.Output<string>;
  /** Address of the endpoint inside the network. */
  public readonly address: pulumi.Output<string>;
  /** Who the migrator is in every database. */
  public readonly migrator: pulumi.Output<string>;
  /** How each service gets to its own. */
  public readonly access: Readonly<Record<string, DatabaseAccess>>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Database", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    // Google keeps the name of a deleted instance for a week: a new instance needs another.
    const suffix = new random.RandomId(
      name,
      { byteLength: suffixBytes, keepers: { project: args.project, region: args.region } },
      { parent: this, protect },
    );
    const instance = new sql.DatabaseInstance(
      name,
      {
        name: pulumi.interpolate`${suffixedName("sqlInstance", args.prefix, name)}-${suffix.hex}`,
        deletionProtection: protect,
        deletionPolicy,
        ...instanceArgs(args),
      },
      {
        parent: this,
        protect,
        deleteBeforeReplace: false,
        // The disk grows by itself; setting it back would be a shrink, which Google refuses.
        ignoreChanges: ["settings.diskSize"],
      },
    );
    const endpoint = new DatabaseEndpoint(
      name,
      {
        prefix: args.prefix,
        region: args.region,
        network: args.network,
        subnetwork: args.subnetwork,
        serviceAttachment: instance.pscServiceAttachmentLink,
        dnsName: instance.dnsName,
        lifecycle: args.lifecycle,
      },
      { parent: this },
    );

    // An IAM login may not create in `public`; the migrator may, and owns what it creates.
    const migrator = new DatabaseLogin(
      `${name}-migrator`,
      { project: args.project, instance, account: args.migrator, ownsObjects: true },
      { parent: this },
    );
    const accessOf = (service: string, { account, retired }: ServiceData): DatabaseAccess => {
      const kept = guards(retired ? "disposable" : args.lifecycle);
      const login = new DatabaseLogin(
        service,
        { project: args.project, instance, account, ownsObjects: false },
        { parent: this },
      );
      const database = new sql.Database(
        service,
        { name: service, instance: instance.name, deletionPolicy: kept.deletionPolicy },
        // PostgreSQL does not drop a login that has rights in a database: the database goes first.
        { parent: this, protect: kept.protect, deletedWith: instance, dependsOn: login },
      );
      return { database: database.name, user: login.user, logins: [login, migrator] };
    };

    this.access = Object.fromEntries(
      Object.entries(args.services).map(([service, data]) => [service, accessOf(service, data)]),
    );
    this.migrator = migrator.user;
    this.connectionName = instance.connectionName;
    this.address = endpoint.address;
    this.registerOutputs({ connectionName: this.connectionName, address: this.address });
  }
}

/** Everything about an instance that does not depend on what it is called. */
export function instanceArgs(args: DatabaseArgs) {
  return {
    region: args.region,
    databaseVersion: args.version,
    settings: {
      // Left out, PostgreSQL 16 and later become ENTERPRISE_PLUS, which refuses db-custom tiers.
      edition: "ENTERPRISE",
      tier: args.tier,
      availabilityType: args.highAvailability ? "REGIONAL" : "ZONAL",
      diskType: "PD_SSD",
      diskSize: args.diskGb,
      diskAutoresize: true,
      diskAutoresizeLimit: args.maxDiskGb,
      deletionProtectionEnabled: args.lifecycle === "protected",
      retainBackupsOnDelete: args.keepBackups,
      ...(args.keepBackups && { finalBackupConfig: { enabled: true, retentionDays: 30 } }),
      ipConfiguration: {
        ipv4Enabled: false,
        sslMode: "ENCRYPTED_ONLY",
        pscConfigs: [{ pscEnabled: true, allowedConsumerProjects: [args.project] }],
      },
      connectorEnforcement: "REQUIRED",
      backupConfiguration: {
        enabled: true,
        pointInTimeRecoveryEnabled: true,
        startTime: "01:00",
        transactionLogRetentionDays: 7,
        backupRetentionSettings: { retainedBackups: args.backupsKept, retentionUnit: "COUNT" },
      },
      maintenanceWindow: { day: 7, hour: 3, updateTrack: args.updateTrack },
      insightsConfig: { queryInsightsEnabled: true, recordApplicationTags: true },
      // There are no password users; the policy is for the one that somebody makes by hand.
      passwordValidationPolicy: {
        enablePasswordPolicy: true,
        complexity: "COMPLEXITY_DEFAULT",
        minLength: 14,
        disallowUsernameSubstring: true,
      },
      databaseFlags: databaseFlags(),
      userLabels: args.labels,
    },
  } satisfies sql.DatabaseInstanceArgs;
}

function databaseFlags() {
  const flags = {
    "cloudsql.iam_authentication": "on",
    "cloudsql.enable_pgaudit": "on",
    log_checkpoints: "on",
    log_connections: "on",
    log_disconnections: "on",
    log_lock_waits: "on",
    log_min_error_statement: "error",
    log_statement: "ddl",
    log_temp_files: "0",
  };
  return Object.entries(flags).map(([name, value]) => ({ name, value }));
}
