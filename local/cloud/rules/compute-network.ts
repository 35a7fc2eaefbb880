import { address, computeName, created, heldNetwork, heldSubnetwork, selfLink } from "./compute-names";
import { lastSegment, listAt, sameName, textAt } from "./read";
import { formatAddress, overlap, parseAddress, parseRange, shrinks, type Range } from "./ranges";
import {
  deletionPolicy,
  flag,
  list,
  number,
  object,
  oneOf,
  project,
  region,
  text,
  type Rule,
  type Values,
} from "./shape";

const network: Rule = {
  kind: "compute/network:Network",
  api: "compute.googleapis.com",
  id: "projects/{project}/global/networks/{name}",
  autonamed: "name",
  inputs: {
    autoCreateSubnetworks: flag({ replaces: true, default: true }),
    bgpAlwaysCompareMed: flag({ computed: true }),
    bgpBestPathSelectionMode: oneOf(["LEGACY", "STANDARD"], { computed: true }),
    bgpInterRegionCost: oneOf(["DEFAULT", "ADD_COST_TO_MED"], { computed: true }),
    deleteDefaultRoutesOnCreate: flag({ default: false, providerOnly: true }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    enableUlaInternalIpv6: flag(),
    internalIpv6Range: text({ replaces: true, computed: true }),
    mtu: number({ min: 1300, max: 8896, computed: true }),
    name: text(computeName),
    networkFirewallPolicyEnforcementOrder: oneOf(["BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"], {
      default: "AFTER_CLASSIC_FIREWALL",
    }),
    project: project(),
    routingMode: oneOf(["REGIONAL", "GLOBAL"], { computed: true }),
  },
  computed: ["selfLink", "gatewayIpv4", "networkId", "numericId", "routingMode", "mtu"],
  outputs: ({ id }, around) => ({
    selfLink: selfLink(id),
    gatewayIpv4: "",
    networkId: around.number(19, id),
    numericId: around.number(19, id),
    routingMode: "REGIONAL",
    mtu: 1460,
  }),
  takes: { create: 10, update: 5, remove: 20 },
  source: "terraform-provider-google resource_compute_network",
};

const subnetwork: Rule = {
  kind: "compute/subnetwork:Subnetwork",
  api: "compute.googleapis.com",
  id: "projects/{project}/regions/{region}/subnetworks/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    ipCidrRange: text({ computed: true }),
    logConfig: object({
      aggregationInterval: oneOf(
        [
          "INTERVAL_5_SEC",
          "INTERVAL_30_SEC",
          "INTERVAL_1_MIN",
          "INTERVAL_5_MIN",
          "INTERVAL_10_MIN",
          "INTERVAL_15_MIN",
        ],
        { default: "INTERVAL_5_SEC" },
      ),
      filterExpr: text({ default: "true" }),
      flowSampling: number({ default: 0.5, min: 0, max: 1 }),
      metadata: oneOf(["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"], {
        default: "INCLUDE_ALL_METADATA",
      }),
      metadataFields: list(text(), { unordered: true }),
    }),
    name: text(computeName),
    network: text({ required: true, replaces: true, reference: heldNetwork }),
    privateIpGoogleAccess: flag({ computed: true }),
    privateIpv6GoogleAccess: text({ computed: true }),
    project: project(),
    purpose: oneOf(
      [
        "PRIVATE",
        "REGIONAL_MANAGED_PROXY",
        "GLOBAL_MANAGED_PROXY",
        "PRIVATE_SERVICE_CONNECT",
        "PEER_MIGRATION",
        "PRIVATE_NAT",
      ],
      { computed: true },
    ),
    region: region(),
    role: oneOf(["ACTIVE", "BACKUP"]),
    secondaryIpRanges: list(
      object({ ipCidrRange: text({ computed: true }), rangeName: text({ ...computeName, replaces: false }) }),
      { computed: true },
    ),
    sendSecondaryIpRangeIfEmpty: flag({ providerOnly: true }),
    stackType: oneOf(["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"], { computed: true }),
  },
  computed: [
    "selfLink",
    "gatewayAddress",
    "subnetworkId",
    "creationTimestamp",
    "state",
    "purpose",
    "stackType",
    "privateIpGoogleAccess",
    "privateIpv6GoogleAccess",
  ],
  outputs: ({ id, inputs }, around) => {
    const range = parseRange(textAt(inputs, "ipCidrRange") ?? "");
    return {
      selfLink: selfLink(id),
      gatewayAddress: range ? formatAddress(range.first + 1) : "",
      subnetworkId: Number(around.number(15, id)),
      creationTimestamp: created,
      state: "READY",
      purpose: "PRIVATE",
      stackType: "IPV4_ONLY",
      privateIpGoogleAccess: false,
      privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
    };
  },
  refuses: (inputs, around) => {
    const own = rangesOf(inputs);
    const taken = around
      .alsoReferring("compute/subnetwork:Subnetwork", heldNetwork, textAt(inputs, "network") ?? "")
      .filter((other) => !(other.project === around.project.id && sameName(other, inputs, "region")))
      .flatMap((other) => rangesOf(other.inputs).map((range) => ({ ...range, of: other.id })));
    const others = (index: number) => [
      ...taken,
      ...own.slice(0, index).map((range) => ({ ...range, of: "this subnetwork" })),
    ];
    return own.flatMap(({ where, given, range }, index) => {
      if (!range) return [`${where}: ${given} is not a range, or has bits beyond its prefix`];
      if (where === "ipCidrRange" && range.prefix > 29) return [`${where}: ${given} is smaller than a /29`];
      const clash = others(index).find((other) => other.range && overlap(other.range, range));
      return clash ? [`${where}: ${given} overlaps ${clash.given} (${clash.where} of ${clash.of})`] : [];
    });
  },
  replacesWhen: (old, next) =>
    shrinks(textAt(old, "ipCidrRange") ?? "", textAt(next, "ipCidrRange") ?? "") ? ["ipCidrRange"] : [],
  takes: { create: 15, update: 10, remove: 20 },
  source: "terraform-provider-google resource_compute_subnetwork",
};

