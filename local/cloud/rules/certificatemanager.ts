/** Certificate Manager: who vouches for a domain, certificates, and the maps by which a load balancer finds them. */
import { hex, lastSegment, listAt, textAt, textsAt, uuid } from "./read";
import {
  deletionPolicy,
  labelOutputs,
  labels,
  list,
  object,
  oneOf,
  project,
  text,
  type Rule,
  type Surroundings,
  type Value,
  type Values,
} from "./shape";

const api = "certificatemanager.googleapis.com";
const created = "2026-01-01T00:00:00.000000000Z";
const takes = { create: 10, update: 10, remove: 10 };

const name = {
  pattern: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
  rule: "1-64 letters, digits, - and _, starting with a letter",
  required: true,
  replaces: true,
} as const;

/** A domain without a dot at its end. */
const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const domain = {
  pattern: new RegExp(`^(${label}\\.)+${label}$`),
  rule: "a domain without a dot at its end",
} as const;
const wildcard = {
  pattern: new RegExp(`^(\\*\\.)?(${label}\\.)+${label}$`),
  rule: "a domain, or *. and a domain, without a dot at its end",
} as const;

const location = () => text({ replaces: true, default: "global" });

const authorizationKind = "certificatemanager/dnsAuthorization:DnsAuthorization";
const heldAuthorization = { kinds: [authorizationKind], holds: true };
export const heldCertificate = { kinds: ["certificatemanager/certificate:Certificate"], holds: true };
export const heldMap = { kinds: ["certificatemanager/certificateMap:CertificateMap"], holds: true };
const entryKind = "certificatemanager/certificateMapEntry:CertificateMapEntry";

const authorization: Rule = {
  kind: authorizationKind,
  api,
  id: "projects/{project}/locations/{location}/dnsAuthorizations/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text(),
    domain: text({ required: true, replaces: true, ...domain }),
    labels: labels(),
    location: location(),
    name: text(name),
    project: project(),
    type: oneOf(["FIXED_RECORD", "PER_PROJECT_RECORD"], { replaces: true, computed: true }),
  },
  computed: ["dnsResourceRecords", "effectiveLabels", "pulumiLabels", "type"],
  outputs: ({ id, inputs }, around) => {
    const type =
      textAt(inputs, "type") ?? (inputs["location"] === "global" ? "FIXED_RECORD" : "PER_PROJECT_RECORD");
    const own = type === "PER_PROJECT_RECORD" ? `_${hex(around, 16, "record", around.project.id)}` : "";
    return {
      dnsResourceRecords: [
        {
          data: `${uuid(around, id)}.${around.number(2, id)}.authorize.certificatemanager.goog.`,
          name: `_acme-challenge${own}.${textAt(inputs, "domain")}.`,
          type: "CNAME",
        },
      ],
      type,
      ...labelOutputs(inputs["labels"]),
    };
  },
  takes,
  source: "terraform-provider-google resource_certificate_manager_dns_authorization",
};

const certificate: Rule = {
  kind: "certificatemanager/certificate:Certificate",
  api,
  id: "projects/{project}/locations/{location}/certificates/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text(),
    labels: labels(),
    location: location(),
    managed: object(
      {
        dnsAuthorizations: list(text({ replaces: true, reference: heldAuthorization }), { replaces: true }),
        domains: list(text({ replaces: true, ...wildcard }), { replaces: true, maxItems: 100 }),
      },
      { replaces: true },
    ),
    name: text(name),
    project: project(),
    scope: oneOf(["DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"], {
      replaces: true,
      default: "DEFAULT",
    }),
  },
  computed: ["effectiveLabels", "managed.state", "pulumiLabels", "sanDnsnames"],
  outputs: ({ inputs }, around) => ({
    managed: { state: isVouchedFor(inputs, around) ? "ACTIVE" : "PROVISIONING" },
    sanDnsnames: listAt(inputs, "managed", "domains"),
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs, around) => {
    if (!inputs["managed"]) return ["managed: certificates that somebody uploads are not emulated"];
    const domains = textsAt(inputs, "managed", "domains");
    const named = textsAt(inputs, "managed", "dnsAuthorizations");
    const authorized = authorizationsOf(inputs, around).map((values) => textAt(values, "domain"));
    const assumed = named.some((id) => around.isAssumed(id));
    const ofWildcards = domains.filter((name) => name.startsWith("*."));
    return [
      ...(domains.length > 0 ? [] : ["managed.domains: missing"]),
      ...(named.length === 0
        ? ofWildcards.map((name) => `managed.domains: ${name} needs a DNS authorization`)
        : []),
      // When Google finds it out is unproven; here it is refused at once.
      ...(authorized.length > 0 && !assumed
        ? domains
            .filter((name) => !authorized.includes(name.replace(/^\*\./, "")))
            .map((name) => `managed.dnsAuthorizations: none is for ${name}`)
        : []),
    ];
  },
  takes,
  source: "terraform-provider-google resource_certificate_manager_certificate",
};

