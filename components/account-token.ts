import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";

import { KubernetesAccount } from "./kubernetes-account";

export interface AccountTokenArgs {
  namespace: pulumi.Input<string>;
  /** @default none */
  labels?: Readonly<Record<string, string>>;
  /** @default none */
  annotations?: Readonly<Record<string, string>>;
}

/** Key of the token in its Secret. */
export const tokenKey = "token";

/**
 * A Kubernetes account that acts from elsewhere than its own pods: with a token in a Secret of its name, valid until the
 * Secret goes. To rotate it, delete the Secret and run `pulumi up --refresh`.
 */
export class AccountToken extends pulumi.ComponentResource {
  /** Name of account and Secret, known once there is a token. */
  public readonly account: pulumi.Output<string>;

  constructor(name: string, args: AccountTokenArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:AccountToken", name, {}, opts);

    const { namespace, labels, annotations } = args;
    const account = new KubernetesAccount(name, { namespace }, { parent: this });
    const secret = new core.Secret(
      name,
      {
        metadata: {
          name,
          namespace,
          ...(labels && { labels }),
          // Says whose token the API server puts into it.
          annotations: { ...annotations, "kubernetes.io/service-account.name": account.name },
        },
        type: "kubernetes.io/service-account-token",
      },
      { parent: this },
    );

    this.account = secret.metadata.name;
    this.registerOutputs({ account: this.account });
  }
}
