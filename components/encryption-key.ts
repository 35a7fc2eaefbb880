import * as kms from "@pulumi/gcp/kms";
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { suffixBytes, suffixedName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface EncryptionKeyArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  project: string;
  location: string;
  /** API whose service agent encrypts with the key, `container.googleapis.com`. */
  usedBy: string;
  lifecycle: Lifecycle;
}

/** 90 days, the longest that the CIS benchmark allows between rotations. */
const rotationPeriod = "7776000s";

/**
 * A KMS key with a ring of its own and the one Google service agent that may use it.
 *
 * Google never frees the name of a ring or a key, so both carry a random part that is kept in the state.
 * Destroying the key makes what it encrypted unreadable for ever.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** The key's id; known only when its user may already use it. */
  public readonly id: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:EncryptionKey", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const suffix = new random.RandomId(
      name,
      { byteLength: suffixBytes, keepers: { project: args.project, location: args.location } },
      { parent: this, protect },
    );
    const physical = pulumi.interpolate`${suffixedName("key", args.prefix, name)}-${suffix.hex}`;
    const ring = new kms.KeyRing(
      name,
      { name: physical, location: args.location },
      { parent: this, protect },
    );
    const key = new kms.CryptoKey(
      name,
      { name: physical, keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod, deletionPolicy },
      { parent: this, protect },
    );
    const agent = new projects.ServiceIdentity(
      name,
      { project: args.project, service: args.usedBy },
      { parent: this },
    );
    const grant = new kms.CryptoKeyIAMMember(
      name,
      { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member: agent.member },
      { parent: this },
    );

    this.id = pulumi.all([key.id, grant.id]).apply(([id]) => id);
    this.registerOutputs({ id: this.id });
  }
}
