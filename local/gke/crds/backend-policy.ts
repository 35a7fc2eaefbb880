import type { Kind } from "./definition";
import { policyTarget } from "./references";
import { conditions, flag, integer, object, oneOf, text } from "./schema";

export const backendPolicy: Kind = {
  group: "networking.gke.io",
  kind: "GCPBackendPolicy",
  plural: "gcpbackendpolicies",
  versions: ["v1"],
  scope: "Namespaced",
  spec: object(
    {
      targetRef: policyTarget(),
      default: object({
        connectionDraining: object({ drainingTimeoutSec: integer(0, 3600) }),
        iap: object({
          enabled: flag(),
          clientID: text(),
          oauth2ClientSecret: object({ name: text() }),
        }),
        logging: object({ enabled: flag(), sampleRate: integer(0, 1_000_000) }),
        maxRatePerEndpoint: integer(1, 1_000_000_000),
        securityPolicy: text(),
        sessionAffinity: object({
          type: oneOf([
            "CLIENT_IP",
            "CLIENT_IP_PORT_PROTO",
            "CLIENT_IP_PROTO",
            "GENERATED_COOKIE",
            "HEADER_FIELD",
            "HTTP_COOKIE",
            "NONE",
          ]),
          cookieTtlSec: integer(0, 1_209_600),
        }),
        timeoutSec: integer(1, 2 ** 31 - 1),
      }),
    },
    ["targetRef"],
  ),
  status: object({ conditions: conditions() }),
};
