/** What receives requests: URL maps, certificates, target proxies and the forwarding rules of the whole world. */
import { heldCertificate, heldMap } from "./certificatemanager";
import { externalAddress } from "./compute-addresses";
import { computeName, created, heldNetwork, heldSubnetwork, selfLink } from "./compute-names";
import { listAt, textAt } from "./read";
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
} from "./shape";

const api = "compute.googleapis.com";

type Place = "global" | "region";

/** `UrlMap` or `RegionUrlMap`, and where the provider keeps it. */
const named = (place: Place, name: string, collection: string, type = `Region${name}`) => ({
  kind: place === "global" ? `compute/${lowerFirst(name)}:${name}` : `compute/${lowerFirst(type)}:${type}`,
  id:
    place === "global"
      ? `projects/{project}/global/${collection}/{name}`
      : `projects/{project}/regions/{region}/${collection}/{name}`,
  source: `terraform-provider-google resource_compute_${place === "global" ? "" : "region_"}${collection}`,
});

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const where = (place: Place) => ({ project: project(), ...(place === "region" && { region: region() }) });

const service = (place: Place) => ({
  kinds: [
    place === "global"
      ? "compute/backendService:BackendService"
      : "compute/regionBackendService:RegionBackendService",
  ],
  holds: true,
});

const redirect = () =>
  object({
    hostRedirect: text(),
    httpsRedirect: flag(),
    pathRedirect: text(),
    prefixRedirect: text(),
    redirectResponseCode: oneOf([
      "FOUND",
      "MOVED_PERMANENTLY_DEFAULT",
      "PERMANENT_REDIRECT",
      "SEE_OTHER",
      "TEMPORARY_REDIRECT",
    ]),
    stripQuery: flag(),
  });

const urlMapOf = (place: Place): Rule => ({
  ...named(place, "URLMap", "urlMaps", "RegionUrlMap"),
  api,
  autonamed: "name",
  inputs: {
    ...where(place),
    defaultService: text({ reference: service(place) }),
    deletionPolicy: deletionPolicy(),
    description: text(),
    hostRules: list(
      object({
        description: text(),
        hosts: list(text(), { required: true, unordered: true }),
        pathMatcher: text({ required: true }),
      }),
      { unordered: true },
    ),
    name: text(computeName),
    pathMatchers: list(
      object({
        defaultService: text({ reference: service(place) }),
        description: text(),
        name: text({ required: true }),
        routeRules: list(
          object({
            matchRules: list(object({ fullPathMatch: text(), prefixMatch: text(), regexMatch: text() })),
            priority: number({ required: true, min: 0 }),
            routeAction: object({
              weightedBackendServices: list(
                object({
                  backendService: text({ required: true, reference: service(place) }),
                  weight: number({ required: true, min: 0, max: 1000 }),
                }),
              ),
            }),
            service: text({ reference: service(place) }),
            urlRedirect: redirect(),
          }),
        ),
      }),
    ),
  },
  computed: ["creationTimestamp", "fingerprint", "mapId", "selfLink"],
  outputs: ({ id }, around) => ({
    creationTimestamp: created,
    fingerprint: "42WmSpB8rSM=",
    mapId: Number(around.number(15, id)),
    selfLink: selfLink(id),
  }),
  refuses: (inputs) => {
    const matchers = listAt(inputs, "pathMatchers").map((matcher) => textAt(matcher, "name"));
    return [
      ...(inputs["defaultService"] ? [] : ["defaultService: the emulated cloud needs it"]),
      ...listAt(inputs, "hostRules")
        .map((rule) => textAt(rule, "pathMatcher"))
        .filter((name) => !matchers.includes(name))
        .map((name) => `hostRules: there is no path matcher ${name}`),
    ];
  },
  takes: { create: 10, update: 10, remove: 10 },
});

