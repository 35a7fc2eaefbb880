import { diskKey } from "./container-node-config";
import { at, hex, listAt, numberAt, textAt } from "./read";
import {
  deletionPolicy,
  flag,
  list,
  number,
  object,
  project,
  region,
  text,
  type Rule,
  type Values,
} from "./shape";
import { settings } from "./sql-settings";

export const instanceReference = { kinds: ["sql/databaseInstance:DatabaseInstance"] };

export const instance: Rule = {
  kind: "sql/databaseInstance:DatabaseInstance",
  api: "sqladmin.googleapis.com",
  // The provider's id is the bare name once it has read the instance.
  id: "{name}",
  autonamed: "name",
  inputs: {
    clone: object({
      allocatedIpRange: text(),
      databaseNames: list(text()),
      pointInTime: text(),
      preferredZone: text(),
      sourceInstanceDeletionTime: text(),
      sourceInstanceName: text({ required: true }),
      sourceProject: text(),
    }),
    databaseVersion: text({
      required: true,
      pattern: /^(POSTGRES_(9_6|1[0-8])|MYSQL_(5_[67]|8_[04])[A-Z0-9_]*|SQLSERVER_20(17|19|22|25)_[A-Z]+)$/,
      rule: "a version such as POSTGRES_18",
    }),
    deletionPolicy: deletionPolicy(),
    deletionProtection: flag({ default: true, providerOnly: true }),
    encryptionKeyName: text({ replaces: true, computed: true, reference: diskKey }),
    enforceNewSqlNetworkArchitecture: flag({ computed: true }),
    finalBackupDescription: text({ providerOnly: true }),
    includeReplicasForMajorVersionUpgrade: flag(),
    instanceType: text({ computed: true }),
    maintenanceVersion: text({ computed: true }),
    masterInstanceName: text({ computed: true, reference: { ...instanceReference, holds: true } }),
    name: text({
      required: true,
      replaces: true,
      maxLength: 84,
      pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
      rule: "lower case letters, digits and dashes, starting with a letter, at most 84",
    }),
    nodeCount: number({ computed: true }),
    pointInTimeRestoreContext: object({
      allocatedIpRange: text(),
      datasource: text({ required: true }),
      pointInTime: text(),
      preferredZone: text(),
      region: text(),
      targetInstance: text(),
    }),
    project: project(),
    region: region(),
    replicaConfiguration: object(
      { cascadableReplica: flag(), failoverTarget: flag({ replaces: true }) },
      { computed: true },
    ),
    replicaNames: list(text(), { computed: true }),
    replicationCluster: object(
      { failoverDrReplicaName: text(), psaWriteEndpoint: text({ computed: true }) },
      { computed: true },
    ),
    restoreBackupContext: object({
      backupRunId: number({ required: true }),
      instanceId: text(),
      project: text(),
    }),
    rootPassword: text({ secret: true }),
    settings: object(settings, { computed: true }),
    switchTransactionLogsToCloudStorageEnabled: flag(),
  },
  computed: [
    "availableMaintenanceVersions",
    "connectionName",
    "dnsName",
    "dnsNames",
    "firstIpAddress",
    "instanceType",
    "ipAddresses",
    "maintenanceVersion",
    "privateIpAddress",
    "pscServiceAttachmentLink",
    "publicIpAddress",
    "selfLink",
    "serverCaCerts",
    "serviceAccountEmailAddress",
    "settings.edition",
    "settings.diskSize",
    "settings.diskType",
    "settings.connectorEnforcement",
    "settings.dataApiAccess",
    "settings.version",
  ],
  outputs: ({ id, inputs }, around) => {
    const name = textAt(inputs, "name") ?? "";
    const place = textAt(inputs, "region") ?? "";
    const config = (field: string) => at(inputs, "settings", "ipConfiguration", field);
    const host = (Number(around.number(6, id)) % 250) + 2;
    const open =
      config("ipv4Enabled") !== false
        ? [{ type: "PRIMARY", ipAddress: `203.0.113.${host}`, timeToRetire: "" }]
        : [];
    const inside = config("privateNetwork")
      ? [{ type: "PRIVATE", ipAddress: `172.17.${host}.3`, timeToRetire: "" }]
      : [];
    const dnsName = `${hex(around, 12, "dns", id)}.${hex(around, 13, "zone", id)}.${place}.sql.goog.`;
    return {
      availableMaintenanceVersions: [],
      connectionName: `${around.project.id}:${place}:${name}`,
      firstIpAddress: [...open, ...inside][0]?.ipAddress ?? "",
      instanceType: inputs["masterInstanceName"] ? "READ_REPLICA_INSTANCE" : "CLOUD_SQL_INSTANCE",
      ipAddresses: [...open, ...inside],
      maintenanceVersion: `${textAt(inputs, "databaseVersion")}.R20260601.01_00`,
      privateIpAddress: inside[0]?.ipAddress ?? "",
      publicIpAddress: open[0]?.ipAddress ?? "",
      selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${around.project.id}/instances/${name}`,
      serverCaCerts: [
        {
          cert: `-----BEGIN CERTIFICATE-----\n${Buffer.from(`emulated ${id}`).toString("base64")}\n-----END CERTIFICATE-----`,
          commonName: `C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier=${hex(around, 32, "ca", id)}`,
          createTime: "2026-01-01T00:00:00.000Z",
          expirationTime: "2036-01-01T00:00:00.000Z",
          sha1Fingerprint: hex(around, 40, "ca", id),
        },
      ],
      serviceAccountEmailAddress: `p${around.project.number}-${hex(around, 6, id)}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
      settings: {
        edition: editionOf(inputs),
        diskSize: 10,
        diskType: "PD_SSD",
        connectorEnforcement: "NOT_REQUIRED",
        dataApiAccess: "DISALLOW_DATA_API",
        version: 1,
      },
      ...(pscEnabled(inputs)
        ? {
            dnsName,
            dnsNames: [{ name: dnsName, connectionType: "PRIVATE_SERVICE_CONNECT", dnsScope: "INSTANCE" }],
            pscServiceAttachmentLink: `projects/${hex(around, 16, "tenant", id)}p-tp/regions/${place}/serviceAttachments/a-${hex(around, 12, "attachment", id)}-psc-service-attachment-${hex(around, 16, "attachment", id)}`,
          }
        : { dnsName: "", dnsNames: [], pscServiceAttachmentLink: "" }),
    };
  },
  refuses: (inputs) => [
    ...editionProblems(inputs),
    ...safetyProblems(inputs),
    ...networkProblems(inputs),
    ...placeProblems(inputs),
  ],
  refusesChange: (old, next) =>
    versionProblems(textAt(old, "databaseVersion"), textAt(next, "databaseVersion")),
  replacesWhen: (old, next) => {
    const size = (values: Values) => numberAt(values, "settings", "diskSize");
    const [before, after] = [size(old), size(next)];
    const setting = (values: Values, ...path: string[]) => at(values, "settings", ...path);
    return [
      ...(before !== undefined &&
      after !== undefined &&
      after < before &&
      setting(next, "diskAutoresize") === false
        ? ["settings.diskSize"]
        : []),
      ...(setting(old, "ipConfiguration", "privateNetwork") &&
      !setting(next, "ipConfiguration", "privateNetwork")
        ? ["settings.ipConfiguration.privateNetwork"]
        : []),
      ...(setting(old, "autoUpgradeEnabled") === true && setting(next, "autoUpgradeEnabled") !== true
        ? ["settings.autoUpgradeEnabled"]
        : []),
      // A switchover, the one case in which these change in place, is not emulated.
      ...(old["masterInstanceName"] !== next["masterInstanceName"] ? ["masterInstanceName"] : []),
      ...(at(old, "replicaConfiguration", "cascadableReplica") !==
      at(next, "replicaConfiguration", "cascadableReplica")
        ? ["replicaConfiguration.cascadableReplica"]
        : []),
    ];
  },
  keeps: (state) =>
    at(state, "settings", "deletionProtectionEnabled") === true
      ? "The instance is protected. Please disable the deletion protection and try again (settings.deletionProtectionEnabled)"
      : undefined,
  reservesName: { days: 7 },
  takes: { create: 600, update: 120, remove: 60 },
  source: "terraform-provider-google resource_sql_database_instance",
};

