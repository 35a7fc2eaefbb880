import * as secretmanager from "@pulumi/gcp/secretmanager";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface SecretsArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  /** Where the values are kept, and nowhere else. */
  region: string;
  /** Names that the service knows them by. */
  secrets: readonly string[];
  /** The one IAM member that reads them. */
  reader: pulumi.Input<string>;
  lifecycle: Lifecycle;
}

/**
 * The secrets of one service: empty containers, which people fill, and the right to read them for that service alone.
 *
 * The program never has a value. A service that asks for one starts once it has its first version. Destroying them
 * loses all values.
 */
export class Secrets extends pulumi.ComponentResource {
  /** The newest version of each, `projects/PROJECT/secrets/ID/versions/latest`, by the name the service knows. */
  public readonly versions: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Secrets", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const versionOf = (called: string) => {
      const secret = new secretmanager.Secret(
        `${name}-${called}`,
        {
          secretId: physicalName("secret", args.prefix, name, called),
          replication: { userManaged: { replicas: [{ location: args.region }] } },
          labels: { service: name },
          deletionPolicy,
        },
        { parent: this, protect },
      );
      new secretmanager.SecretIamMember(
        `${name}-${called}`,
        { secretId: secret.id, role: "roles/secretmanager.secretAccessor", member: args.reader },
        { parent: this },
      );
      return pulumi.interpolate`${secret.id}/versions/latest`;
    };

    this.versions = Object.fromEntries(args.secrets.map((called) => [called, versionOf(called)]));
    this.registerOutputs({ versions: this.versions });
  }
}
