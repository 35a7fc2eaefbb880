import type { Kind } from "./definition";
import { conditions, flag, integer, list, object, oneOf, rules, selector, text, type Schema } from "./schema";

const duration = (facts: object = {}) =>
  text({
    pattern: "^((([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?|0)$",
    ...facts,
  });

const secretValue = () =>
  object({ secret: object({ name: text(), key: text(), namespace: text() }, ["name", "key"]) });

/** Labels that say where a metric comes from; a rule may not write them. */
const kept = ["project_id", "location", "cluster", "namespace", "job", "instance", "__address__"];

const relabelling = () =>
  object(
    {
      // A webhook refuses `labelmap` in the real one.
      action: oneOf([
        "replace",
        "hashmod",
        "keep",
        "drop",
        "labelkeep",
        "labeldrop",
        "lowercase",
        "uppercase",
      ]),
      modulus: integer(0, Number.MAX_SAFE_INTEGER),
      regex: text({ maxLength: 10000 }),
      replacement: text(),
      separator: text(),
      sourceLabels: list(text({ pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$" }), 100),
      targetLabel: text({ maxLength: 1000 }),
    },
    [],
    rules([
      `!has(self.targetLabel) || !(self.targetLabel in [${kept.map((label) => `'${label}'`).join(", ")}])`,
      `targetLabel must not be one of ${kept.join(", ")}`,
    ]),
  );

const endpoint = () =>
  object(
    {
      port: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
      authorization: object({ type: text(), credentials: secretValue() }),
      basicAuth: object({ username: text(), password: secretValue() }),
      interval: duration({ default: "1m" }),
      metricRelabeling: list(relabelling(), 250),
      params: { type: "object", additionalProperties: list(text(), 100) },
      path: text(),
      proxyUrl: text(),
      scheme: oneOf(["http", "https"]),
      timeout: duration(),
      tls: object({
        ca: secretValue(),
        cert: secretValue(),
        key: secretValue(),
        insecureSkipVerify: flag(),
        maxVersion: oneOf(["TLS10", "TLS11", "TLS12", "TLS13"]),
        minVersion: oneOf(["TLS10", "TLS11", "TLS12", "TLS13"]),
        serverName: text(),
      }),
    },
    ["port"],
  );

const count = () => integer(0, Number.MAX_SAFE_INTEGER);

const spec = (metadata: readonly string[], preset: readonly string[]): Schema =>
  object(
    {
      endpoints: list(endpoint(), 100, { minItems: 1 }),
      filterRunning: flag(),
      limits: object({
        labels: count(),
        labelNameLength: count(),
        labelValueLength: count(),
        samples: count(),
      }),
      selector: selector(),
      targetLabels: object(
        {
          fromPod: list(object({ from: text(), to: text() }, ["from"]), 100),
          metadata: list(oneOf(metadata), 10, { default: preset }),
        },
        [],
        { default: {} },
      ),
    },
    ["endpoints", "selector"],
  );

const status = () => object({ conditions: conditions(), observedGeneration: count() });

/** Says which pods Managed Prometheus reads; nothing reads them here. */
export const podMonitoring: Kind = {
  group: "monitoring.googleapis.com",
  kind: "PodMonitoring",
  plural: "podmonitorings",
  versions: ["v1"],
  scope: "Namespaced",
  spec: spec(
    ["pod", "container", "node", "top_level_controller_name", "top_level_controller_type"],
    ["pod", "container", "top_level_controller_name", "top_level_controller_type"],
  ),
  status: status(),
};

export const clusterPodMonitoring: Kind = {
  ...podMonitoring,
  kind: "ClusterPodMonitoring",
  plural: "clusterpodmonitorings",
  scope: "Cluster",
  spec: spec(
    ["namespace", "pod", "container", "node", "top_level_controller_name", "top_level_controller_type"],
    ["namespace", "pod", "container", "top_level_controller_name", "top_level_controller_type"],
  ),
};
