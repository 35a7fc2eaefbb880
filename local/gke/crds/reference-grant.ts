import type { Kind } from "./definition";
import { gatewayGroup, groupName, kindName, namespaceName, objectName } from "./references";
import { list, object } from "./schema";

export const referenceGrant: Kind = {
  group: gatewayGroup,
  kind: "ReferenceGrant",
  plural: "referencegrants",
  versions: ["v1beta1"],
  scope: "Namespaced",
  shortNames: ["refgrant"],
  spec: object(
    {
      from: list(
        object({ group: groupName(), kind: kindName(), namespace: namespaceName() }, [
          "group",
          "kind",
          "namespace",
        ]),
        16,
        { minItems: 1 },
      ),
      to: list(object({ group: groupName(), kind: kindName(), name: objectName() }, ["group", "kind"]), 16, {
        minItems: 1,
      }),
    },
    ["from", "to"],
  ),
};