/** Unset means ENTERPRISE_PLUS from PostgreSQL 16 on, ENTERPRISE before it and for the other engines. */
function editionOf(inputs: Values): string {
  const given = textAt(inputs, "settings", "edition");
  const postgres = Number(/^POSTGRES_(\d+)/.exec(textAt(inputs, "databaseVersion") ?? "")?.[1] ?? 0);
  return given ?? (postgres >= 16 ? "ENTERPRISE_PLUS" : "ENTERPRISE");
}

const plusTier = /^db-(perf-optimized-N-|c4a-highmem-)\d+$/;

function editionProblems(inputs: Values): string[] {
  const tier = textAt(inputs, "settings", "tier");
  if (!tier) return inputs["clone"] ? [] : ["settings.tier: missing"];
  const edition = editionOf(inputs);
  const days = numberAt(inputs, "settings", "backupConfiguration", "transactionLogRetentionDays") ?? 0;
  const why = textAt(inputs, "settings", "edition")
    ? ""
    : `, which ${textAt(inputs, "databaseVersion")} has unless settings.edition says otherwise`;
  return [
    ...(plusTier.test(tier) === (edition === "ENTERPRISE_PLUS")
      ? []
      : [`settings.tier: Invalid Tier (${tier}) for (${edition}) Edition${why}`]),
    ...(edition === "ENTERPRISE" && days > 7
      ? ["settings.backupConfiguration.transactionLogRetentionDays: at most 7 in edition ENTERPRISE"]
      : []),
    ...(edition === "ENTERPRISE" && at(inputs, "settings", "dataCacheConfig", "dataCacheEnabled") === true
      ? ["settings.dataCacheConfig.dataCacheEnabled: only in edition ENTERPRISE_PLUS"]
      : []),
  ];
}