/** Every range that a subnetwork takes, with the input it stands in. */
function rangesOf(inputs: Values): { where: string; given: string; range: Range | undefined }[] {
  const given = [
    { where: "ipCidrRange", given: textAt(inputs, "ipCidrRange") },
    ...listAt(inputs, "secondaryIpRanges").map((secondary, index) => ({
      where: `secondaryIpRanges[${index}].ipCidrRange`,
      given: textAt(secondary, "ipCidrRange"),
    })),
  ];
  return given.flatMap(({ where, given }) => (given ? [{ where, given, range: parseRange(given) }] : []));
}

const router: Rule = {
  kind: "compute/router:Router",
  api: "compute.googleapis.com",
  id: "projects/{project}/regions/{region}/routers/{name}",
  autonamed: "name",
  inputs: {
    bgp: object({
      advertiseMode: oneOf(["DEFAULT", "CUSTOM"], { default: "DEFAULT" }),
      advertisedGroups: list(text()),
      advertisedIpRanges: list(object({ description: text(), range: text({ required: true }) }), {
        unordered: true,
      }),
      asn: number({ required: true, min: 1, max: 4294967294 }),
      identifierRange: text({ computed: true }),
      keepaliveInterval: number({ default: 20 }),
    }),
    deletionPolicy: deletionPolicy(),
    description: text(),
    encryptedInterconnectRouter: flag({ replaces: true }),
    name: text(computeName),
    network: text({ replaces: true, reference: heldNetwork }),
    project: project(),
    region: region(),
  },
  computed: ["selfLink", "creationTimestamp"],
  outputs: ({ id }) => ({ selfLink: selfLink(id), creationTimestamp: created }),
  refuses: (inputs) => (textAt(inputs, "network") ? [] : ["network: missing"]),
  takes: { create: 10, update: 10, remove: 10 },
  source: "terraform-provider-google resource_compute_router",
};

