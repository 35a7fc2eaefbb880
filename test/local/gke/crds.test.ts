/** The kinds that GKE brings along: what people write is taken, what nobody can mean is refused. */
import { expect } from "chai";

import { kubectl } from "../../../local/clusters/commands";
import type { ControlPlane } from "../../../local/clusters/control-plane";
import { install } from "../../../local/gke/install";
import { setNodePool } from "../../../local/clusters/node-pools";
import {
  apply as applyObjects,
  ask,
  podOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../support/clusters";
import { everyFeature } from "../../support/features";

type Changed = Record<string, unknown>;

const object = (apiVersion: string, kind: string, spec: object): Changed => ({
  apiVersion,
  kind,
  metadata: { name: "web", namespace: "default" },
  spec,
});

const gateway = object("gateway.networking.k8s.io/v1", "Gateway", {
  gatewayClassName: "gke-l7-global-external-managed",
  addresses: [{ type: "NamedAddress", value: "web" }],
  listeners: [
    { name: "http", port: 80, protocol: "HTTP" },
    {
      name: "https",
      port: 443,
      protocol: "HTTPS",
      hostname: "*.example.dev",
      tls: { mode: "Terminate", options: { "networking.gke.io/pre-shared-certs": "web" } },
      allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "a" } } } },
    },
  ],
});
const route = object("gateway.networking.k8s.io/v1", "HTTPRoute", {
  parentRefs: [{ name: "web", namespace: "edge", sectionName: "https" }],
  hostnames: ["api.example.dev"],
  rules: [
    {
      matches: [{ path: { type: "PathPrefix", value: "/v1" }, headers: [{ name: "x-a", value: "b" }] }],
      filters: [
        { type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x", value: "y" }] } },
      ],
      backendRefs: [{ name: "billing", port: 80, weight: 9 }],
      timeouts: { request: "10s" },
    },
  ],
});
const redirect = object("gateway.networking.k8s.io/v1beta1", "HTTPRoute", {
  parentRefs: [{ name: "web" }],
  rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
});
const grant = object("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", {
  from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "edge" }],
  to: [{ group: "", kind: "Service" }],
});
const target = { group: "", kind: "Service", name: "billing" };
const backendPolicy = object("networking.gke.io/v1", "GCPBackendPolicy", {
  targetRef: target,
  default: {
    timeoutSec: 40,
    logging: { enabled: true, sampleRate: 500000 },
    connectionDraining: { drainingTimeoutSec: 60 },
  },
});
const gatewayPolicy = object("networking.gke.io/v1", "GCPGatewayPolicy", {
  targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "web" },
  default: { sslPolicy: "modern" },
});
const healthCheck = object("networking.gke.io/v1", "HealthCheckPolicy", {
  targetRef: target,
  default: {
    checkIntervalSec: 15,
    config: { type: "HTTP", httpHealthCheck: { port: 8080, requestPath: "/healthz" } },
  },
});
const monitoring = object("monitoring.googleapis.com/v1", "PodMonitoring", {
  selector: { matchLabels: { app: "billing" } },
  endpoints: [{ port: "metrics", interval: "30s", path: "/metrics" }],
  targetLabels: { metadata: ["pod", "container"], fromPod: [{ from: "app" }] },
});
const everywhere = object("monitoring.googleapis.com/v1", "ClusterPodMonitoring", {
  selector: {},
  endpoints: [{ port: 9090 }],
});
const recorded = object("monitoring.googleapis.com/v1", "Rules", {
  groups: [{ name: "slo", interval: "30s", rules: [{ record: "job:up:sum", expr: "sum by(job) (up)" }] }],
});

const secrets = object("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", {
  provider: "gke",
  parameters: {
    secrets: '- resourceName: "projects/p/secrets/s/versions/latest"\n  path: "s"\n',
  },
});

const synced = object("secret-sync.gke.io/v1", "SecretSync", {
  serviceAccountName: "reader",
  secretProviderClassName: "token",
  secretObject: {
    type: "Opaque",
    data: [{ sourcePath: "token", targetKey: "text" }],
    labels: { "jenkins.io/credentials-type": "secretText" },
  },
});

const good = {
  gateway,
  route,
  redirect,
  grant,
  backendPolicy,
  gatewayPolicy,
  healthCheck,
  monitoring,
  everywhere,
  recorded,
  secrets,
  synced,
};

