import type { Kind } from "./definition";
import { conditions, list, object, rules, text, texts } from "./schema";

const reserved = "secrets-store.sync.x-k8s.io/";

/** Keys with this beginning are the controller's own. */
const mine = (field: string) =>
  [
    `!has(self.${field}) || self.${field}.all(key, !key.startsWith('${reserved}'))`,
    `${field} that begin with ${reserved} are reserved`,
  ] as const;

/** Says which secrets of Secret Manager a Kubernetes Secret of its name is made of; nobody fetches them here. */
export const secretSync: Kind = {
  group: "secret-sync.gke.io",
  kind: "SecretSync",
  plural: "secretsyncs",
  versions: ["v1"],
  scope: "Namespaced",
  spec: object(
    {
      forceSynchronization: text({ maxLength: 253 }),
      secretObject: object(
        {
          annotations: texts(64),
          data: list(
            object({ sourcePath: text({ minLength: 1 }), targetKey: text({ minLength: 1 }) }, [
              "sourcePath",
              "targetKey",
            ]),
            256,
            { minItems: 1 },
          ),
          labels: texts(64),
          type: text({ minLength: 1 }),
        },
        ["data", "type"],
        rules(mine("labels"), mine("annotations")),
      ),
      secretProviderClassName: text({ minLength: 1, maxLength: 253 }),
      secretSyncControllerName: text({ maxLength: 253 }),
      serviceAccountName: text({ minLength: 1, maxLength: 253 }),
    },
    ["secretObject", "secretProviderClassName", "serviceAccountName"],
  ),
  status: object({
    conditions: conditions(),
    lastSuccessfulSyncTime: text({ format: "date-time" }),
    syncHash: text(),
  }),
};
