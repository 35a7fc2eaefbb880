import type { Kind } from "./definition";
import { policyTarget } from "./references";
import { conditions, flag, object, text } from "./schema";

export const gatewayPolicy: Kind = {
  group: "networking.gke.io",
  kind: "GCPGatewayPolicy",
  plural: "gcpgatewaypolicies",
  versions: ["v1"],
  scope: "Namespaced",
  spec: object(
    {
      targetRef: policyTarget(),
      default: object({ allowGlobalAccess: flag(), region: text(), sslPolicy: text() }),
    },
    ["targetRef"],
  ),
  status: object({ conditions: conditions() }),
};
