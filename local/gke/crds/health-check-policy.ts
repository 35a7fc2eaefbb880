import type { Kind } from "./definition";
import { policyTarget } from "./references";
import { conditions, flag, integer, object, oneOf, text } from "./schema";

const port = () => ({
  port: integer(1, 65535),
  portName: text({ maxLength: 63, pattern: "[a-z]([-a-z0-9]*[a-z0-9])?" }),
  portSpecification: oneOf(["USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT"]),
});
const proxyHeader = () => oneOf(["NONE", "PROXY_V1"]);
const ascii = () => text({ maxLength: 1024, pattern: "[\\x00-\\xFF]+" });
const http = () =>
  object({
    ...port(),
    host: text({
      maxLength: 2048,
      pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    }),
    proxyHeader: proxyHeader(),
    requestPath: text({ maxLength: 2048, pattern: "\\/[A-Za-z0-9\\/\\-._~%!?$&'()*+,;=:]*$" }),
    response: ascii(),
  });

export const healthCheckPolicy: Kind = {
  group: "networking.gke.io",
  kind: "HealthCheckPolicy",
  plural: "healthcheckpolicies",
  versions: ["v1"],
  scope: "Namespaced",
  spec: object(
    {
      targetRef: policyTarget(),
      default: object({
        checkIntervalSec: integer(1, 300),
        // The protocol and its block: two members, no more and no less.
        config: object(
          {
            type: oneOf(["TCP", "HTTP", "HTTPS", "HTTP2", "GRPC"]),
            httpHealthCheck: http(),
            httpsHealthCheck: http(),
            http2HealthCheck: http(),
            tcpHealthCheck: object({
              ...port(),
              proxyHeader: proxyHeader(),
              request: ascii(),
              response: ascii(),
            }),
            grpcHealthCheck: object({ ...port(), grpcServiceName: ascii() }),
          },
          [],
          { minProperties: 2, maxProperties: 2 },
        ),
        healthyThreshold: integer(1, 10),
        logConfig: object({ enabled: flag() }),
        timeoutSec: integer(1, 300),
        unhealthyThreshold: integer(1, 10),
      }),
    },
    ["targetRef"],
  ),
  status: object({ conditions: conditions() }),
};
