import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { loadBalancers } from "./network";

/** What may go in and out of the pods of a namespace, besides names and the metadata server, which all of them need. */
export interface Traffic {
  /** Whether its pods may talk to each other. */
  inside: boolean;
  /**
   * TCP ports that pods may call on the internet. Google's APIs are among what 443 opens: without a private zone for
   * them their names lead to public addresses, of which Google has thousands that change.
   */
  internetPorts: readonly number[];
  /** Whether load balancers and their health checks reach the pods. */
  loadBalanced: boolean;
  /** Whether Google's collectors of metrics reach the pods. */
  scraped: boolean;
  /**
   * Address of a database's endpoint that the pods may log in at, through the Auth Proxy.
   * @default none
   */
  database?: pulumi.Input<string>;
}

type Spec = kubernetes.networking.v1.NetworkPolicySpec;
type Peer = kubernetes.networking.v1.NetworkPolicyPeer;
type Port = kubernetes.networking.v1.NetworkPolicyPort;

/** The network policies of a namespace by name: nothing at all, and then what is allowed, each for one reason. */
export function networkPolicies(traffic: Traffic): Record<string, Spec> {
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-dns": egress(dnsServers, [port("UDP", 53), port("TCP", 53)]),
    "allow-metadata-server": metadataServer,
    ...(traffic.inside && { "allow-inside": inside }),
    ...(traffic.internetPorts.length > 0 && {
      "allow-internet": egress([internet], traffic.internetPorts.map(tcp)),
    }),
    ...(traffic.loadBalanced && {
      "allow-load-balancers": ingress(loadBalancers.ranges.map(block), [
        { ...tcp(loadBalancers.firstPort), endPort: loadBalancers.lastPort },
      ]),
    }),
    ...(traffic.scraped && { "allow-metrics": ingress([collectors]) }),
    ...(traffic.database !== undefined && {
      "allow-database": egress([block(pulumi.interpolate`${traffic.database}/32`)], [tcp(authProxyPort)]),
    }),
  };
}

/** Where the Auth Proxy and the connectors reach an instance; PostgreSQL's own port stays closed. */
const authProxyPort = 3307;

/**
 * Dataplane V2 judges a query by the pod that answers it: the cache on the node, and kube-dns while there is none. The
 * address is the cache's where it is none of the cluster's pods.
 */
const dnsServers: Peer[] = [
  {
    namespaceSelector: named("kube-system"),
    podSelector: {
      matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns", "node-local-dns"] }],
    },
  },
  block("169.254.20.10/32"),
];

/**
 * Where pods get the tokens of their Google accounts. With Dataplane V2 a call is judged by the address that the pod
 * asks; the other one is where GKE sends it, by which other datapaths judge.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy
 */
const metadataServer: Spec = {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [
    { to: [block("169.254.169.254/32")], ports: [tcp(80)] },
    { to: [block("169.254.169.252/32")], ports: [tcp(987), tcp(988)] },
  ],
};

const inside: Spec = {
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: [{ podSelector: {} }] }],
  egress: [{ to: [{ podSelector: {} }] }],
};

/** Every address but private ones: those of our networks, of metadata servers, and of services in any GKE cluster. */
const internet: Peer = {
  ipBlock: {
    cidr: "0.0.0.0/0",
    except: [
      "10.0.0.0/8",
      "34.118.224.0/20",
      "100.64.0.0/10",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.168.0.0/16",
    ],
  },
};

/** GKE puts its collectors into the first of these namespaces, or into the second where Google runs the nodes too. */
const collectors: Peer = { namespaceSelector: named("gmp-system", "gke-gmp-system") };

function egress(to: Peer[], ports: Port[]): Spec {
  return { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }] };
}

function ingress(from: Peer[], ports?: Port[]): Spec {
  return { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from, ...(ports && { ports }) }] };
}

/** The API server sets this label on every namespace, and nobody can change it. */
function named(...namespaces: string[]) {
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }] };
}

function block(cidr: pulumi.Input<string>): Peer {
  return { ipBlock: { cidr } };
}

function port(protocol: "TCP" | "UDP", number: number): Port {
  return { protocol, port: number };
}

function tcp(number: number): Port {
  return port("TCP", number);
}
