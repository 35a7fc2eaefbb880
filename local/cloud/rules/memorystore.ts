/** Memorystore for Valkey: instances, and the endpoints that a service connection policy lets them make. */
import { connectedAddresses, freeAddress, takenAddresses } from "./compute-addresses";
import { networkReference, selfLink } from "./compute-names";
import { diskKey } from "./container-node-config";
import { limitOf, networkPath, policyFor, subnetworksOf } from "./networkconnectivity";
import { parseRange } from "./ranges";
import { at, hex, listAt, numberAt, textAt, uuid } from "./read";
import {
  deletionPolicy,
  flag,
  labelOutputs,
  labels,
  list,
  map,
  number,
  object,
  oneOf,
  project,
  text,
  type Resource,
  type Rule,
  type Surroundings,
  type Value,
  type Values,
} from "./shape";

const kind = "memorystore/instance:Instance";
const created = "2026-01-01T00:00:00.000000000Z";

/** Memory of a node in GB, by Google's table of node types; a type that is not in the table is refused. */
const nodeSizes: Readonly<Record<string, number>> = {
  SHARED_CORE_NANO: 1.4,
  STANDARD_SMALL: 6.5,
  HIGHMEM_MEDIUM: 13,
  HIGHMEM_XLARGE: 58,
};

