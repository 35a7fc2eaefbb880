import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { loadBalancers } from "./network";

/**
 * What may go in and out of the pods of a namespace, besides names and the metadata server, which all of them need.
 *
 * Nothing lets its pods talk to each other: whoever makes two that have to, says so of these two.
 */
export interface Traffic {
  /**
   * TCP ports that pods may call on the internet. Google's APIs are among what 443 opens: without a private zone for
   * them their names lead to public addresses, of which Google has thousands that change.
   */
  internetPorts: readonly number[];
  /** Whether load balancers and their health checks reach the pods that say so. */
  loadBalanced: boolean;
  /** Whether Google's collectors of metrics reach the pods, stores in the cluster left out. */
  scraped: boolean;
  /**
   * Address of a database's endpoint that the pods that say so may log in at, through the Auth Proxy.
   * @default none
   */
  database?: pulumi.Input<string>;
  /**
   * Addresses of the nodes, among which the control plane has its own inside the network: the pods may call it.
   * @default they may not
   */
  apiServer?: string;
}

/** Labels by which pods say what they need; the chart of services and the stores in the cluster put them on theirs. */
export const podLabels = {
  /** The service's name on all of its pods, its migration's too. */
  name: "app.kubernetes.io/name",
  /** `cloud-sql` on pods that use the database of the environment. */
  postgres: "platform/postgres",
  /** `memorystore` on pods that use a cache outside the cluster. */
  redis: "platform/redis",
  /** `true` on pods that the internet may call. */
  exposed: "platform/exposed",
  /** On a store in the cluster: the service that it belongs to. */
  store: "platform/in-cluster-store",
  /** The same service on the pods that use it. */
  usesStore: "platform/uses-store",
} as const;

type Spec = kubernetes.networking.v1.NetworkPolicySpec;
type Peer = kubernetes.networking.v1.NetworkPolicyPeer;
type Port = kubernetes.networking.v1.NetworkPolicyPort;
type Selector = kubernetes.meta.v1.LabelSelector;

/** The network policies of a namespace by name: nothing at all, and then what is allowed, each for one reason. */
export function networkPolicies(traffic: Traffic): Record<string, Spec> {
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-dns": egress(allPods, dnsServers, [port("UDP", 53), port("TCP", 53)]),
    "allow-metadata-server": metadataServer,
    ...(traffic.internetPorts.length > 0 && {
      "allow-internet": egress(allPods, [internet], traffic.internetPorts.map(tcp)),
    }),
    ...(traffic.loadBalanced && {
      "allow-load-balancers": ingress(
        labelled({ [podLabels.exposed]: "true" }),
        loadBalancers.ranges.map(block),
        [{ ...tcp(loadBalancers.firstPort), endPort: loadBalancers.lastPort }],
      ),
    }),
    ...(traffic.scraped && { "allow-metrics": ingress(noStore, [collectors]) }),
    ...(traffic.database !== undefined && {
      "allow-database": egress(
        labelled({ [podLabels.postgres]: "cloud-sql" }),
        [address(traffic.database)],
        [tcp(authProxyPort)],
      ),
    }),
    ...(traffic.apiServer !== undefined && {
      "allow-api-server": egress(allPods, [block(traffic.apiServer)], [tcp(443)]),
    }),
  };
}

/** The way of one service's pods to its own cache outside the cluster, and to no other's. */
export function wayToCache(service: string, host: pulumi.Input<string>): Spec {
  const pods = labelled({ [podLabels.name]: service, [podLabels.redis]: "memorystore" });
  return egress(pods, [address(host)], [tcp(cachePort)]);
}

/** Both halves of the way of one service's pods to a store of its own in the cluster, which nobody else can go. */
export function wayToStore(service: string, store: { name: string; port: number }) {
  const users = labelled({ [podLabels.usesStore]: service });
  const stores = labelled({ [podLabels.name]: store.name, [podLabels.store]: service });
  return {
    out: egress(users, [{ podSelector: stores }], [tcp(store.port)]),
    in: ingress(stores, [{ podSelector: users }], [tcp(store.port)]),
  };
}

/** Both halves of the way of pipelines' pods to Jenkins: they call it, and it never calls them. */
export const wayToJenkins = {
  out: (controller: string) =>
    egress(allPods, [{ namespaceSelector: named(controller), podSelector: jenkins }], jenkinsPorts.map(tcp)),
  in: (...agents: string[]) =>
    ingress(jenkins, [{ namespaceSelector: named(...agents) }], jenkinsPorts.map(tcp)),
};

/** Where Jenkins answers to browsers, and to agents. */
const jenkinsPorts = [8080, 50000];

const jenkins: Selector = { matchLabels: { [podLabels.name]: "jenkins" } };

/** Where Memorystore answers, encrypted too. */
export const cachePort = 6379;

const allPods: Selector = {};

/** A store in the cluster trusts whoever reaches it, and has nothing to tell a collector. */
const noStore: Selector = { matchExpressions: [{ key: podLabels.store, operator: "DoesNotExist" }] };

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
  podSelector: allPods,
  policyTypes: ["Egress"],
  egress: [
    { to: [block("169.254.169.254/32")], ports: [tcp(80)] },
    { to: [block("169.254.169.252/32")], ports: [tcp(987), tcp(988)] },
  ],
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

function egress(podSelector: Selector, to: Peer[], ports: Port[]): Spec {
  return { podSelector, policyTypes: ["Egress"], egress: [{ to, ports }] };
}

function ingress(podSelector: Selector, from: Peer[], ports?: Port[]): Spec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ from, ...(ports && { ports }) }] };
}

function labelled(matchLabels: Record<string, string>): Selector {
  return { matchLabels };
}

/** The API server sets this label on every namespace, and nobody can change it. */
function named(...namespaces: string[]) {
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }] };
}

function block(cidr: pulumi.Input<string>): Peer {
  return { ipBlock: { cidr } };
}

function address(ip: pulumi.Input<string>): Peer {
  return block(pulumi.interpolate`${ip}/32`);
}

function port(protocol: "TCP" | "UDP", number: number): Port {
  return { protocol, port: number };
}

function tcp(number: number): Port {
  return port("TCP", number);
}