function safetyProblems(inputs: Values): string[] {
  const backup = (name: string) => at(inputs, "settings", "backupConfiguration", name) === true;
  const mysql = textAt(inputs, "databaseVersion")?.startsWith("MYSQL") ?? false;
  const recovery = mysql ? "binaryLogEnabled" : "pointInTimeRecoveryEnabled";
  return [
    ...(at(inputs, "settings", "availabilityType") === "REGIONAL" &&
    !inputs["masterInstanceName"] &&
    !(backup("enabled") && backup(recovery))
      ? [
          `settings.availabilityType: REGIONAL needs backupConfiguration.enabled and backupConfiguration.${recovery}`,
        ]
      : []),
    ...(mysql && backup("pointInTimeRecoveryEnabled")
      ? ["settings.backupConfiguration.pointInTimeRecoveryEnabled: MySQL has binaryLogEnabled instead"]
      : []),
    ...(!mysql && backup("binaryLogEnabled")
      ? ["settings.backupConfiguration.binaryLogEnabled: only for MySQL"]
      : []),
    ...(backup(recovery) && !backup("enabled")
      ? [`settings.backupConfiguration.${recovery}: needs backupConfiguration.enabled`]
      : []),
  ];
}

const pscEnabled = (inputs: Values): boolean =>
  listAt(inputs, "settings", "ipConfiguration", "pscConfigs").some(
    (config) => at(config, "pscEnabled") === true,
  );

function networkProblems(inputs: Values): string[] {
  const config = (name: string) => at(inputs, "settings", "ipConfiguration", name);
  const reachable = config("ipv4Enabled") !== false || config("privateNetwork") || pscEnabled(inputs);
  return [
    ...(reachable
      ? []
      : [
          "settings.ipConfiguration: with ipv4Enabled false it needs pscConfigs[].pscEnabled or privateNetwork",
        ]),
    ...(pscEnabled(inputs) && config("ipv4Enabled") === true
      ? ["settings.ipConfiguration.ipv4Enabled: must be false with Private Service Connect"]
      : []),
    ...(listAt(inputs, "settings", "ipConfiguration", "authorizedNetworks").length > 0 &&
    config("ipv4Enabled") === false
      ? ["settings.ipConfiguration.authorizedNetworks: only with ipv4Enabled"]
      : []),
  ];
}

function placeProblems(inputs: Values): string[] {
  const place = textAt(inputs, "region");
  if (!place) return ["region: missing"];
  return ["zone", "secondaryZone"].flatMap((name) => {
    const zone = textAt(inputs, "settings", "locationPreference", name);
    return zone && !zone.startsWith(`${place}-`)
      ? [`settings.locationPreference.${name}: ${zone} is not in ${place}`]
      : [];
  });
}

/** A major version goes up in place, for good; no engine goes down or becomes another. */
function versionProblems(old: string | undefined, next: string | undefined): string[] {
  if (!old || !next || old === next) return [];
  const parse = (version: string) => {
    const [engine, ...numbers] = version.split("_");
    return { engine, numbers: numbers.map(Number) };
  };
  const before = parse(old);
  const after = parse(next);
  const step = after.numbers.map((part, index) => part - (before.numbers[index] ?? 0)).find((by) => by !== 0);
  return before.engine !== after.engine || (step ?? 0) < 0
    ? [`databaseVersion: ${old} cannot become ${next}`]
    : [];
}
