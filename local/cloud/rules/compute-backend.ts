/** What stands behind a load balancer: health checks, groups of endpoints, backend services, pools of machines. */
import { computeName, created, heldNetwork, heldSubnetwork, selfLink } from "./compute-names";
import { at, listAt, textAt } from "./read";
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
  type Field,
  type Fields,
  type Rule,
} from "./shape";

const api = "compute.googleapis.com";

const probedPort = (): Fields => ({
  port: number({ min: 1, max: 65535 }),
  portName: text(),
  portSpecification: oneOf(["USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT"]),
});
const proxyHeader = (): Field => oneOf(["NONE", "PROXY_V1"], { default: "NONE" });
const httpProbe = () =>
  object({
    ...probedPort(),
    host: text(),
    proxyHeader: proxyHeader(),
    requestPath: text({ default: "/" }),
    response: text(),
  });

const probes = [
  "httpHealthCheck",
  "httpsHealthCheck",
  "http2HealthCheck",
  "tcpHealthCheck",
  "grpcHealthCheck",
];

const healthCheckOf = (place: "global" | "region"): Rule => ({
  kind:
    place === "global" ? "compute/healthCheck:HealthCheck" : "compute/regionHealthCheck:RegionHealthCheck",
  api,
  id:
    place === "global"
      ? "projects/{project}/global/healthChecks/{name}"
      : "projects/{project}/regions/{region}/healthChecks/{name}",
  autonamed: "name",
  inputs: {
    checkIntervalSec: number({ default: 5, min: 1, max: 300 }),
    deletionPolicy: deletionPolicy(),
    description: text(),
    grpcHealthCheck: object({ ...probedPort(), grpcServiceName: text() }),
    healthyThreshold: number({ default: 2, min: 1, max: 10 }),
    http2HealthCheck: httpProbe(),
    httpHealthCheck: httpProbe(),
    httpsHealthCheck: httpProbe(),
    logConfig: object({ enable: flag({ default: false }) }, { computed: true }),
    name: text(computeName),
    project: project(),
    ...(place === "region" && { region: region() }),
    tcpHealthCheck: object({
      ...probedPort(),
      proxyHeader: proxyHeader(),
      request: text(),
      response: text(),
    }),
    timeoutSec: number({ default: 5, min: 1, max: 300 }),
    unhealthyThreshold: number({ default: 2, min: 1, max: 10 }),
  },
  computed: ["creationTimestamp", "selfLink", "type"],
  outputs: ({ id, inputs }) => ({
    creationTimestamp: created,
    selfLink: selfLink(id),
    type: (probes.find((probe) => inputs[probe]) ?? "").replace("HealthCheck", "").toUpperCase(),
  }),
  refuses: (inputs) => [
    ...(probes.filter((probe) => inputs[probe]).length === 1 ? [] : [`${probes.join(", ")}: exactly one`]),
    ...(Number(inputs["timeoutSec"] ?? 5) > Number(inputs["checkIntervalSec"] ?? 5)
      ? ["timeoutSec: not longer than checkIntervalSec"]
      : []),
  ],
  takes: { create: 5, update: 5, remove: 5 },
  source: `terraform-provider-google resource_compute_${place === "global" ? "" : "region_"}health_check`,
});

const endpointGroup: Rule = {
  kind: "compute/networkEndpointGroup:NetworkEndpointGroup",
  api,
  id: "projects/{project}/zones/{zone}/networkEndpointGroups/{name}",
  autonamed: "name",
  inputs: {
    defaultPort: number({ replaces: true, min: 1, max: 65535 }),
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    name: text(computeName),
    network: text({ required: true, replaces: true, reference: heldNetwork }),
    networkEndpointType: oneOf(
      [
        "GCE_VM_IP",
        "GCE_VM_IP_PORT",
        "NON_GCP_PRIVATE_IP_PORT",
        "INTERNET_IP_PORT",
        "INTERNET_FQDN_PORT",
        "SERVERLESS",
        "PRIVATE_SERVICE_CONNECT",
      ],
      { replaces: true, default: "GCE_VM_IP_PORT" },
    ),
    project: project(),
    subnetwork: text({ replaces: true, reference: heldSubnetwork }),
    zone: text({ replaces: true }),
  },
  computed: ["generatedId", "selfLink", "size"],
  outputs: ({ id }, around) => ({
    generatedId: Number(around.number(15, id)),
    selfLink: selfLink(id),
    size: 0,
  }),
  takes: { create: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_network_endpoint_group",
};

const instanceGroup: Rule = {
  kind: "compute/instanceGroup:InstanceGroup",
  api,
  id: "projects/{project}/zones/{zone}/instanceGroups/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    name: text(computeName),
    namedPorts: list(object({ name: text({ required: true }), port: number({ required: true }) }), {
      unordered: true,
    }),
    network: text({ replaces: true, computed: true, reference: heldNetwork }),
    project: project(),
    zone: text({ replaces: true, computed: true }),
  },
  computed: ["selfLink", "size"],
  outputs: ({ id }) => ({ selfLink: selfLink(id), size: 0 }),
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_instance_group",
};