const instance: Rule = {
  kind,
  api: "memorystore.googleapis.com",
  id: "projects/{project}/locations/{location}/instances/{instanceId}",
  inputs: {
    authorizationMode: oneOf(["AUTH_DISABLED", "IAM_AUTH"], { replaces: true, computed: true }),
    automatedBackupConfig: object({
      fixedFrequencySchedule: object(
        { startTime: object({ hours: number({ required: true, min: 0, max: 23 }) }, { required: true }) },
        { required: true },
      ),
      retention: text({ required: true, pattern: /^\d+s$/, rule: "seconds, such as 3024000s" }),
    }),
    deletionPolicy: deletionPolicy(),
    deletionProtectionEnabled: flag({ default: true }),
    desiredAutoCreatedEndpoints: list(
      object({
        network: text({ required: true, replaces: true, ...networkPath, reference: networkReference }),
        projectId: text({ required: true, replaces: true }),
      }),
      { replaces: true, maxItems: 1 },
    ),
    engineConfigs: map(text()),
    engineVersion: text({
      computed: true,
      pattern: /^VALKEY_\d+_\d+$/,
      rule: "a version such as VALKEY_8_0",
    }),
    instanceId: text({
      required: true,
      replaces: true,
      pattern: /^[a-z0-9][-a-z0-9]{2,61}[a-z0-9]$/,
      rule: "4-63 lower case letters, digits and dashes, with no dash at either end",
    }),
    kmsKey: text({ replaces: true, reference: diskKey }),
    labels: labels(),
    location: text({ required: true, replaces: true, pattern: /^[a-z]+-[a-z]+\d+$/, rule: "a region" }),
    maintenancePolicy: object({
      weeklyMaintenanceWindows: list(
        object({
          day: oneOf(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"], {
            required: true,
          }),
          startTime: object(
            {
              hours: number({ min: 0, max: 23 }),
              minutes: number({ min: 0, max: 59 }),
              nanos: number({ min: 0, max: 999999999 }),
              seconds: number({ min: 0, max: 60 }),
            },
            { required: true },
          ),
        }),
        { maxItems: 1 },
      ),
    }),
    mode: oneOf(["CLUSTER", "CLUSTER_DISABLED"], { replaces: true, computed: true }),
    nodeType: oneOf(Object.keys(nodeSizes), { computed: true }),
    persistenceConfig: object(
      {
        aofConfig: object(
          { appendFsync: oneOf(["NEVER", "EVERY_SEC", "ALWAYS"], { computed: true }) },
          { computed: true },
        ),
        mode: oneOf(["DISABLED", "RDB", "AOF"], { computed: true }),
        rdbConfig: object(
          {
            rdbSnapshotPeriod: oneOf(["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"], {
              computed: true,
            }),
            rdbSnapshotStartTime: text({ computed: true }),
          },
          { computed: true },
        ),
      },
      { computed: true },
    ),
    project: project(),
    replicaCount: number({ computed: true, min: 0, max: 5 }),
    serverCaMode: oneOf(["GOOGLE_MANAGED_PER_INSTANCE_CA"], { replaces: true, computed: true }),
    shardCount: number({ required: true, min: 1, max: 250 }),
    transitEncryptionMode: oneOf(["TRANSIT_ENCRYPTION_DISABLED", "SERVER_AUTHENTICATION"], {
      replaces: true,
      computed: true,
    }),
    zoneDistributionConfig: object(
      {
        mode: oneOf(["MULTI_ZONE", "SINGLE_ZONE"], { replaces: true, computed: true }),
        zone: text({ replaces: true }),
      },
      { replaces: true, computed: true },
    ),
  },
  computed: [
    "authorizationMode",
    "availableMaintenanceVersions",
    "backupCollection",
    "createTime",
    "discoveryEndpoints",
    "effectiveLabels",
    "effectiveMaintenanceVersion",
    "endpoints",
    "engineVersion",
    "isAclPolicyInSync",
    "maintenanceSchedules",
    "managedServerCas",
    "mode",
    "name",
    "nodeConfigs",
    "nodeType",
    "persistenceConfig.mode",
    "pscAttachmentDetails",
    "pscAutoConnections",
    "pulumiLabels",
    "replicaCount",
    "serverCaMode",
    "state",
    "stateInfos",
    "transitEncryptionMode",
    "uid",
    "updateTime",
    "zoneDistributionConfig.mode",
  ],
  outputs: ({ id, inputs }, around) => {
    const nodeType = textAt(inputs, "nodeType") ?? "HIGHMEM_MEDIUM";
    const secure = inputs["transitEncryptionMode"] === "SERVER_AUTHENTICATION";
    const connections = connectionsOf(id, inputs, around);
    return {
      authorizationMode: "AUTH_DISABLED",
      availableMaintenanceVersions: [],
      backupCollection: "",
      createTime: created,
      // Google fills it, and pscAutoConnections, for endpoints of the deprecated form only.
      discoveryEndpoints: [],
      effectiveMaintenanceVersion: "MEMORYSTORE_20260601_00_00",
      endpoints: connections.length > 0 ? [{ connections }] : [],
      engineVersion: "VALKEY_8_0",
      isAclPolicyInSync: false,
      maintenanceSchedules: [],
      managedServerCas: secure ? [{ caCerts: [{ certificates: [certificateOf(id)] }] }] : [],
      mode: "CLUSTER",
      name: id,
      nodeConfigs: [{ sizeGb: nodeSizes[nodeType] ?? 0 }],
      nodeType,
      persistenceConfig: { mode: "DISABLED" },
      pscAttachmentDetails: attachmentsOf(id, inputs, around),
      pscAutoConnections: [],
      replicaCount: 0,
      serverCaMode: secure ? "GOOGLE_MANAGED_PER_INSTANCE_CA" : "",
      state: "ACTIVE",
      stateInfos: [],
      transitEncryptionMode: "TRANSIT_ENCRYPTION_DISABLED",
      uid: uuid(around, "uid", id),
      updateTime: created,
      zoneDistributionConfig: { mode: "MULTI_ZONE" },
      ...labelOutputs(inputs["labels"]),
    };
  },
  refuses: (inputs, around) => [...sizeProblems(inputs), ...endpointProblems(inputs, around)],
  refusesChange: (old, next) => {
    const version = (values: Values) => Number(/\d+/.exec(textAt(values, "engineVersion") ?? "")?.[0] ?? 0);
    return version(next) !== 0 && version(next) < version(old)
      ? [`engineVersion: ${textAt(old, "engineVersion")} cannot become ${textAt(next, "engineVersion")}`]
      : [];
  },
  keeps: (state) =>
    state["deletionProtectionEnabled"] === true
      ? "The instance is protected. Disable the deletion protection and try again (deletionProtectionEnabled)"
      : undefined,
  takes: { create: 600, update: 300, remove: 300 },
  source: "terraform-provider-google resource_memorystore_instance",
};

const isCluster = (inputs: Values): boolean => inputs["mode"] !== "CLUSTER_DISABLED";

function sizeProblems(inputs: Values): string[] {
  const zone = textAt(inputs, "zoneDistributionConfig", "zone");
  const single = at(inputs, "zoneDistributionConfig", "mode") === "SINGLE_ZONE";
  const persistence = textAt(inputs, "persistenceConfig", "mode") ?? "DISABLED";
  return [
    ...(isCluster(inputs) || numberAt(inputs, "shardCount") === 1
      ? []
      : ["shardCount: must be 1 with mode CLUSTER_DISABLED"]),
    ...(single && zone === undefined ? ["zoneDistributionConfig.zone: SINGLE_ZONE needs it"] : []),
    ...(zone !== undefined && !zone.startsWith(`${textAt(inputs, "location")}-`)
      ? [`zoneDistributionConfig.zone: ${zone} is not in ${textAt(inputs, "location")}`]
      : []),
    ...(["rdbConfig", "aofConfig"] as const)
      .filter((name) => at(inputs, "persistenceConfig", name) !== undefined)
      .filter((name) => !name.startsWith(persistence.toLowerCase()))
      .map((name) => `persistenceConfig.${name}: not with mode ${persistence}`),
  ];
}

