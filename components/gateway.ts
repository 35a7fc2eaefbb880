import * as compute from "@pulumi/gcp/compute";
import * as dns from "@pulumi/gcp/dns";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface GatewayArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  /** Namespace of the services; only routes of the same one are let in. */
  namespace: pulumi.Input<string>;
  /** Certificate Manager map with certificates for every name in `hosts`. */
  certificateMap: pulumi.Input<string>;
  /** Public Cloud DNS zone that every name in `hosts` is in. */
  zone: pulumi.Input<string>;
  /** Names that lead here, each by a key of its own: `{ wildcard: "*.staging.acme.example" }`. */
  hosts: Readonly<Record<string, string>>;
  lifecycle: Lifecycle;
}

/** Name of the object in the cluster that routes refer to. */
const gatewayName = "public";

/** Listeners of the gateway: what is asked without TLS is sent to the other one. */
export const listeners = { plain: "http", secure: "https" } as const;

/** Longer than a service's name may be, so that no service's route is called so. */
const redirectName = "redirect-http-to-https";

const gatewayApi = "gateway.networking.k8s.io/v1";

/**
 * The way from the internet to the services: one address, one load balancer with TLS, and the names that lead to it.
 *
 * A load balancer and one forwarding rule cost about EUR 20 a month. Destroying it in a protected environment loses
 * the address, which partners may have on their lists.
 */
export class Gateway extends pulumi.ComponentResource {
  /** What routes name as their parent; whatever is made with it goes before the load balancer does. */
  public readonly name: pulumi.Output<string>;
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Gateway", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const physical = physicalName("network", args.prefix, name);
    const address = new compute.GlobalAddress(
      name,
      { name: physical, description: "Where the internet reaches the services", deletionPolicy },
      { parent: this, protect },
    );
    const tls = new compute.SSLPolicy(name, { name: physical, ...tlsArgs }, { parent: this });
    // It may be there before the gateway that it is for. So no call is taken with weaker TLS, and the load balancer,
    // which holds address, certificates and TLS policy, is gone before any of them.
    const policy = new CustomResource(
      `${name}-tls`,
      tlsPolicy(inside(args.namespace, gatewayName), tls.name),
      { parent: this },
    );
    const gateway = new CustomResource(
      name,
      gatewayObject(inside(args.namespace, gatewayName), address.name, args.certificateMap),
      // GKE takes the load balancer apart before it lets the object go.
      { parent: this, dependsOn: [policy], customTimeouts: { delete: "20m" } },
    );
    const called = gateway.metadata.apply((metadata) => metadata.name ?? gatewayName);
    new CustomResource(`${name}-redirect`, redirectRoute(inside(args.namespace, redirectName), called), {
      parent: this,
    });
    for (const [key, host] of Object.entries(args.hosts)) {
      new dns.RecordSet(
        `${name}-${key}`,
        { managedZone: args.zone, name: `${host}.`, type: "A", ttl: 300, rrdatas: [address.address] },
        { parent: this },
      );
    }

    this.name = called;
    this.address = address.address;
    this.registerOutputs({ name: this.name, address: this.address });
  }
}

/** Nothing older than TLS 1.2, and no cipher that is known to be weak. */
const tlsArgs = { profile: "MODERN", minTlsVersion: "TLS_1_2" } satisfies compute.SSLPolicyArgs;

interface Metadata {
  name: string;
  namespace: pulumi.Input<string>;
}

function inside(namespace: pulumi.Input<string>, name: string): Metadata {
  return { name, namespace };
}

export function gatewayObject(
  metadata: Metadata,
  address: pulumi.Input<string>,
  certificateMap: pulumi.Input<string>,
) {
  const allowedRoutes = { namespaces: { from: "Same" } };
  return {
    apiVersion: gatewayApi,
    kind: "Gateway",
    metadata: { ...metadata, annotations: { "networking.gke.io/certmap": certificateMap } },
    spec: {
      gatewayClassName: "gke-l7-global-external-managed",
      addresses: [{ type: "NamedAddress", value: address }],
      listeners: [
        { name: listeners.plain, protocol: "HTTP", port: 80, allowedRoutes },
        { name: listeners.secure, protocol: "HTTPS", port: 443, allowedRoutes },
      ],
    },
  };
}

/** Says which TLS the load balancer of a gateway speaks. */
export function tlsPolicy(metadata: Metadata, sslPolicy: pulumi.Input<string>) {
  return {
    apiVersion: "networking.gke.io/v1",
    kind: "GCPGatewayPolicy",
    metadata,
    spec: {
      default: { sslPolicy },
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: gatewayName },
    },
  };
}

/** Answers every call without TLS with the same address behind https. */
export function redirectRoute(metadata: Metadata, gateway: pulumi.Input<string>) {
  const requestRedirect = { scheme: "https", statusCode: 301 };
  return {
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata,
    spec: {
      parentRefs: [{ name: gateway, sectionName: listeners.plain }],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect }] }],
    },
  };
}