/** One object with another value at a path; undefined takes the field away. */
function changed(object: Changed, path: string, value: unknown): Changed {
  const copy = structuredClone(object);
  const names = path.split(".");
  const last = names.pop() as string;
  const holder = names.reduce<Changed>((inner, name) => inner[name] as Changed, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const bad: [title: string, object: Changed, path: string, value: unknown, refusal: RegExp][] = [
  [
    "a typo in a gateway",
    gateway,
    "spec.listeners.0.hostnames",
    ["a"],
    /unknown field "spec.listeners\[0\].hostnames"/,
  ],
  ["a listener without a port", gateway, "spec.listeners.0.port", undefined, /listeners\[0\]\.port/],
  [
    "certificates for plain HTTP",
    gateway,
    "spec.listeners.0.tls",
    { options: { a: "b" } },
    /tls must not be specified/,
  ],
  [
    "two listeners alike",
    gateway,
    "spec.listeners.1",
    { name: "b", port: 80, protocol: "HTTP" },
    /must be unique/,
  ],
  [
    "TLS without a certificate",
    gateway,
    "spec.listeners.1.tls",
    { mode: "Terminate" },
    /certificateRefs or options/,
  ],
  ["a typo in a route", route, "spec.rules.0.backendRef", [], /unknown field "spec.rules\[0\].backendRef"/],
  ["a backend without a port", route, "spec.rules.0.backendRefs.0.port", undefined, /Must have port/],
  ["a relative path", route, "spec.rules.0.matches.0.path.value", "v1", /absolute path/],
  ["a match of no kind", route, "spec.rules.0.matches.0.path.type", "Prefix", /Unsupported value: "Prefix"/],
  ["a filter without its block", route, "spec.rules.0.filters.0.type", "URLRewrite", /exactly when/],
  [
    "a redirect beside backends",
    redirect,
    "spec.rules.0.backendRefs",
    [{ name: "a", port: 80 }],
    /RequestRedirect/,
  ],
  [
    "a redirect that is none",
    redirect,
    "spec.rules.0.filters.0.requestRedirect.statusCode",
    200,
    /Unsupported value: 200/,
  ],
  ["a host name in capitals", route, "spec.hostnames", ["API.example.dev"], /hostnames\[0\]/],
  ["a grant to nobody", grant, "spec.from", [], /spec.from/],
  ["a typo in a backend policy", backendPolicy, "spec.default.timeoutSeconds", 30, /unknown field/],
  ["a rate above one", backendPolicy, "spec.default.logging.sampleRate", 1000001, /sampleRate/],
  ["a policy about nothing", gatewayPolicy, "spec.targetRef", undefined, /targetRef/],
  ["a check of two protocols", healthCheck, "spec.default.config.tcpHealthCheck", {}, /at most 2/],
  [
    "a typo in a monitoring",
    monitoring,
    "spec.endpoints.0.intervall",
    "30s",
    /unknown field "spec.endpoints\[0\].intervall"/,
  ],
  ["a monitoring without endpoints", monitoring, "spec.endpoints", [], /endpoints/],
  ["an interval of no unit", monitoring, "spec.endpoints.0.interval", "30", /interval/],
  [
    "a label that is kept",
    monitoring,
    "spec.endpoints.0.metricRelabeling",
    [{ targetLabel: "job" }],
    /targetLabel must not/,
  ],
  ["a typo in a class of secrets", secrets, "spec.parameter", {}, /unknown field "spec.parameter"/],
  ["secrets of another provider", secrets, "spec.provider", "gcp", /Unsupported value: "gcp"/],
  ["parameters that are no texts", secrets, "spec.parameters.secrets", [], /spec.parameters.secrets/],
  ["a synchronised secret without keys", synced, "spec.secretObject.data", [], /data.*at least 1 item/],
  ["one that nobody reads", synced, "spec.serviceAccountName", undefined, /serviceAccountName: Required/],
  [
    "one with a label of its controller",
    synced,
    "spec.secretObject.labels",
    { "secrets-store.sync.x-k8s.io/secretsync": "other" },
    /labels that begin with secrets-store.sync.x-k8s.io\/ are reserved/,
  ],
  ["a rule without an expression", recorded, "spec.groups.0.rules.0.expr", undefined, /expr/],
];

describe("the kinds that GKE brings along", () => {
  let cluster: ControlPlane;

  const apply = (object: object) =>
    kubectl(cluster, ["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
      input: JSON.stringify(object),
    });

  before(async () => {
    cluster = await startTemporary();
    await install(cluster.api, everyFeature);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  for (const [name, object] of Object.entries(good)) {
    it(`take what people write: ${name}`, async () => {
      const { exitCode, stderr } = await apply(object);
      expect(exitCode, stderr).to.equal(0);
    });
  }

  for (const [title, object, path, value, refusal] of bad) {
    it(`refuse ${title}`, async () => {
      const { exitCode, stderr } = await apply(changed(object, path, value));
      expect(exitCode).not.to.equal(0);
      expect(stderr).to.match(refusal);
    });
  }

  it("have GKE's classes of gateways, accepted, and its collectors' namespace", async () => {
    const accepted = await ask(
      cluster,
      "get",
      "gatewayclasses",
      "-o",
      'jsonpath={.items[*].status.conditions[?(@.type=="Accepted")].status}',
    );
    expect(accepted).to.equal("True True True True");
    await ask(cluster, "get", "namespace", "gmp-system");
  });

  it("let a pod mount secrets where pods are restricted, and find a node for it", async () => {
    await setNodePool(cluster, pool({ count: 1 }));
    const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
    const spec = podSpec({
      volumes: [
        {
          name: "secrets",
          csi: {
            driver: "secrets-store-gke.csi.k8s.io",
            readOnly: true,
            volumeAttributes: { secretProviderClass: "web" },
          },
        },
      ],
    });
    const { exitCode, stderr } = await applyObjects(
      cluster,
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "staging", labels: restricted } },
      podOf("web", spec, "staging"),
    );
    expect(exitCode, stderr).to.equal(0);
    await ask(cluster, "wait", "-n", "staging", "pod/web", "--for=condition=Ready", "--timeout=180s");
  });

  it("have schemas that Kubernetes finds no fault with", async () => {
    const faults = await ask(
      cluster,
      "get",
      "crds",
      "-o",
      'jsonpath={.items[*].status.conditions[?(@.type=="NonStructuralSchema")].message}',
    );
    expect(faults).to.equal("");
  });

  it("may be installed again over themselves", async () => {
    await install(cluster.api, everyFeature);
  });
});

describe("what a cluster was not asked to bring along", () => {
  it("is not there: its kinds are unknown", async () => {
    const cluster = await startTemporary();
    try {
      await install(cluster.api, {
        gateways: false,
        monitoring: false,
        disks: false,
        secrets: false,
        syncedSecrets: false,
      });
      const crds = await ask(cluster, "get", "crds,storageclasses,csidrivers", "-o", "name");
      expect(crds).to.equal("");
    } finally {
      await cluster.stop();
      removeFolders();
    }
  });
});