function authorizationsOf(inputs: Values, around: Surroundings): Values[] {
  return textsAt(inputs, "managed", "dnsAuthorizations")
    .map((id) => around.find(heldAuthorization, id, around.project.id)?.state)
    .filter((state) => state !== undefined);
}

/**
 * Whether the records that authorizations ask for are in a zone of the cloud when the certificate is made. That a
 * certificate becomes active later, when they come, is not emulated.
 */
function isVouchedFor(inputs: Values, around: Surroundings): boolean {
  const records = authorizationsOf(inputs, around).flatMap((state) => listAt(state, "dnsResourceRecords"));
  return (
    records.length > 0 &&
    records.every((record) =>
      around
        .list("dns/recordSet:RecordSet", textAt(record, "name") ?? "")
        .some((known) => isSame(known.inputs, record)),
    )
  );
}

const isSame = (known: Values, record: Value): boolean =>
  known["name"] === textAt(record, "name") &&
  known["type"] === textAt(record, "type") &&
  listAt(known, "rrdatas").includes(textAt(record, "data") ?? "");

const certificateMap: Rule = {
  kind: "certificatemanager/certificateMap:CertificateMap",
  api,
  id: "projects/{project}/locations/global/certificateMaps/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text(),
    labels: labels(),
    name: text(name),
    project: project(),
  },
  computed: ["createTime", "effectiveLabels", "gclbTargets", "pulumiLabels", "updateTime"],
  outputs: ({ inputs }) => ({
    createTime: created,
    // Proxies come later, and the provider shows them after a refresh; here they never show.
    gclbTargets: [],
    updateTime: created,
    ...labelOutputs(inputs["labels"]),
  }),
  takes,
  source: "terraform-provider-google resource_certificate_manager_certificate_map",
};

const entry: Rule = {
  kind: entryKind,
  api,
  id: (inputs, around) =>
    `projects/${around.project.id}/locations/global/certificateMaps/${lastSegment(textAt(inputs, "map") ?? "")}/certificateMapEntries/${textAt(inputs, "name")}`,
  autonamed: "name",
  inputs: {
    certificates: list(
      text({
        pattern: /^projects\/[^/]+\/locations\/[^/]+\/certificates\/[^/]+$/,
        rule: "the id of a certificate, projects/{project}/locations/{location}/certificates/{name}",
        reference: heldCertificate,
      }),
      { required: true, maxItems: 15 },
    ),
    deletionPolicy: deletionPolicy(),
    description: text(),
    hostname: text({ replaces: true, ...wildcard }),
    labels: labels(),
    map: text({ required: true, replaces: true, reference: heldMap }),
    matcher: oneOf(["PRIMARY"], { replaces: true }),
    name: text(name),
    project: project(),
  },
  computed: ["createTime", "effectiveLabels", "pulumiLabels", "state", "updateTime"],
  outputs: ({ inputs }) => ({
    createTime: created,
    state: "ACTIVE",
    updateTime: created,
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs, around) => {
    const alike = around
      .alsoReferring(entryKind, heldMap, textAt(inputs, "map") ?? "")
      .filter(({ inputs: other }) => other["name"] !== inputs["name"])
      .filter(({ inputs: other }) =>
        ["hostname", "matcher"].every((key) => (other[key] ?? null) === (inputs[key] ?? null)),
      );
    return [
      ...(textAt(inputs, "hostname") && textAt(inputs, "matcher")
        ? ["hostname, matcher: exactly one of them"]
        : []),
      ...(textAt(inputs, "hostname") || textAt(inputs, "matcher")
        ? []
        : ["hostname, matcher: one of them is needed"]),
      ...(listAt(inputs, "certificates").length > 0 ? [] : ["certificates: missing"]),
      ...textsAt(inputs, "certificates")
        .map((id) => around.find(heldCertificate, id, around.project.id)?.inputs)
        .filter((found) => found !== undefined && !isGlobal(found))
        .map(
          (found) => `certificates: ${textAt(found, "name")} is not global, of scope DEFAULT or EDGE_CACHE`,
        ),
      ...alike.map(({ id }) => `hostname, matcher: ${id} is for that already`),
    ];
  },
  takes,
  source: "terraform-provider-google resource_certificate_manager_certificate_map_entry",
};

const isGlobal = (values: Values): boolean =>
  (values["location"] ?? "global") === "global" &&
  ["DEFAULT", "EDGE_CACHE"].includes(textAt(values, "scope") ?? "DEFAULT");

export const certificatemanager: readonly Rule[] = [authorization, certificate, certificateMap, entry];
