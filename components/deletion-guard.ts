import * as pulumi from "@pulumi/pulumi";

import type { Lifecycle } from "../config/settings";

export interface DeletionGuardArgs {
  lifecycle: Lifecycle;
  /** Everything the environment is made of. */
  guarded: readonly pulumi.Resource[];
}

/**
 * The first thing a destroy meets. It holds nothing, depends on everything, and in a protected environment the
 * engine stops at it: protection of cluster and database alone lets `pulumi destroy --skip-preview` take their
 * neighbours first.
 */
export class DeletionGuard extends pulumi.ComponentResource {
  constructor(name: string, args: DeletionGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "platform:index:DeletionGuard",
      name,
      {},
      { ...opts, protect: args.lifecycle === "protected", dependsOn: [...args.guarded] },
    );
    this.registerOutputs({});
  }
}
