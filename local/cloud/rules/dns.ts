import { lastSegment, listAt, pathOf, textAt } from "./read";
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
  text,
  type Resource,
  type Rule,
  type Surroundings,
  type Values,
} from "./shape";

const heldNetwork = { kinds: ["compute/network:Network"], holds: true };
const zoneReference = { kinds: ["dns/managedZone:ManagedZone"], partOf: true };

const zoneName = {
  pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  rule: "1-63 lower case letters, digits and dashes, starting with a letter",
  required: true,
  replaces: true,
} as const;

const managedZone: Rule = {
  kind: "dns/managedZone:ManagedZone",
  api: "dns.googleapis.com",
  id: "projects/{project}/managedZones/{name}",
  autonamed: "name",
  inputs: {
    cloudLoggingConfig: object({ enableLogging: flag({ required: true }) }, { computed: true }),
    deletionPolicy: deletionPolicy(),
    description: text({ default: "Managed by Pulumi" }),
    dnsName: text({
      required: true,
      replaces: true,
      pattern: /^([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)+$/,
      rule: "a domain that ends with a dot",
    }),
    dnssecConfig: object(
      {
        defaultKeySpecs: list(
          object({
            algorithm: oneOf(["ecdsap256sha256", "ecdsap384sha384", "rsasha1", "rsasha256", "rsasha512"]),
            keyLength: number(),
            keyType: oneOf(["keySigning", "zoneSigning"]),
            kind: text({ default: "dns#dnsKeySpec" }),
          }),
          { computed: true },
        ),
        kind: text({ default: "dns#managedZoneDnsSecConfig" }),
        nonExistence: oneOf(["nsec", "nsec3"], { computed: true }),
        state: oneOf(["off", "on", "transfer"]),
      },
      { computed: true },
    ),
    forceDestroy: flag({ default: false }),
    forwardingConfig: object({
      targetNameServers: list(
        object({
          domainName: text(),
          forwardingPath: oneOf(["default", "private"]),
          ipv4Address: text(),
          ipv6Address: text(),
        }),
        { required: true, unordered: true },
      ),
    }),
    labels: labels(),
    name: text(zoneName),
    peeringConfig: object({
      targetNetwork: object(
        { networkUrl: text({ required: true, reference: heldNetwork }) },
        { required: true },
      ),
    }),
    privateVisibilityConfig: object({
      gkeClusters: list(
        object({
          gkeClusterName: text({ required: true, reference: { kinds: ["container/cluster:Cluster"] } }),
        }),
      ),
      networks: list(object({ networkUrl: text({ required: true, reference: heldNetwork }) }), {
        unordered: true,
      }),
    }),
    project: project(),
    visibility: oneOf(["private", "public"], { replaces: true, default: "public" }),
  },
  computed: ["creationTime", "managedZoneId", "nameServers", "pulumiLabels", "effectiveLabels"],
  outputs: ({ id, inputs }, around) => ({
    creationTime: "2026-01-01T00:00:00.000Z",
    managedZoneId: Number(around.number(15, id)),
    nameServers:
      inputs["visibility"] === "private"
        ? ["ns-gcp-private.googledomains.com."]
        : [1, 2, 3, 4].map(
            (host) => `ns-cloud-${"abcde"[Number(around.number(1, id)) % 5]}${host}.googledomains.com.`,
          ),
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs) => {
    const inside = inputs["visibility"] === "private";
    return [
      ...(!inside && inputs["privateVisibilityConfig"]
        ? ["privateVisibilityConfig: only with visibility private"]
        : []),
      ...(inside && inputs["dnssecConfig"] ? ["dnssecConfig: only with visibility public"] : []),
      ...(inputs["peeringConfig"] && inputs["forwardingConfig"]
        ? ["peeringConfig: not together with forwardingConfig"]
        : []),
    ];
  },
  // With forceDestroy the provider deletes the records first; here they go with the zone.
  keeps: (state, around) => {
    if (state["forceDestroy"] === true) return undefined;
    const own = recordsOf(textAt(state, "name") ?? "", textAt(state, "dnsName") ?? "", around);
    return own.length > 0
      ? `The resource named '${textAt(state, "name")}' cannot be deleted because it contains one or more of its own records: ${own.join(", ")}`
      : undefined;
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_dns_managed_zone",
};

/** Records beside the two at the zone's own name that every zone has. */
function recordsOf(zone: string, dnsName: string, around: Surroundings): string[] {
  return around
    .list("dns/recordSet:RecordSet")
    .filter(
      (record) =>
        record.project === around.project.id &&
        lastSegment(textAt(record.inputs, "managedZone") ?? "") === zone,
    )
    .filter(
      ({ inputs }) => !(inputs["name"] === dnsName && ["NS", "SOA"].includes(textAt(inputs, "type") ?? "")),
    )
    .map(({ inputs }) => `${textAt(inputs, "type")} ${textAt(inputs, "name")}`);
}

const recordSet: Rule = {
  kind: "dns/recordSet:RecordSet",
  api: "dns.googleapis.com",
  id: (inputs, around) =>
    `projects/${around.project.id}/managedZones/${lastSegment(textAt(inputs, "managedZone") ?? "")}/rrsets/${textAt(inputs, "name")}/${textAt(inputs, "type")}`,
  inputs: {
    deletionPolicy: deletionPolicy(),
    managedZone: text({ required: true, replaces: true, reference: zoneReference }),
    name: text({
      required: true,
      replaces: true,
      pattern: /^(\*\.)?([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)+$/,
      rule: "a domain that ends with a dot",
    }),
    project: project(),
    rrdatas: list(text()),
    ttl: number({ min: 0, max: 2147483647 }),
    type: oneOf(
      [
        "A",
        "AAAA",
        "ALIAS",
        "CAA",
        "CNAME",
        "DNSKEY",
        "DS",
        "HTTPS",
        "IPSECKEY",
        "MX",
        "NAPTR",
        "NS",
        "PTR",
        "SOA",
        "SPF",
        "SRV",
        "SSHFP",
        "SVCB",
        "TLSA",
        "TXT",
      ],
      { required: true },
    ),
  },
  computed: [],
  refuses: (inputs, around) => {
    const name = textAt(inputs, "name") ?? "";
    const zone = around.find(zoneReference, textAt(inputs, "managedZone") ?? "", around.project.id);
    const dnsName = textAt(zone?.inputs, "dnsName");
    const data = listAt(inputs, "rrdatas").map(String);
    return [
      ...(dnsName && name !== dnsName && !name.endsWith(`.${dnsName}`)
        ? [`name: ${name} is not in the zone ${dnsName}`]
        : []),
      ...(data.length > 0 ? [] : ["rrdatas: missing"]),
      ...(inputs["type"] === "CNAME" ? aliasProblems(name, data, dnsName) : []),
      ...neighbourProblems(inputs, around),
      ...(inputs["type"] === "A" && data.some((target) => !/^\d+\.\d+\.\d+\.\d+$/.test(target))
        ? ["rrdatas: an A record holds IPv4 addresses"]
        : []),
    ];
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_dns_record_set",
};

function aliasProblems(name: string, data: readonly string[], zone: string | undefined): string[] {
  return [
    ...(data.some((target) => !target.endsWith("."))
      ? ["rrdatas: the target of a CNAME ends with a dot"]
      : []),
    ...(data.length > 1 ? ["rrdatas: a CNAME has one target"] : []),
    ...(name === zone ? ["type: the zone's own name cannot be a CNAME"] : []),
  ];
}

/** A CNAME is the only record of its name (RFC 1034). */
function neighbourProblems(inputs: Values, around: Surroundings): string[] {
  const name = textAt(inputs, "name") ?? "";
  return around
    .alsoReferring("dns/recordSet:RecordSet", zoneReference, textAt(inputs, "managedZone") ?? "")
    .filter(({ inputs: other }) => other["name"] === name && other["type"] !== inputs["type"])
    .filter(({ inputs: other }) => [other["type"], inputs["type"]].includes("CNAME"))
    .map(
      ({ inputs: other }) =>
        `name: ${name} has a ${textAt(other, "type")} already, beside which no other may be`,
    );
}

const policy: Rule = {
  kind: "dns/policy:Policy",
  api: "dns.googleapis.com",
  id: "projects/{project}/policies/{name}",
  autonamed: "name",
  inputs: {
    alternativeNameServerConfig: object({
      targetNameServers: list(
        object({ forwardingPath: oneOf(["default", "private"]), ipv4Address: text({ required: true }) }),
        { required: true, unordered: true },
      ),
    }),
    deletionPolicy: deletionPolicy(),
    description: text({ default: "Managed by Terraform" }),
    enableInboundForwarding: flag(),
    enableLogging: flag(),
    name: text(zoneName),
    networks: list(object({ networkUrl: text({ required: true, reference: heldNetwork }) }), {
      unordered: true,
    }),
    project: project(),
  },
  computed: [],
  refuses: (inputs, around) => {
    const networks = (values: typeof inputs) =>
      listAt(values, "networks").map((network) => {
        const url = textAt(network, "networkUrl") ?? "";
        return around.find(heldNetwork, url, around.project.id)?.id ?? pathOf(url);
      });
    const isOther = ({ project, inputs: own }: Resource) =>
      project === around.project.id && own["name"] !== inputs["name"];
    return networks(inputs)
      .filter((network) => around.alsoReferring("dns/policy:Policy", heldNetwork, network).some(isOther))
      .map((network) => `networks: ${network} has a policy already`);
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_dns_policy",
};

export const dns: readonly Rule[] = [managedZone, recordSet, policy];
