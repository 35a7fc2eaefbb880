import { externalAddress, freeAddress, subnetworkRange, takenAddresses, usable } from "./compute-addresses";
import {
  address,
  computeName,
  created,
  heldNetwork,
  heldSubnetwork,
  networkReference,
  selfLink,
} from "./compute-names";
import { at, listAt, textAt } from "./read";
import { contains, parseAddress } from "./ranges";
import {
  deletionPolicy,
  flag,
  labelOutputs,
  labels,
  list,
  number,
  object,
  oneOf,
  project,
  region,
  text,
  type Rule,
  type Surroundings,
  type Values,
} from "./shape";

const regionalAddress: Rule = {
  kind: "compute/address:Address",
  api: "compute.googleapis.com",
  id: "projects/{project}/regions/{region}/addresses/{name}",
  autonamed: "name",
  inputs: {
    address: text({ replaces: true, computed: true }),
    addressType: oneOf(["INTERNAL", "EXTERNAL"], { replaces: true, default: "EXTERNAL" }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replaces: true }),
    ipv6EndpointType: oneOf(["VM", "NETLB"], { replaces: true }),
    labels: labels(),
    name: text(computeName),
    network: text({ replaces: true, reference: networkReference }),
    networkTier: oneOf(["PREMIUM", "STANDARD"], { replaces: true, computed: true }),
    prefixLength: number({ replaces: true, computed: true }),
    project: project(),
    purpose: oneOf(
      [
        "GCE_ENDPOINT",
        "SHARED_LOADBALANCER_VIP",
        "VPC_PEERING",
        "IPSEC_INTERCONNECT",
        "PRIVATE_SERVICE_CONNECT",
      ],
      { replaces: true, computed: true },
    ),
    region: region(),
    subnetwork: text({ replaces: true, computed: true, reference: heldSubnetwork }),
  },
  computed: [
    "address",
    "addressId",
    "creationTimestamp",
    "labelFingerprint",
    "networkTier",
    "prefixLength",
    "purpose",
    "selfLink",
    "users",
    "pulumiLabels",
    "effectiveLabels",
  ],
  outputs: ({ id, inputs }, around) => ({
    address: chosenAddress(id, inputs, around),
    addressId: around.number(19, id),
    creationTimestamp: created,
    labelFingerprint: "42WmSpB8rSM=",
    networkTier: "PREMIUM",
    prefixLength: 0,
    purpose: inputs["addressType"] === "INTERNAL" ? "GCE_ENDPOINT" : "",
    selfLink: selfLink(id),
    users: [],
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs, around) => {
    const given = textAt(inputs, "address");
    if (inputs["addressType"] !== "INTERNAL")
      return inputs["subnetwork"] ? ["subnetwork: only for addressType INTERNAL"] : [];
    const range = subnetworkRange(inputs, around);
    if (!range) return [];
    const taken = takenAddresses("compute/address:Address", inputs, around);
    if (!given)
      return freeAddress(range, taken) === undefined ? ["address: the subnetwork has no free one"] : [];
    const wanted = parseAddress(given);
    if (wanted === undefined) return [`address: ${given} is not an address`];
    if (!contains(range, wanted)) return [`address: ${given} is outside the subnetwork's range`];
    if (!usable(range, wanted))
      return [`address: ${given} is one of the four that Google keeps of every range`];
    return taken.has(given) ? [`address: ${given} is taken`] : [];
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_address",
};

/** What was asked for, what it has already, the first free one, or for EXTERNAL one that belongs to nobody (RFC 5737). */
function chosenAddress(id: string, inputs: Values, around: Surroundings): string {
  const before = around.list("compute/address:Address", id).find((other) => other.id === id);
  const range = subnetworkRange(inputs, around);
  return (
    textAt(inputs, "address") ??
    (before && textAt(before.state, "address")) ??
    (range && freeAddress(range, takenAddresses("compute/address:Address", inputs, around))) ??
    externalAddress(id, around)
  );
}

/** A global address is always one of the internet here; private ones, for peerings, are not emulated. */
const globalAddress: Rule = {
  kind: "compute/globalAddress:GlobalAddress",
  api: "compute.googleapis.com",
  id: "projects/{project}/global/addresses/{name}",
  autonamed: "name",
  inputs: {
    address: text({ replaces: true, computed: true }),
    addressType: oneOf(["EXTERNAL"], { replaces: true, default: "EXTERNAL" }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replaces: true }),
    labels: labels(),
    name: text(computeName),
    project: project(),
  },
  computed: [
    "address",
    "creationTimestamp",
    "effectiveLabels",
    "labelFingerprint",
    "prefixLength",
    "pulumiLabels",
    "selfLink",
  ],
  outputs: ({ id, inputs }, around) => {
    const before = around.list("compute/globalAddress:GlobalAddress", id).find((other) => other.id === id);
    return {
      address: textAt(before?.state, "address") ?? externalAddress(id, around),
      creationTimestamp: created,
      labelFingerprint: "42WmSpB8rSM=",
      prefixLength: 0,
      selfLink: selfLink(id),
      ...labelOutputs(inputs["labels"]),
    };
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_global_address",
};

/** A service attachment of Cloud SQL. */
const attachment = {
  kinds: ["sql/databaseInstance:DatabaseInstance"],
  by: "pscServiceAttachmentLink",
  holds: true,
};

const target = {
  ...attachment,
  kinds: [
    ...attachment.kinds,
    "compute/targetPool:TargetPool",
    "compute/regionTargetHttpProxy:RegionTargetHttpProxy",
    "compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
  ],
};

const forwardingRule: Rule = {
  kind: "compute/forwardingRule:ForwardingRule",
  api: "compute.googleapis.com",
  id: "projects/{project}/regions/{region}/forwardingRules/{name}",
  autonamed: "name",
  inputs: {
    allPorts: flag({ replaces: true }),
    allowGlobalAccess: flag(),
    allowPscGlobalAccess: flag(),
    backendService: text({
      reference: { kinds: ["compute/regionBackendService:RegionBackendService"], holds: true },
    }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    ipAddress: text({
      replaces: true,
      computed: true,
      reference: { ...address, by: "address", holds: true },
    }),
    ipProtocol: oneOf(["TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT"], {
      replaces: true,
      computed: true,
    }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replaces: true, computed: true }),
    labels: labels(),
    loadBalancingScheme: oneOf(["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED", ""], {
      replaces: true,
      default: "EXTERNAL",
    }),
    name: text(computeName),
    network: text({ replaces: true, computed: true, reference: heldNetwork }),
    networkTier: oneOf(["PREMIUM", "STANDARD"], { replaces: true, computed: true }),
    noAutomateDnsZone: flag({ replaces: true }),
    portRange: text({ replaces: true, computed: true }),
    ports: list(text(), { replaces: true, unordered: true, maxItems: 5 }),
    project: project(),
    recreateClosedPsc: flag({ default: false, providerOnly: true }),
    region: region(),
    serviceDirectoryRegistrations: object(
      { namespace: text({ replaces: true, computed: true }), service: text({ replaces: true }) },
      { replaces: true, computed: true },
    ),
    serviceLabel: text({ replaces: true, pattern: computeName.pattern, rule: computeName.rule }),
    subnetwork: text({ replaces: true, computed: true, reference: heldSubnetwork }),
    target: text({ reference: target }),
  },
  computed: [
    "baseForwardingRule",
    "creationTimestamp",
    "forwardingRuleId",
    "ipAddress",
    "labelFingerprint",
    "networkTier",
    "pscConnectionId",
    "pscConnectionStatus",
    "selfLink",
    "serviceName",
    "pulumiLabels",
    "effectiveLabels",
  ],
  outputs: ({ id, inputs }, around) => ({
    baseForwardingRule: "",
    creationTimestamp: created,
    forwardingRuleId: Number(around.number(15, id)),
    ipAddress: ruleAddress(id, inputs, around),
    labelFingerprint: "42WmSpB8rSM=",
    networkTier: "PREMIUM",
    ...(isAttached(inputs, around)
      ? {
          pscConnectionId: around.number(17, "psc", id),
          pscConnectionStatus: connectionStatus(inputs, around),
        }
      : { pscConnectionId: "", pscConnectionStatus: "" }),
    selfLink: selfLink(id),
    serviceName: "",
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs) => [
    ...(textAt(inputs, "target")?.includes("/serviceAttachments/") && at(inputs, "loadBalancingScheme") !== ""
      ? ['loadBalancingScheme: must be "" when the target is a service attachment']
      : []),
    ...(inputs["target"] && inputs["backendService"] ? ["target, backendService: exactly one of them"] : []),
  ],
  takes: { create: 20, update: 10, remove: 20 },
  source: "terraform-provider-google resource_compute_forwarding_rule",
};

/** What was asked for, what it has already, or a free one: of its subnetwork, or of the internet. */
function ruleAddress(id: string, inputs: Values, around: Surroundings): string {
  const kind = "compute/forwardingRule:ForwardingRule";
  const before = around.list(kind, id).find((other) => other.id === id);
  const range = subnetworkRange(inputs, around);
  return (
    textAt(before?.state, "ipAddress") ??
    (range && freeAddress(range, takenAddresses(kind, inputs, around))) ??
    externalAddress(id, around)
  );
}

const isAttached = (inputs: Values, around: Surroundings): boolean => {
  const link = textAt(inputs, "target");
  if (link === undefined) return false;
  return link.includes("/serviceAttachments/") || !!around.find(attachment, link, around.project.id);
};

/** Whether the instance behind the attachment lets this project in. */
function connectionStatus(inputs: Values, around: Surroundings): string {
  const instance = around.find(attachment, textAt(inputs, "target") ?? "", around.project.id);
  const allowed = listAt(instance?.inputs, "settings", "ipConfiguration", "pscConfigs").flatMap((config) =>
    listAt(config, "allowedConsumerProjects"),
  );
  return allowed.includes(around.project.id) || allowed.includes(around.project.number)
    ? "ACCEPTED"
    : "PENDING";
}

export const endpoints: readonly Rule[] = [regionalAddress, globalAddress, forwardingRule];