const routerNat: Rule = {
  kind: "compute/routerNat:RouterNat",
  api: "compute.googleapis.com",
  id: (inputs, around) =>
    [
      around.project.id,
      textAt(inputs, "region"),
      lastSegment(textAt(inputs, "router") ?? ""),
      textAt(inputs, "name"),
    ].join("/"),
  autonamed: "name",
  inputs: {
    autoNetworkTier: oneOf(["PREMIUM", "STANDARD"], { computed: true }),
    deletionPolicy: deletionPolicy(),
    drainNatIps: list(text({ reference: address }), { computed: true, unordered: true }),
    enableDynamicPortAllocation: flag({ computed: true }),
    enableEndpointIndependentMapping: flag({ computed: true }),
    endpointTypes: list(text(), { replaces: true, computed: true }),
    icmpIdleTimeoutSec: number({ default: 30 }),
    initialNatIps: list(text({ reference: address }), { replaces: true, unordered: true }),
    logConfig: object({
      enable: flag({ required: true }),
      filter: oneOf(["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"], { required: true }),
    }),
    maxPortsPerVm: number(),
    minPortsPerVm: number({ computed: true }),
    name: text(computeName),
    natIpAllocateOption: oneOf(["MANUAL_ONLY", "AUTO_ONLY"]),
    natIps: list(text({ reference: { ...address, holds: true } }), { computed: true, unordered: true }),
    project: project(),
    region: region(),
    router: text({
      required: true,
      replaces: true,
      reference: { kinds: ["compute/router:Router"], partOf: true },
    }),
    rules: list(
      object({
        action: object(
          {
            sourceNatActiveIps: list(text({ reference: address }), { unordered: true }),
            sourceNatDrainIps: list(text({ reference: address }), { unordered: true }),
          },
          { computed: true },
        ),
        description: text(),
        match: text({ required: true }),
        ruleNumber: number({ required: true, min: 0, max: 65000 }),
      }),
      { unordered: true },
    ),
    sourceSubnetworkIpRangesToNat: oneOf(
      ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"],
      { required: true },
    ),
    subnetworks: list(
      object({
        name: text({ required: true, reference: heldSubnetwork }),
        secondaryIpRangeNames: list(text(), { unordered: true }),
        sourceIpRangesToNats: list(text(), { required: true, unordered: true }),
      }),
      { unordered: true },
    ),
    tcpEstablishedIdleTimeoutSec: number({ default: 1200 }),
    tcpTimeWaitTimeoutSec: number({ default: 120 }),
    tcpTransitoryIdleTimeoutSec: number({ default: 30 }),
    type: oneOf(["PUBLIC", "PRIVATE"], { replaces: true, default: "PUBLIC" }),
    udpIdleTimeoutSec: number({ default: 30 }),
  },
  computed: [
    "autoNetworkTier",
    "enableDynamicPortAllocation",
    "enableEndpointIndependentMapping",
    "endpointTypes",
    "minPortsPerVm",
  ],
  outputs: () => ({
    autoNetworkTier: "PREMIUM",
    enableDynamicPortAllocation: false,
    enableEndpointIndependentMapping: false,
    endpointTypes: ["ENDPOINT_TYPE_VM"],
    minPortsPerVm: 64,
  }),
  refuses: (inputs) => {
    const option = textAt(inputs, "natIpAllocateOption");
    const natIps = listAt(inputs, "natIps").length + listAt(inputs, "initialNatIps").length;
    return [
      ...(option === "MANUAL_ONLY" && natIps === 0
        ? ["natIps: needed with natIpAllocateOption MANUAL_ONLY"]
        : []),
      ...(option === "AUTO_ONLY" && natIps > 0 ? ["natIps: not with natIpAllocateOption AUTO_ONLY"] : []),
      ...((inputs["sourceSubnetworkIpRangesToNat"] === "LIST_OF_SUBNETWORKS") !==
      listAt(inputs, "subnetworks").length > 0
        ? ["subnetworks: exactly with sourceSubnetworkIpRangesToNat LIST_OF_SUBNETWORKS"]
        : []),
      ...(inputs["enableDynamicPortAllocation"] === true &&
      inputs["enableEndpointIndependentMapping"] === true
        ? ["enableDynamicPortAllocation: not together with enableEndpointIndependentMapping"]
        : []),
    ];
  },
  takes: { create: 15, update: 15, remove: 15 },
  source: "terraform-provider-google resource_compute_router_nat",
};

