import * as networkconnectivity from "@pulumi/gcp/networkconnectivity";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";

export interface CacheConnectionsArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  region: string;
  network: pulumi.Input<string>;
  /** Where endpoints of caches take their addresses from. */
  subnetwork: pulumi.Input<string>;
}

/**
 * Leave for Memorystore to put an endpoint of each cache into our network. Google takes one such policy for a network,
 * a region and a kind of service, so all caches share it, and it goes after the last of them.
 */
export class CacheConnections extends pulumi.ComponentResource {
  constructor(name: string, args: CacheConnectionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:CacheConnections", name, {}, opts);

    new networkconnectivity.ServiceConnectionPolicy(
      name,
      {
        name: physicalName("network", args.prefix, name, "memorystore"),
        location: args.region,
        serviceClass: "gcp-memorystore",
        description: "Caches of services get their endpoints here",
        network: args.network,
        pscConfig: { subnetworks: [args.subnetwork] },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
