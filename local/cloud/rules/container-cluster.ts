import { clusterInputs } from "./container-cluster-inputs";
import { machineProblems } from "./container-node-config";
import { currentVersion, isZone, nodeLocationsOf, regionOf, secondaryRanges } from "./container-places";
import { serviceAgents } from "./iam";
import { fullId } from "./members";
import { at, hex, listAt, serviceAgent, textAt } from "./read";
import { labelOutputs, type Rule, type Surroundings, type Values } from "./shape";

/** GKE's own range for services, the same in every cluster that names none. */
const defaultServices = "34.118.224.0/20";

export const cluster: Rule = {
  kind: "container/cluster:Cluster",
  api: "container.googleapis.com",
  id: "projects/{project}/locations/{location}/clusters/{name}",
  autonamed: "name",
  inputs: clusterInputs,
  computed: [
    "selfLink",
    "endpoint",
    "masterVersion",
    "nodeVersion",
    "operation",
    "labelFingerprint",
    "clusterIpv4Cidr",
    "servicesIpv4Cidr",
    "tpuIpv4CidrBlock",
    "nodeLocations",
    "networkingMode",
    "datapathProvider",
    "defaultMaxPodsPerNode",
    "loggingService",
    "monitoringService",
    "pulumiLabels",
    "effectiveLabels",
    "releaseChannel.channel",
    "masterAuth.clusterCaCertificate",
    "masterAuth.clientCertificate",
    "masterAuth.clientKey",
    "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
    "privateClusterConfig.privateEndpoint",
    "privateClusterConfig.publicEndpoint",
    "privateClusterConfig.peeringName",
    "ipAllocationPolicy.clusterIpv4CidrBlock",
    "ipAllocationPolicy.servicesIpv4CidrBlock",
  ],
  outputs: ({ id, inputs }, around) => {
    const location = textAt(inputs, "location") ?? "";
    const ranges = secondaryRanges(inputs, around);
    const named = (name: string) => ranges?.get(textAt(inputs, "ipAllocationPolicy", name) ?? "");
    const pods = named("clusterSecondaryRangeName") ?? "10.4.0.0/14";
    const services = named("servicesSecondaryRangeName") ?? defaultServices;
    // Addresses that belong to nobody: private ones of RFC 1918, public ones of RFC 5737.
    const host = (Number(around.number(6, id)) % 250) + 2;
    const privateEndpoint = `172.16.${host}.2`;
    const publicEndpoint =
      at(inputs, "privateClusterConfig", "enablePrivateEndpoint") === true ? "" : `203.0.113.${host}`;
    return {
      selfLink: `https://container.googleapis.com/v1/${isZone(location) ? id.replace("/locations/", "/zones/") : id}`,
      endpoint: publicEndpoint || privateEndpoint,
      masterVersion: currentVersion,
      nodeVersion: currentVersion,
      operation: "",
      labelFingerprint: hex(around, 8, "labels", id),
      clusterIpv4Cidr: pods,
      servicesIpv4Cidr: services,
      tpuIpv4CidrBlock: "",
      nodeLocations: nodeLocationsOf(inputs, location),
      networkingMode: "VPC_NATIVE",
      datapathProvider: "LEGACY_DATAPATH",
      defaultMaxPodsPerNode: inputs["enableAutopilot"] === true ? 32 : 110,
      loggingService: "logging.googleapis.com/kubernetes",
      monitoringService: "monitoring.googleapis.com/kubernetes",
      releaseChannel: { channel: "REGULAR" },
      masterAuth: {
        clusterCaCertificate: Buffer.from(`certificate authority of the emulated cluster ${id}`).toString(
          "base64",
        ),
        clientCertificate: "",
        clientKey: "",
      },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: {
          endpoint: `gke-${hex(around, 32, "dns", id)}-${around.project.number}.${regionOf(location)}.gke.goog`,
        },
      },
      privateClusterConfig: { privateEndpoint, publicEndpoint, peeringName: "" },
      ipAllocationPolicy: { clusterIpv4CidrBlock: pods, servicesIpv4CidrBlock: services },
      ...labelOutputs(inputs["resourceLabels"]),
    };
  },
  refuses: (inputs, around) => [
    ...placeProblems(inputs),
    ...rangeProblems(inputs, around),
    ...nodeProblems(inputs),
    ...machineProblems(inputs),
    ...encryptionProblems(inputs, around),
    ...endpointProblems(inputs),
    ...identityProblems(inputs, around),
    ...maintenanceProblems(inputs),
  ],
  replacesWhen: (old, next) => [
    ...["enableL4IlbSubsetting", "enableFqdnNetworkPolicy"].filter(
      (name) => old[name] === true && next[name] !== true,
    ),
    ...(betaApis(old).some((api) => !betaApis(next).includes(api)) ? ["enableK8sBetaApis.enabledApis"] : []),
    ...(next["enableAutopilot"] === true &&
    textAt(old, "dnsConfig", "additiveVpcScopeDnsDomain") !==
      textAt(next, "dnsConfig", "additiveVpcScopeDnsDomain")
      ? ["dnsConfig.additiveVpcScopeDnsDomain"]
      : []),
  ],
  takes: { create: 420, update: 120, remove: 240 },
  source: "terraform-provider-google resource_container_cluster",
};

const betaApis = (inputs: Values): string[] => listAt(inputs, "enableK8sBetaApis", "enabledApis").map(String);

