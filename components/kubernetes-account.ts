import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";

export interface KubernetesAccountArgs {
  namespace: pulumi.Input<string>;
  /**
   * E-mail of the Google account that its pods are to Google.
   * @default they are themselves, without a Google account
   */
  googleAccount?: pulumi.Input<string>;
}

/** Who pods are: a Kubernetes service account whose token is mounted nowhere, since no pod of ours asks the API server. */
export class KubernetesAccount extends pulumi.ComponentResource {
  public readonly name: pulumi.Output<string>;

  constructor(name: string, args: KubernetesAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:KubernetesAccount", name, {}, opts);

    const account = new core.ServiceAccount(
      name,
      {
        metadata: {
          name,
          namespace: args.namespace,
          ...(args.googleAccount !== undefined && {
            annotations: { "iam.gke.io/gcp-service-account": args.googleAccount },
          }),
        },
        automountServiceAccountToken: false,
      },
      { parent: this },
    );

    this.name = account.metadata.name;
    this.registerOutputs({ name: this.name });
  }
}