const certificateOf = (place: Place): Rule => ({
  ...named(place, "SSLCertificate", "sslCertificates", "RegionSslCertificate"),
  api,
  autonamed: "name",
  inputs: {
    ...where(place),
    certificate: text({ required: true, replaces: true, secret: true }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    name: text(computeName),
    privateKey: text({ replaces: true, secret: true }),
  },
  computed: ["certificateId", "creationTimestamp", "selfLink"],
  outputs: ({ id }, around) => ({
    certificateId: Number(around.number(15, id)),
    creationTimestamp: created,
    selfLink: selfLink(id),
  }),
  takes: { create: 5, remove: 5 },
});

const urlMap = (place: Place) =>
  text({
    required: true,
    reference: {
      kinds: [place === "global" ? "compute/uRLMap:URLMap" : "compute/regionUrlMap:RegionUrlMap"],
      holds: true,
    },
  });

const proxyFields = (place: Place) => ({
  ...where(place),
  deletionPolicy: deletionPolicy(),
  description: text({ replaces: true }),
  httpKeepAliveTimeoutSec: number({ replaces: true, min: 5, max: 1200 }),
  name: text(computeName),
  urlMap: urlMap(place),
});

const proxyRest = {
  api,
  autonamed: "name",
  computed: ["creationTimestamp", "proxyId", "selfLink"],
  outputs: ({ id }, around) => ({
    creationTimestamp: created,
    proxyId: Number(around.number(15, id)),
    selfLink: selfLink(id),
  }),
  takes: { create: 10, update: 10, remove: 10 },
} satisfies Partial<Rule>;

const httpProxyOf = (place: Place): Rule => ({
  ...named(place, "TargetHttpProxy", "targetHttpProxies"),
  ...proxyRest,
  inputs: proxyFields(place),
});

const certificateMapLink = {
  pattern:
    /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/[^/]+\/certificateMaps\/[^/]+$/,
  rule: "//certificatemanager.googleapis.com/projects/{project}/locations/{location}/certificateMaps/{name}",
} as const;

const heldPolicy = { kinds: ["compute/sSLPolicy:SSLPolicy"], holds: true };

const httpsProxyOf = (place: Place): Rule => ({
  ...named(place, "TargetHttpsProxy", "targetHttpsProxies"),
  ...proxyRest,
  inputs: {
    ...proxyFields(place),
    certificateManagerCertificates: list(text({ reference: heldCertificate })),
    ...(place === "global" && { certificateMap: text({ ...certificateMapLink, reference: heldMap }) }),
    sslCertificates: list(
      text({
        reference: {
          kinds: [
            place === "global"
              ? "compute/sSLCertificate:SSLCertificate"
              : "compute/regionSslCertificate:RegionSslCertificate",
          ],
          holds: true,
        },
      }),
    ),
    // Policies of a region are not emulated; any name is taken.
    sslPolicy: text(place === "global" ? { reference: heldPolicy } : {}),
  },
  refuses: (inputs) =>
    inputs["certificateMap"] ||
    listAt(inputs, "sslCertificates").length + listAt(inputs, "certificateManagerCertificates").length > 0
      ? []
      : ["sslCertificates, certificateMap, certificateManagerCertificates: one of them is needed"],
});

const sslPolicy: Rule = {
  ...named("global", "SSLPolicy", "sslPolicies"),
  api,
  autonamed: "name",
  inputs: {
    customFeatures: list(text(), { unordered: true }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    minTlsVersion: oneOf(["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"], { default: "TLS_1_0" }),
    name: text(computeName),
    postQuantumKeyExchange: oneOf(["DEFAULT", "ENABLED", "DEFERRED"]),
    profile: oneOf(["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"], {
      default: "COMPATIBLE",
    }),
    project: project(),
  },
  computed: ["creationTimestamp", "enabledFeatures", "fingerprint", "selfLink"],
  outputs: ({ id, inputs }) => ({
    creationTimestamp: created,
    // Which ciphers a profile means is not emulated.
    enabledFeatures: listAt(inputs, "customFeatures"),
    fingerprint: "42WmSpB8rSM=",
    selfLink: selfLink(id),
  }),
  refuses: (inputs) => {
    const custom = inputs["profile"] === "CUSTOM";
    const features = listAt(inputs, "customFeatures").length;
    return [
      ...(custom && features === 0 ? ["customFeatures: profile CUSTOM needs them"] : []),
      ...(!custom && features > 0 ? ["customFeatures: only with profile CUSTOM"] : []),
      ...(inputs["minTlsVersion"] === "TLS_1_3" && inputs["profile"] !== "RESTRICTED"
        ? ["minTlsVersion: TLS_1_3 goes with profile RESTRICTED only"]
        : []),
      ...(inputs["profile"] === "FIPS_202205" && inputs["minTlsVersion"] !== "TLS_1_2"
        ? ["minTlsVersion: must be TLS_1_2 with profile FIPS_202205"]
        : []),
    ];
  },
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_ssl_policy",
};

const globalForwardingRule: Rule = {
  kind: "compute/globalForwardingRule:GlobalForwardingRule",
  api,
  id: "projects/{project}/global/forwardingRules/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    ipAddress: text({
      replaces: true,
      computed: true,
      reference: { kinds: ["compute/globalAddress:GlobalAddress"], by: "address", holds: true },
    }),
    ipProtocol: oneOf(["TCP", "UDP", "ESP", "AH", "SCTP", "ICMP"], { replaces: true, computed: true }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replaces: true, computed: true }),
    labels: labels(),
    loadBalancingScheme: oneOf(
      ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"],
      {
        replaces: true,
        default: "EXTERNAL",
      },
    ),
    name: text(computeName),
    network: text({ replaces: true, computed: true, reference: heldNetwork }),
    networkTier: oneOf(["PREMIUM", "STANDARD"], { replaces: true, computed: true }),
    portRange: text({ replaces: true }),
    project: project(),
    subnetwork: text({ replaces: true, computed: true, reference: heldSubnetwork }),
    target: text({
      required: true,
      reference: {
        kinds: ["compute/targetHttpProxy:TargetHttpProxy", "compute/targetHttpsProxy:TargetHttpsProxy"],
        holds: true,
      },
    }),
  },
  computed: [
    "baseForwardingRule",
    "effectiveLabels",
    "forwardingRuleId",
    "ipAddress",
    "labelFingerprint",
    "networkTier",
    "pscConnectionId",
    "pscConnectionStatus",
    "pulumiLabels",
    "selfLink",
  ],
  outputs: ({ id, inputs }, around) => {
    const before = around
      .list("compute/globalForwardingRule:GlobalForwardingRule", id)
      .find((other) => other.id === id);
    return {
      baseForwardingRule: "",
      forwardingRuleId: Number(around.number(15, id)),
      ipAddress: textAt(before?.state, "ipAddress") ?? externalAddress(id, around),
      labelFingerprint: "42WmSpB8rSM=",
      networkTier: "PREMIUM",
      pscConnectionId: "",
      pscConnectionStatus: "",
      selfLink: selfLink(id),
      ...labelOutputs(inputs["labels"]),
    };
  },
  takes: { create: 20, update: 10, remove: 20 },
  source: "terraform-provider-google resource_compute_global_forwarding_rule",
};

const places: readonly Place[] = ["global", "region"];

export const frontends: readonly Rule[] = [
  ...places.map(urlMapOf),
  ...places.map(certificateOf),
  ...places.map(httpProxyOf),
  ...places.map(httpsProxyOf),
  sslPolicy,
  globalForwardingRule,
];
