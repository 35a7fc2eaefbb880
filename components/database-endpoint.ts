import * as compute from "@pulumi/gcp/compute";
import * as dns from "@pulumi/gcp/dns";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface DatabaseEndpointArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  region: string;
  network: pulumi.Input<string>;
  subnetwork: pulumi.Input<string>;
  /** What the instance publishes for Private Service Connect. */
  serviceAttachment: pulumi.Input<string>;
  /** The instance's own DNS name, ending in a dot. */
  dnsName: pulumi.Input<string>;
  lifecycle: Lifecycle;
}

/** The door to a Cloud SQL instance inside our network: an address, and the instance's DNS name pointing at it. */
export class DatabaseEndpoint extends pulumi.ComponentResource {
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: DatabaseEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:DatabaseEndpoint", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const physical = physicalName("network", args.prefix, name, "sql");
    const address = new compute.Address(
      name,
      {
        name: physical,
        region: args.region,
        addressType: "INTERNAL",
        subnetwork: args.subnetwork,
        deletionPolicy,
      },
      { parent: this, protect },
    );
    const rule = new compute.ForwardingRule(
      name,
      {
        name: physical,
        region: args.region,
        network: args.network,
        ipAddress: address.id,
        target: args.serviceAttachment,
        // An endpoint of Private Service Connect balances nothing.
        loadBalancingScheme: "",
        allowPscGlobalAccess: false,
      },
      { parent: this },
    );
    const zone = new dns.ManagedZone(
      name,
      {
        name: physical,
        dnsName: args.dnsName,
        description: "The name of a Cloud SQL instance, answered with its endpoint in this network",
        visibility: "private",
        privateVisibilityConfig: { networks: [{ networkUrl: args.network }] },
        forceDestroy: args.lifecycle === "disposable",
        deletionPolicy,
      },
      { parent: this, protect },
    );
    new dns.RecordSet(
      name,
      { managedZone: zone.name, name: args.dnsName, type: "A", ttl: 60, rrdatas: [address.address] },
      { parent: this },
    );

    // Whoever gets the address may use it at once.
    this.address = pulumi.all([address.address, rule.id]).apply(([ip]) => ip);
    this.registerOutputs({ address: this.address });
  }
}
