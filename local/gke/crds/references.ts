/** How objects of the Gateway API name others. */
import { integer, object, text } from "./schema";

export const gatewayGroup = "gateway.networking.k8s.io";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

export const objectName = () => text({ minLength: 1, maxLength: 253 });
export const kindName = (facts: object = {}) =>
  text({ pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$", minLength: 1, maxLength: 63, ...facts });
export const groupName = (facts: object = {}) =>
  text({ pattern: `^$|^${label}(\\.${label})*$`, maxLength: 253, ...facts });
export const namespaceName = () => text({ pattern: `^${label}$`, minLength: 1, maxLength: 63 });
export const sectionName = () => text({ pattern: `^${label}(\\.${label})*$`, minLength: 1, maxLength: 253 });
export const portNumber = () => integer(1, 65535);
/** With or without a wildcard as its first label. */
export const hostname = () =>
  text({ pattern: `^(\\*\\.)?${label}(\\.${label})*$`, minLength: 1, maxLength: 253 });

export const parentReference = () =>
  object(
    {
      group: groupName({ default: gatewayGroup }),
      kind: kindName({ default: "Gateway" }),
      name: objectName(),
      namespace: namespaceName(),
      port: portNumber(),
      sectionName: sectionName(),
    },
    ["name"],
  );

/** What a policy of GKE is about. */
export const policyTarget = () =>
  object({ group: groupName(), kind: kindName(), name: objectName(), namespace: namespaceName() }, [
    "group",
    "kind",
    "name",
  ]);
