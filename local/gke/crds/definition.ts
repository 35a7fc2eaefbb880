import { object, type Schema } from "./schema";

export interface Kind {
  readonly group: string;
  readonly kind: string;
  /** In lower case; objects are reached by it. */
  readonly plural: string;
  /** Served versions, the one that is kept first. */
  readonly versions: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly shortNames?: readonly string[];
  readonly spec: Schema;
  readonly status?: Schema;
  /** What `kubectl get` prints beside the name and the age, as JSON paths. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** The definition of a kind as an API server takes it. */
export function definitionOf({ group, kind, plural, versions, scope, shortNames, ...rest }: Kind) {
  const { spec, status, columns = {} } = rest;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      annotations: {
        // Kubernetes asks for it in its own groups, and nobody approved an emulator's schemas.
        ...(group.endsWith(".k8s.io") && { "api-approved.kubernetes.io": "unapproved, an emulator's own" }),
        "components.gke.io/layer": "addon",
      },
    },
    spec: {
      group,
      scope,
      names: {
        kind,
        plural,
        singular: kind.toLowerCase(),
        listKind: `${kind}List`,
        ...(shortNames && { shortNames }),
      },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        ...(status && { subresources: { status: {} } }),
        additionalPrinterColumns: [
          ...Object.entries(columns).map(([name, jsonPath]) => ({ name, type: "string", jsonPath })),
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        schema: {
          openAPIV3Schema: object(
            {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec,
              ...(status && { status }),
            },
            ["spec"],
          ),
        },
      })),
    },
  };
}
