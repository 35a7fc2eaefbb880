/** Names of what GKE makes in the cloud, in the forms that were seen there. */
import { lastSegment } from "../../cloud/rules/read";
import { hash, type Home } from "../home";

const longest = 63;

/** What a service's load balancer is called by: an `a` and the digits of its uid, 32 characters. */
export const serviceName = (uid: string): string => `a${uid.replaceAll("-", "")}`.slice(0, 32);

/** Sixteen digits that stand for the cluster in what its services share. */
export const clusterId = (home: Home): string => hash(home, 16);

/** A part of a Gateway's load balancer: `gkegw1-CLUSTER-NAMESPACE-NAME-HASH`. */
export function gatewayPart(home: Home, words: readonly string[], ...more: string[]): string {
  return joined(`gkegw1-${letters(home, 4)}`, words, letters(home, 12, ...words, ...more));
}

/** The one rule that lets health checks and proxies in to the nodes. */
export const gatewayFirewall = (home: Home, place: string): string =>
  `gkegw1-${letters(home, 4)}-l7-${lastSegment(home.network)}-${place}`.slice(0, longest);

/** The endpoints of a service's port in one zone. */
export const endpointGroup = (home: Home, namespace: string, service: string, port: number): string =>
  joined(
    `k8s1-${hash(home, 8)}`,
    [namespace, service, String(port)],
    hash(home, 8, namespace, service, String(port)),
  );

/** The tag of the cluster's nodes, which firewall rules aim at. */
export const nodeTag = (home: Home): string => `gke-${home.name}-${hash(home, 8)}-node`;

/** Between beginning and end as much of the words as there is room for, the longest shortened first. */
function joined(beginning: string, words: readonly string[], end: string): string {
  const parts = [...words];
  const room = longest - beginning.length - end.length - parts.length - 1;
  while (parts.join("").length > room) {
    const index = parts.reduce((most, part, at) => (part.length > (parts[most] ?? "").length ? at : most), 0);
    parts[index] = (parts[index] ?? "").slice(0, -1);
  }
  return [beginning, ...parts.map((part) => part.replace(/-+$/, "")), end].join("-");
}

/** Lower case letters and digits, the same for the same words. */
function letters(home: Home, length: number, ...words: string[]): string {
  return BigInt(`0x${hash(home, 40, "letters", ...words)}`)
    .toString(36)
    .slice(-length);
}
