/**
 * Whether network policies let a connection through, as Kubernetes defines it.
 *
 * A model and no network: how a datapath sees addresses (translated or not) is what a flow's author has to know. A
 * connection from a pod's own node, such as a probe of the kubelet, is always allowed and not asked about here.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies
 */
import { BlockList } from "node:net";

import type { KubernetesObject, Labels } from "./recorded-objects";

/** One end of a connection that is a pod. */
export interface Pod {
  readonly namespace: string;
  readonly labels?: Labels;
  /** Ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** A pod, or an address outside the cluster. */
export type End = Pod | { readonly address: string };

export interface Connection {
  readonly from: End;
  readonly to: End;
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP" | "SCTP";
  readonly port: number;
}

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}

interface Spec {
  readonly podSelector: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

type Direction = "Ingress" | "Egress";

/** Whether a connection may be made: whoever sends has to be allowed to, and whoever receives. */
export function allows(objects: readonly KubernetesObject[], connection: Connection): boolean {
  return leaves(objects, connection) && arrives(objects, connection);
}

/** Whether the sender may send. */
export function leaves(objects: readonly KubernetesObject[], connection: Connection): boolean {
  return passes(objects, "Egress", connection);
}

/** Whether the receiver may receive. */
export function arrives(objects: readonly KubernetesObject[], connection: Connection): boolean {
  return passes(objects, "Ingress", connection);
}

function passes(objects: readonly KubernetesObject[], direction: Direction, connection: Connection): boolean {
  const { self, other } =
    direction === "Egress"
      ? { self: connection.from, other: connection.to }
      : { self: connection.to, other: connection.from };
  if (!isPod(self)) return true;
  const selecting = objects
    .filter(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === self.namespace)
    .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? "", spec: spec as Spec }))
    .filter(({ spec }) => matches(spec.podSelector, self.labels ?? {}))
    .filter(({ spec }) => typesOf(spec).includes(direction));
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) =>
    (direction === "Egress" ? spec.egress : spec.ingress)?.some((rule) => {
      const peers = direction === "Egress" ? rule.to : rule.from;
      return meetsPeers(objects, peers, namespace, other) && meetsPorts(rule.ports, connection);
    }),
  );
}

/** Left out, a policy is for what comes in, and for what goes out if it has rules for that. */
function typesOf({ policyTypes, egress }: Spec): readonly string[] {
  return policyTypes ?? (egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]);
}

/** No peers, whether the list is missing or empty, means everybody. */
function meetsPeers(
  objects: readonly KubernetesObject[],
  peers: readonly Peer[] | undefined,
  namespace: string,
  end: End,
): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) {
      // What a block says of the addresses of pods is left to the datapath; Dataplane V2 never matches them.
      if (isPod(end)) return false;
      return isIn(end.address, ipBlock.cidr) && !ipBlock.except?.some((range) => isIn(end.address, range));
    }
    if (!isPod(end)) return false;
    const inNamespace = namespaceSelector
      ? matches(namespaceSelector, labelsOfNamespace(objects, end.namespace))
      : end.namespace === namespace;
    return inNamespace && matches(podSelector ?? {}, end.labels ?? {});
  });
}

function meetsPorts(ports: readonly Port[] | undefined, { to, protocol = "TCP", port }: Connection): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((allowed) => {
    if ((allowed.protocol ?? "TCP") !== protocol) return false;
    if (allowed.port === undefined) return true;
    const first = typeof allowed.port === "string" ? isPod(to) && to.ports?.[allowed.port] : allowed.port;
    if (first === false || first === undefined) return false;
    return port >= first && port <= (allowed.endPort ?? first);
  });
}

/** Every namespace has its name as a label, those that are not ours too. */
function labelsOfNamespace(objects: readonly KubernetesObject[], name: string): Labels {
  const ours = objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === name);
  return { ...ours?.metadata.labels, "kubernetes.io/metadata.name": name };
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new RangeError(`no selector has the operator ${operator}`);
      }
    })
  );
}

function isIn(address: string, cidr: string): boolean {
  const [base = "", length = ""] = cidr.split("/");
  const family = (text: string) => (text.includes(":") ? "ipv6" : "ipv4");
  if (family(base) !== family(address)) return false;
  const range = new BlockList();
  range.addSubnet(base, Number(length), family(base));
  return range.check(address, family(address));
}

function isPod(end: End): end is Pod {
  return "namespace" in end;
}
