import * as compute from "@pulumi/gcp/compute";
import * as dns from "@pulumi/gcp/dns";
import * as pulumi from "@pulumi/pulumi";

import { addressRanges } from "../config/addresses";
import { physicalName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface NetworkArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  region: string;
  /** Slice of the address plan. */
  addresses: string;
  /** Fixed public addresses of outgoing calls; 0 leaves them to Google, which changes them. */
  egressAddresses: number;
  lifecycle: Lifecycle;
}

/** Name of the secondary range that pods take their addresses from. */
export const podRange = "pods";

/** Where Google's load balancers and their health checks come from, and the ports of pods that they may ask. */
export const loadBalancers = {
  ranges: ["130.211.0.0/22", "35.191.0.0/16"],
  firstPort: 1024,
  lastPort: 65535,
};

/**
 * A VPC of the environment's own with one subnet, a way out through NAT and no way in but Google's load balancers.
 *
 * Destroying it loses the fixed egress addresses that partners may have on their lists.
 */
export class Network extends pulumi.ComponentResource {
  public readonly id: pulumi.Output<string>;
  public readonly subnetwork: pulumi.Output<string>;
  /** The way out to the internet, for whoever needs it from its first minute. */
  public readonly egress: pulumi.Resource;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Network", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const physical = (...parts: string[]) => physicalName("network", args.prefix, name, ...parts);
    // Network endpoint groups of a deleted load balancer go asynchronously and hold network and subnet meanwhile.
    const slow = { customTimeouts: { delete: "15m" } };

    const network = new compute.Network(
      name,
      { name: physical(), autoCreateSubnetworks: false, routingMode: "REGIONAL", deletionPolicy },
      { parent: this, protect, ...slow },
    );
    const subnetwork = new compute.Subnetwork(
      name,
      { name: physical(), network: network.id, deletionPolicy, ...subnetworkArgs(args) },
      { parent: this, protect, ...slow },
    );
    const router = new compute.Router(
      name,
      { name: physical(), network: network.id, region: args.region },
      { parent: this },
    );
    const egress = Array.from({ length: args.egressAddresses }, (_, index) => {
      const number = `${index + 1}`;
      return new compute.Address(
        `${name}-egress-${number}`,
        { name: physical("egress", number), region: args.region, addressType: "EXTERNAL", deletionPolicy },
        { parent: this, protect },
      );
    });
    const nat = new compute.RouterNat(
      name,
      {
        name: physical(),
        router: router.name,
        ...natArgs(
          args,
          egress.map(({ id }) => id),
        ),
      },
      { parent: this },
    );
    new compute.Firewall(
      `${name}-load-balancers`,
      { name: physical("load-balancers"), network: network.id, ...loadBalancerFirewallArgs() },
      { parent: this },
    );
    new dns.Policy(
      name,
      {
        name: physical(),
        description: "Logs every name that is looked up in this network",
        enableLogging: true,
        networks: [{ networkUrl: network.id }],
      },
      { parent: this },
    );

    this.id = network.id;
    this.subnetwork = subnetwork.id;
    this.egress = nat;
    this.registerOutputs({ id: this.id, subnetwork: this.subnetwork });
  }
}

export function subnetworkArgs(args: NetworkArgs) {
  const ranges = addressRanges(args.addresses);
  return {
    region: args.region,
    ipCidrRange: ranges.nodes,
    secondaryIpRanges: [{ rangeName: podRange, ipCidrRange: ranges.pods }],
    privateIpGoogleAccess: true,
    logConfig: {
      aggregationInterval: "INTERVAL_5_SEC",
      flowSampling: 0.5,
      metadata: "INCLUDE_ALL_METADATA",
    },
  } satisfies Partial<compute.SubnetworkArgs>;
}

export function natArgs(args: NetworkArgs, egress: pulumi.Input<string>[]) {
  return {
    region: args.region,
    ...(egress.length > 0
      ? { natIpAllocateOption: "MANUAL_ONLY", natIps: egress }
      : { natIpAllocateOption: "AUTO_ONLY" }),
    // The default, 64 ports a node whether used or not, is too few for a node full of builds.
    enableDynamicPortAllocation: true,
    enableEndpointIndependentMapping: false,
    minPortsPerVm: 64,
    maxPortsPerVm: 4096,
    sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
    logConfig: { enable: true, filter: "ERRORS_ONLY" },
  } satisfies Partial<compute.RouterNatArgs>;
}

export function loadBalancerFirewallArgs() {
  return {
    description: "Load balancers and their health checks reach the pods behind a Gateway",
    direction: "INGRESS",
    sourceRanges: loadBalancers.ranges,
    allows: [{ protocol: "tcp", ports: [`${loadBalancers.firstPort}-${loadBalancers.lastPort}`] }],
    logConfig: { metadata: "INCLUDE_ALL_METADATA" },
  } satisfies Partial<compute.FirewallArgs>;
}