const groups = {
  kinds: ["compute/networkEndpointGroup:NetworkEndpointGroup", "compute/instanceGroup:InstanceGroup"],
  holds: true,
};

const backendServiceOf = (place: "global" | "region"): Rule => {
  const check =
    place === "global"
      ? ["compute/healthCheck:HealthCheck"]
      : ["compute/regionHealthCheck:RegionHealthCheck", "compute/healthCheck:HealthCheck"];
  return {
    kind:
      place === "global"
        ? "compute/backendService:BackendService"
        : "compute/regionBackendService:RegionBackendService",
    api,
    id:
      place === "global"
        ? "projects/{project}/global/backendServices/{name}"
        : "projects/{project}/regions/{region}/backendServices/{name}",
    autonamed: "name",
    inputs: {
      affinityCookieTtlSec: number({ min: 0, max: 1_209_600 }),
      backends: list(
        object({
          balancingMode: oneOf(["UTILIZATION", "RATE", "CONNECTION"], { default: "UTILIZATION" }),
          capacityScaler: number({ min: 0, max: 1, default: 1 }),
          group: text({ required: true, reference: groups }),
          maxRatePerEndpoint: number({ computed: true }),
        }),
        { unordered: true },
      ),
      connectionDrainingTimeoutSec: number({ min: 0, max: 3600, default: place === "global" ? 300 : 0 }),
      deletionPolicy: deletionPolicy(),
      description: text(),
      healthChecks: text({ reference: { kinds: check, holds: true } }),
      iap: object(
        {
          enabled: flag({ required: true }),
          oauth2ClientId: text(),
          oauth2ClientSecret: text({ secret: true }),
        },
        { computed: true },
      ),
      loadBalancingScheme: oneOf(
        ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"],
        { replaces: true, default: place === "global" ? "EXTERNAL" : "INTERNAL" },
      ),
      logConfig: object(
        { enable: flag(), sampleRate: number({ min: 0, max: 1, default: 1 }) },
        { computed: true },
      ),
      name: text(computeName),
      ...(place === "region" && { network: text({ replaces: true, reference: heldNetwork }) }),
      portName: text({ computed: true }),
      project: project(),
      protocol: oneOf(["HTTP", "HTTPS", "HTTP2", "H2C", "TCP", "UDP", "SSL", "GRPC", "UNSPECIFIED"], {
        computed: true,
      }),
      ...(place === "region" && { region: region() }),
      securityPolicy: text(),
      sessionAffinity: text({ computed: true }),
      timeoutSec: number({ min: 1, computed: true }),
    },
    computed: [
      "creationTimestamp",
      "fingerprint",
      "generatedId",
      "portName",
      "protocol",
      "selfLink",
      "sessionAffinity",
      "timeoutSec",
    ],
    outputs: ({ id, inputs }, around) => ({
      creationTimestamp: created,
      fingerprint: "42WmSpB8rSM=",
      generatedId: Number(around.number(15, id)),
      portName: "",
      protocol: inputs["loadBalancingScheme"] === "INTERNAL" ? "TCP" : "HTTP",
      selfLink: selfLink(id),
      sessionAffinity: "NONE",
      timeoutSec: 30,
    }),
    refuses: (inputs) => [
      ...(listAt(inputs, "backends").length > 0 && !inputs["healthChecks"]
        ? ["healthChecks: needed with backends that are groups"]
        : []),
      ...(at(inputs, "network") && textAt(inputs, "loadBalancingScheme") !== "INTERNAL"
        ? ["network: only with loadBalancingScheme INTERNAL"]
        : []),
    ],
    takes: { create: 10, update: 10, remove: 10 },
    source: `terraform-provider-google resource_compute_${place === "global" ? "" : "region_"}backend_service`,
  };
};

const targetPool: Rule = {
  kind: "compute/targetPool:TargetPool",
  api,
  id: "projects/{project}/regions/{region}/targetPools/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text({ replaces: true }),
    instances: list(text(), { computed: true, unordered: true }),
    name: text(computeName),
    project: project(),
    region: region(),
    sessionAffinity: oneOf(["NONE", "CLIENT_IP", "CLIENT_IP_PROTO"], { replaces: true, default: "NONE" }),
  },
  computed: ["instances", "selfLink"],
  outputs: ({ id }) => ({ instances: [], selfLink: selfLink(id) }),
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_target_pool",
};

export const backends: readonly Rule[] = [
  healthCheckOf("global"),
  healthCheckOf("region"),
  endpointGroup,
  instanceGroup,
  backendServiceOf("global"),
  backendServiceOf("region"),
  targetPool,
];
