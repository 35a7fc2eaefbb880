import type { Kind } from "./definition";
import { conditions, list, object, text, texts, type Schema } from "./schema";

const spec = (): Schema =>
  object(
    {
      groups: list(
        object(
          {
            name: text(),
            interval: text(),
            rules: list(
              object(
                {
                  record: text(),
                  alert: text(),
                  expr: text(),
                  for: text(),
                  labels: texts(100),
                  annotations: texts(100),
                },
                ["expr"],
              ),
              1000,
            ),
          },
          ["name", "rules"],
        ),
        1000,
      ),
    },
    ["groups"],
  );

/** Recording and alerting rules of Managed Prometheus; nobody evaluates them here. */
export const monitoringRules: Kind = {
  group: "monitoring.googleapis.com",
  kind: "Rules",
  plural: "rules",
  versions: ["v1"],
  scope: "Namespaced",
  spec: spec(),
  status: object({ conditions: conditions() }),
};