/** One for each part of an instance: what to write to or to discover by, and the rest. */
const parts = (inputs: Values): readonly string[] =>
  isCluster(inputs)
    ? ["CONNECTION_TYPE_DISCOVERY", ""]
    : ["CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER"];

function endpointProblems(inputs: Values, around: Surroundings): string[] {
  return listAt(inputs, "desiredAutoCreatedEndpoints").flatMap((endpoint) => {
    const network = textAt(endpoint, "network") ?? "";
    const policy = policyFor("gcp-memorystore", network, inputs["location"], around);
    if (around.isAssumed(network)) return [];
    if (!policy)
      return [
        `desiredAutoCreatedEndpoints: no service connection policy of class gcp-memorystore for ${network} in ${textAt(inputs, "location")}`,
      ];
    if (textAt(endpoint, "projectId") !== policy.project)
      return [`desiredAutoCreatedEndpoints: the network's project is ${policy.project}, not projectId`];
    const mine = connectionsIn(inputs, around).length;
    const used = connectedAddresses(network, around).length - mine;
    const limit = limitOf(policy) ?? Infinity;
    return [
      ...(used + parts(inputs).length > limit
        ? [`desiredAutoCreatedEndpoints: ${policy.id} allows ${limit} connections`]
        : []),
      ...(mine === 0 && freeAddresses(policy, around).length < parts(inputs).length
        ? [`desiredAutoCreatedEndpoints: the subnetworks of ${policy.id} have no free address`]
        : []),
    ];
  });
}

/** The first free addresses of a policy's subnetworks, as many as one instance needs. */
function freeAddresses(policy: Resource, around: Surroundings): string[] {
  return subnetworksOf(policy, around).flatMap((subnetwork) => {
    const range = parseRange(textAt(subnetwork.inputs, "ipCidrRange") ?? "");
    if (!range) return [];
    const taken = new Set(takenAddresses(kind, { subnetwork: subnetwork.id }, around));
    const first = freeAddress(range, taken);
    const second = first && freeAddress(range, taken.add(first));
    return [first, second].filter((address) => address !== undefined);
  });
}

/** The connections that an instance with these inputs has already. */
function connectionsIn(inputs: Values, around: Surroundings): Value[] {
  const before = around
    .list(kind, textAt(inputs, "instanceId"))
    .find(
      (other) =>
        other.project === around.project.id &&
        ["instanceId", "location"].every((key) => other.inputs[key] === inputs[key]),
    );
  return before ? listAt(listAt(before.state, "endpoints")[0], "connections") : [];
}

/** The connections it has, or new ones. */
function connectionsOf(id: string, inputs: Values, around: Surroundings): Value[] {
  const [endpoint] = listAt(inputs, "desiredAutoCreatedEndpoints");
  const network = textAt(endpoint, "network");
  if (network === undefined) return [];
  const before = connectionsIn(inputs, around);
  if (before.length > 0) return before;
  const policy = policyFor("gcp-memorystore", network, inputs["location"], around);
  const addresses = policy ? freeAddresses(policy, around) : [];
  const projectId = textAt(endpoint, "projectId") ?? "";
  return parts(inputs).map((connectionType, index) => {
    const rule = `projects/${projectId}/regions/${textAt(inputs, "location")}/forwardingRules/sca-auto-fr-${uuid(around, "rule", String(index), id)}`;
    return {
      pscAutoConnection: {
        connectionType,
        forwardingRule: selfLink(rule),
        ipAddress: addresses[index] ?? "",
        network,
        port: connectionType === "" ? 0 : 6379,
        projectId,
        pscConnectionId: around.number(17, "connection", String(index), id),
        serviceAttachment: attachment(id, inputs, index, around),
      },
    };
  });
}

const attachmentsOf = (id: string, inputs: Values, around: Surroundings): Value[] =>
  parts(inputs).map((connectionType, index) => ({
    connectionType,
    serviceAttachment: attachment(id, inputs, index, around),
  }));

const attachment = (id: string, inputs: Values, index: number, around: Surroundings): string =>
  `projects/${around.number(12, "tenant", id)}/regions/${textAt(inputs, "location")}/serviceAttachments/gcp-memorystore-auto-${hex(around, 16, "attachment", id)}-psc-sa${index === 0 ? "" : "-2"}`;

const certificateOf = (id: string): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(`emulated ${id}`).toString("base64")}\n-----END CERTIFICATE-----`;

export const memorystore: readonly Rule[] = [instance];