const firewall: Rule = {
  kind: "compute/firewall:Firewall",
  api: "compute.googleapis.com",
  id: "projects/{project}/global/firewalls/{name}",
  autonamed: "name",
  inputs: {
    allows: list(object({ ports: list(text()), protocol: text({ required: true }) }), { unordered: true }),
    deletionPolicy: deletionPolicy(),
    denies: list(object({ ports: list(text()), protocol: text({ required: true }) }), { unordered: true }),
    description: text(),
    destinationRanges: list(text(), { computed: true, unordered: true }),
    direction: oneOf(["INGRESS", "EGRESS"], { replaces: true, computed: true }),
    disabled: flag(),
    logConfig: object({
      metadata: oneOf(["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"], { required: true }),
    }),
    name: text(computeName),
    network: text({ required: true, reference: heldNetwork }),
    priority: number({ default: 1000, min: 0, max: 65535 }),
    project: project(),
    sourceRanges: list(text(), { unordered: true }),
    sourceServiceAccounts: list(text(), { unordered: true, maxItems: 10 }),
    sourceTags: list(text(), { unordered: true }),
    targetServiceAccounts: list(text(), { unordered: true, maxItems: 10 }),
    targetTags: list(text(), { unordered: true }),
  },
  computed: ["selfLink", "creationTimestamp", "direction", "destinationRanges"],
  outputs: ({ id }) => ({
    selfLink: selfLink(id),
    creationTimestamp: created,
    direction: "INGRESS",
    destinationRanges: [],
  }),
  refuses: (inputs) => {
    const given = (...names: string[]) => names.filter((name) => listAt(inputs, name).length > 0);
    const sources = given("sourceRanges", "sourceTags", "sourceServiceAccounts");
    const egress = inputs["direction"] === "EGRESS";
    const tags = given("sourceTags", "targetTags");
    const accounts = given("sourceServiceAccounts", "targetServiceAccounts");
    const ranges = [...listAt(inputs, "sourceRanges"), ...listAt(inputs, "destinationRanges")].map(String);
    return [
      ...(given("allows", "denies").length === 1 ? [] : ["allows, denies: exactly one of them"]),
      ...(!egress && sources.length === 0
        ? ["sourceRanges, sourceTags, sourceServiceAccounts: an INGRESS rule needs one of them"]
        : []),
      ...(egress && sources.some((name) => name !== "sourceRanges")
        ? [`${sources.join(", ")}: not in an EGRESS rule`]
        : []),
      ...(tags.length > 0 && accounts.length > 0
        ? [`${[...tags, ...accounts].join(", ")}: tags and accounts do not mix`]
        : []),
      ...ranges
        .filter((range) => !range.includes(":") && !parseRange(range) && parseAddress(range) === undefined)
        .map((range) => `${range} is not a range, or has bits beyond its prefix`),
    ];
  },
  takes: { create: 10, update: 10, remove: 10 },
  source: "terraform-provider-google resource_compute_firewall",
};

export const networks: readonly Rule[] = [network, subnetwork, router, routerNat, firewall];
