import type { Kind } from "./definition";
import { list, object, oneOf, text, texts, type Schema } from "./schema";

const spec = (): Schema =>
  object(
    {
      // The driver has no other provider; in GKE a pod that mounts another waits for its volume for ever.
      provider: oneOf(["gke"]),
      parameters: { type: "object", additionalProperties: text() },
      // GKE's driver ignores them; the kind has them all the same.
      secretObjects: list(
        object({
          annotations: texts(64),
          data: list(object({ key: text(), objectName: text() }), 256),
          labels: texts(64),
          secretName: text(),
          type: text(),
        }),
        64,
      ),
    },
    ["provider", "parameters"],
  );

/** Says which versions of secrets a pod gets as files; nobody fetches them here. */
export const secretProviderClass: Kind = {
  group: "secrets-store.csi.x-k8s.io",
  kind: "SecretProviderClass",
  plural: "secretproviderclasses",
  versions: ["v1"],
  scope: "Namespaced",
  spec: spec(),
};
