import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";

export interface SyncedSecretArgs {
  namespace: pulumi.Input<string>;
  /** Name of the Kubernetes Secret. */
  secret: string;
  /** Kubernetes account as which the values are read, as soon as it is there; no pod runs as it. */
  reader: string;
  /** Versions in Secret Manager, `projects/PROJECT/secrets/ID/versions/latest`, by the key in the Kubernetes Secret. */
  versions: Readonly<Record<string, pulumi.Input<string>>>;
  /** @default none */
  labels?: Readonly<Record<string, string>>;
  /** @default none */
  annotations?: Readonly<Record<string, string>>;
}

/**
 * A Kubernetes Secret with values from Secret Manager, for what cannot read files. GKE fetches them, and again every
 * few minutes; neither the program nor its state ever has a value.
 *
 * It is there once each of its secrets has a version.
 * https://cloud.google.com/secret-manager/docs/sync-k8-secrets
 */
export class SyncedSecret extends pulumi.ComponentResource {
  /** Name of the Kubernetes Secret, known once GKE has been told to make it. */
  public readonly secret: pulumi.Output<string>;

  constructor(name: string, args: SyncedSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:SyncedSecret", name, {}, opts);

    const metadata = { name: args.secret, namespace: args.namespace };
    const source = new CustomResource(
      `${name}-source`,
      {
        apiVersion: "secrets-store.csi.x-k8s.io/v1",
        kind: "SecretProviderClass",
        metadata,
        spec: { provider: "gke", parameters: { secrets: filesOf(args.versions) } },
      },
      { parent: this },
    );
    const sync = new CustomResource(
      name,
      {
        apiVersion: "secret-sync.gke.io/v1",
        kind: "SecretSync",
        metadata,
        spec: syncSpec(args),
      },
      // Named in plain text.
      { parent: this, dependsOn: [source] },
    );

    this.secret = sync.metadata.apply(() => args.secret);
    this.registerOutputs({ secret: this.secret });
  }
}

export function syncSpec({ secret, reader, versions, labels, annotations }: SyncedSecretArgs) {
  return {
    serviceAccountName: reader,
    secretProviderClassName: secret,
    secretObject: {
      type: "Opaque",
      data: Object.keys(versions).map((key) => ({ sourcePath: key, targetKey: key })),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  };
}

/** A text to the driver, which reads it as YAML; of which JSON is a part. */
function filesOf(versions: SyncedSecretArgs["versions"]): pulumi.Output<string> {
  return pulumi.all(versions).apply((known) =>
    Object.entries(known)
      .map(([path, resourceName]) => `- ${JSON.stringify({ path, resourceName })}\n`)
      .join(""),
  );
}
