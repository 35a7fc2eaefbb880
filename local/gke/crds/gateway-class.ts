import type { Kind } from "./definition";
import { gatewayGroup, groupName, kindName, namespaceName, objectName } from "./references";
import { conditions, object, rules, text } from "./schema";

export const gatewayClass: Kind = {
  group: gatewayGroup,
  kind: "GatewayClass",
  plural: "gatewayclasses",
  versions: ["v1", "v1beta1"],
  scope: "Cluster",
  shortNames: ["gc"],
  spec: object(
    {
      controllerName: text({
        minLength: 1,
        maxLength: 253,
        pattern:
          "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+$",
        ...rules(["self == oldSelf", "Value is immutable"]),
      }),
      description: text({ maxLength: 64 }),
      parametersRef: object(
        { group: groupName(), kind: kindName(), name: objectName(), namespace: namespaceName() },
        ["group", "kind", "name"],
      ),
    },
    ["controllerName"],
  ),
  status: object({ conditions: conditions() }),
  columns: {
    Controller: ".spec.controllerName",
    Accepted: '.status.conditions[?(@.type=="Accepted")].status',
  },
};