function placeProblems(inputs: Values): string[] {
  const location = textAt(inputs, "location");
  if (!location) return ["location: missing"];
  const region = regionOf(location);
  return listAt(inputs, "nodeLocations")
    .map(String)
    .filter((zone) => !zone.startsWith(`${region}-`) || zone === region)
    .map((zone) => `nodeLocations: ${zone} is not a zone of ${region}`);
}

function rangeProblems(inputs: Values, around: Surroundings): string[] {
  const ranges = secondaryRanges(inputs, around);
  const policy = (name: string) => textAt(inputs, "ipAllocationPolicy", name);
  const problems = [
    ["clusterSecondaryRangeName", "clusterIpv4CidrBlock"],
    ["servicesSecondaryRangeName", "servicesIpv4CidrBlock"],
  ].flatMap(([name, block]) => {
    const range = policy(name as string);
    return [
      ...(range && policy(block as string)
        ? [`ipAllocationPolicy: ${name} and ${block} exclude each other`]
        : []),
      ...(range && ranges && !ranges.has(range)
        ? [`ipAllocationPolicy.${name}: the subnetwork has no secondary range ${range}`]
        : []),
    ];
  });
  if (inputs["clusterIpv4Cidr"] && inputs["ipAllocationPolicy"])
    problems.push("clusterIpv4Cidr: not together with ipAllocationPolicy");
  return problems;
}

function nodeProblems(inputs: Values): string[] {
  if (inputs["enableAutopilot"] !== true)
    return Number(inputs["initialNodeCount"] ?? 0) > 0 ? [] : ["initialNodeCount: must be greater than 0"];
  return ["removeDefaultNodePool", "networkPolicy", "enableIntranodeVisibility", "defaultMaxPodsPerNode"]
    .filter((name) => inputs[name] !== undefined)
    .map((name) => `${name}: not in an Autopilot cluster`);
}

function encryptionProblems(inputs: Values, around: Surroundings): string[] {
  const key = textAt(inputs, "databaseEncryption", "keyName");
  const state = textAt(inputs, "databaseEncryption", "state");
  if (!key) return state && state !== "DECRYPTED" ? ["databaseEncryption.keyName: missing"] : [];
  const place = regionOf(textAt(inputs, "location") ?? "");
  if (place && !key.includes(`/locations/${place}/`))
    return [`databaseEncryption.keyName: ${key} is not in ${place}`];
  const agent = `serviceAccount:${serviceAgent(serviceAgents.get("container.googleapis.com") as string, around)}`;
  const granted = around
    .list("kms/cryptoKeyIAMMember:CryptoKeyIAMMember", agent)
    .some(
      ({ inputs: grant, status }) =>
        status === "ready" &&
        fullId(textAt(grant, "cryptoKeyId") ?? "") === fullId(key) &&
        grant["role"] === "roles/cloudkms.cryptoKeyEncrypterDecrypter" &&
        grant["member"] === agent,
    );
  return granted || around.isAssumed(key)
    ? []
    : [`databaseEncryption.keyName: ${agent} lacks roles/cloudkms.cryptoKeyEncrypterDecrypter on ${key}`];
}

/** Stricter than Google, which accepts it: the provider would then show a difference in every preview. */
function endpointProblems(inputs: Values): string[] {
  return at(inputs, "controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled") === false &&
    at(inputs, "privateClusterConfig", "enablePrivateEndpoint") !== true
    ? [
        "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled: false without privateClusterConfig.enablePrivateEndpoint true is a difference that no update clears",
      ]
    : [];
}

function identityProblems(inputs: Values, around: Surroundings): string[] {
  const pool = textAt(inputs, "workloadIdentityConfig", "workloadPool");
  const only = `${around.project.id}.svc.id.goog`;
  return pool && pool !== only ? [`workloadIdentityConfig.workloadPool: ${pool} is not ${only}`] : [];
}

function maintenanceProblems(inputs: Values): string[] {
  const windows = ["dailyMaintenanceWindow", "recurringWindow", "recurringMaintenanceWindow"].filter((name) =>
    at(inputs, "maintenancePolicy", name),
  );
  const start = textAt(inputs, "maintenancePolicy", "recurringWindow", "startTime");
  const end = textAt(inputs, "maintenancePolicy", "recurringWindow", "endTime");
  return [
    ...(inputs["maintenancePolicy"] && windows.length > 1
      ? [`maintenancePolicy: one window, not ${windows.join(" and ")}`]
      : []),
    ...(start && end && start >= end
      ? ["maintenancePolicy.recurringWindow: endTime is not after startTime"]
      : []),
    ...listAt(inputs, "maintenancePolicy", "maintenanceExclusions").flatMap((exclusion, index) => {
      const where = `maintenancePolicy.maintenanceExclusions[${index}]`;
      const open = textAt(exclusion, "exclusionOptions", "endTimeBehavior") === "UNTIL_END_OF_SUPPORT";
      const until = textAt(exclusion, "endTime");
      return [
        ...(open === (until !== undefined)
          ? [`${where}: exactly one of endTime and exclusionOptions.endTimeBehavior`]
          : []),
        ...(until && until <= (textAt(exclusion, "startTime") ?? "")
          ? [`${where}: endTime is not after startTime`]
          : []),
      ];
    }),
  ];
}
