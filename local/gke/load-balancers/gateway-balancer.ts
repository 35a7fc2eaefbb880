/** What the load balancer of a gateway is made of. */
import { textAt } from "../../cloud/rules/read";
import type { Values } from "../../cloud/rules/shape";
import type { Attachment, Backend } from "./attachment";
import { backendParts, maker, nobody } from "./gateway-backend";
import type { Balancer } from "./gateway-classes";
import { type Gateway, keyOf, type Listener } from "./gateway-objects";
import type { Home } from "../home";
import { gatewayFirewall, gatewayPart, nodeTag } from "./names";
import { idOf, mark, type Piece } from "../pieces";
import { urlMapInputs } from "./url-map";

/** A certificate as a secret holds it. */
export interface Certificate {
  readonly name: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a gateway's listeners for HTTPS are given besides what it says itself. */
export interface Tls {
  readonly certificates: readonly Certificate[];
  /**
   * Name of a TLS policy of the cloud.
   * @default what Google takes without one
   */
  readonly policy?: string | undefined;
}

/** Where Google's proxies and health checks come from. */
const proxies = ["130.211.0.0/22", "35.191.0.0/16"];

/** Why a gateway gets no load balancer. */
export class InvalidGateway extends Error {
  public override readonly name = "InvalidGateway";
}

export interface GatewayBalancer {
  readonly pieces: readonly Piece[];
  /** A forwarding rule, which knows the address. */
  readonly rule: Piece;
}

/** All parts of it. Throws where there can be none. */
export function gatewayBalancer(
  home: Home,
  gateway: Gateway,
  balancer: Balancer,
  attachments: readonly Attachment[],
  tls: Tls,
): GatewayBalancer {
  const words = [gateway.metadata.namespace ?? "", gateway.metadata.name];
  const parts: Parts = {
    ...{ home, gateway, balancer },
    shared: (...more) => ({
      name: gatewayPart(home, words, ...more),
      description: mark(home.uid, maker, keyOf(gateway)),
      ...(balancer.scope === "region" && { region: home.region }),
    }),
  };
  const firewall = firewallOf(home, balancer);
  const { address, addressId } = addressOf(parts);
  const accepted = attachments.filter(({ accepted }) => accepted.holds);
  const fallback = nobody(home, gateway, balancer);
  const backends = new Map(
    accepted
      .flatMap(({ rules }) => rules.flatMap(({ backends }) => backends))
      .map((backend) => [nameOf(backend), backendParts(home, gateway, balancer, backend)]),
  );
  const serviceOf = (backend: Backend) => backends.get(nameOf(backend))?.id ?? fallback.id;
  const fronts = ["HTTP", "HTTPS"].flatMap((protocol) => {
    const listeners = gateway.spec.listeners.filter((listener) => listener.protocol === protocol);
    if (listeners.length === 0) return [];
    const urls = urlMapInputs(accepted, listeners, serviceOf, fallback.id);
    return [frontOf(parts, protocol, listeners, urls, addressId, tls)];
  });
  const rule = fronts[0]?.rules[0];
  if (!rule) throw new InvalidGateway("it has no listener for HTTP or HTTPS");
  const all = [
    firewall,
    ...address,
    ...fallback.pieces,
    ...[...backends.values()].flatMap(({ pieces }) => pieces),
    ...fronts.flatMap(({ pieces, rules }) => [...pieces, ...rules]),
  ];
  return { pieces: all, rule };
}

interface Parts {
  readonly home: Home;
  readonly gateway: Gateway;
  readonly balancer: Balancer;
  readonly shared: (...more: string[]) => Values;
}

const nameOf = ({ namespace, name, port }: Backend): string => `${namespace}/${name}/${port.port}`;

/** The reserved address that the gateway names, or one that comes and goes with it. */
function addressOf({ home, gateway, balancer, shared }: Parts): { address: Piece[]; addressId: string } {
  const kind =
    balancer.scope === "global" ? "compute/globalAddress:GlobalAddress" : "compute/address:Address";
  const [asked, ...more] = gateway.spec.addresses ?? [];
  if (asked) {
    const { type = "IPAddress", value = "" } = asked;
    if (more.length > 0) throw new InvalidGateway("it asks for more than one address");
    if (type !== "NamedAddress")
      throw new InvalidGateway(`unsupported address type "${type}", only "NamedAddress" is supported`);
    const named = { kind, inputs: { name: value, region: home.region } };
    const addressId = idOf(home.cloud, home.project, named);
    if (!isThere(home, kind, addressId))
      throw new InvalidGateway(`the address ${value} was not found: ${addressId}`);
    return { address: [], addressId };
  }
  const internal = balancer.scheme === "INTERNAL_MANAGED";
  const address = {
    kind,
    inputs: {
      ...shared("address"),
      ...(internal && { addressType: "INTERNAL", purpose: "SHARED_LOADBALANCER_VIP" }),
      ...(internal && home.subnetwork !== undefined && { subnetwork: home.subnetwork }),
    },
  };
  return { address: [address], addressId: idOf(home.cloud, home.project, address) };
}

/** One for all gateways of the cluster that are in the same place. */
function firewallOf(home: Home, { scope }: Balancer): Piece {
  return {
    kind: "compute/firewall:Firewall",
    inputs: {
      name: gatewayFirewall(home, scope === "global" ? "global" : home.region),
      description: mark(home.uid, maker, ""),
      network: home.network,
      direction: "INGRESS",
      sourceRanges: scope === "global" ? proxies : [...proxies, proxyRange(home)],
      targetTags: [nodeTag(home)],
      allows: [{ protocol: "tcp", ports: ["0-65535"] }],
    },
  };
}

/** Proxies of a region have addresses in a subnetwork that is theirs alone, and somebody has to make it. */
function proxyRange(home: Home): string {
  const found = home.cloud
    .list("compute/subnetwork:Subnetwork")
    .find(
      ({ project, inputs }) =>
        project === home.project &&
        inputs["purpose"] === "REGIONAL_MANAGED_PROXY" &&
        inputs["region"] === home.region &&
        isNetworkOf(home, textAt(inputs, "network")),
    );
  if (!found)
    throw new InvalidGateway(
      `an active proxy-only subnetwork is required in ${home.region} of ${home.network}`,
    );
  return textAt(found.inputs, "ipCidrRange") ?? "";
}

function isNetworkOf({ cloud, network }: Home, other = ""): boolean {
  const named = (text: string) => cloud.list("compute/network:Network", text).map(({ id }) => id);
  return network === other || named(network).some((id) => named(other).includes(id));
}

/** A URL map, a proxy and one forwarding rule for each port. */
function frontOf(
  { home, gateway, balancer, shared }: Parts,
  protocol: string,
  listeners: readonly Listener[],
  urls: Values,
  ipAddress: string,
  { certificates, policy }: Tls,
): { pieces: Piece[]; rules: Piece[] } {
  const { scope, scheme } = balancer;
  const place = (global: string, region: string) => (scope === "global" ? global : region);
  const urlMap = {
    kind: place("compute/uRLMap:URLMap", "compute/regionUrlMap:RegionUrlMap"),
    inputs: { ...shared(protocol), ...urls },
  };
  const secure = protocol === "HTTPS";
  const uploaded = certificates.map(({ name, certificate, privateKey }) => ({
    kind: place("compute/sSLCertificate:SSLCertificate", "compute/regionSslCertificate:RegionSslCertificate"),
    inputs: { ...shared("certificate", name), certificate, privateKey },
  }));
  const proxy = {
    kind: secure
      ? place(
          "compute/targetHttpsProxy:TargetHttpsProxy",
          "compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
        )
      : place(
          "compute/targetHttpProxy:TargetHttpProxy",
          "compute/regionTargetHttpProxy:RegionTargetHttpProxy",
        ),
    inputs: {
      ...shared(protocol),
      urlMap: idOf(home.cloud, home.project, urlMap),
      ...(secure && certificateInputs(home, gateway, uploaded)),
      ...(secure && policy !== undefined && { sslPolicy: policyId(home, balancer, policy) }),
    },
  };
  const rules = [...new Set(listeners.map(({ port }) => port))].map((port) => ({
    kind: place("compute/globalForwardingRule:GlobalForwardingRule", "compute/forwardingRule:ForwardingRule"),
    inputs: {
      ...shared("port", String(port)),
      ...{ loadBalancingScheme: scheme, ipProtocol: "TCP", portRange: `${port}-${port}`, ipAddress },
      target: idOf(home.cloud, home.project, proxy),
      ...(scope === "region" && { network: home.network }),
      ...(scheme === "INTERNAL_MANAGED" && home.subnetwork !== undefined && { subnetwork: home.subnetwork }),
    },
  }));
  return { pieces: [urlMap, ...(secure ? uploaded : []), proxy], rules };
}

const certificateMapAnnotation = "networking.gke.io/certmap";

function certificateInputs(home: Home, gateway: Gateway, uploaded: readonly Piece[]): Values {
  const certificateMap = gateway.metadata.annotations?.[certificateMapAnnotation];
  if (certificateMap !== undefined && uploaded.length > 0)
    throw new InvalidGateway(`${certificateMapAnnotation} and tls.certificateRefs exclude each other`);
  if (certificateMap !== undefined) {
    const path = `projects/${home.project}/locations/global/certificateMaps/${certificateMap}`;
    if (!isThere(home, "certificatemanager/certificateMap:CertificateMap", path))
      throw new InvalidGateway(`the certificate map ${certificateMap} was not found: ${path}`);
    return { certificateMap: `//certificatemanager.googleapis.com/${path}` };
  }
  if (uploaded.length === 0)
    throw new InvalidGateway(`a listener for HTTPS needs tls.certificateRefs or ${certificateMapAnnotation}`);
  return { sslCertificates: uploaded.map((piece) => idOf(home.cloud, home.project, piece)) };
}

/** The TLS policy that a proxy of this place is given; those of a region are not emulated. */
function policyId(home: Home, { scope }: Balancer, policy: string): string {
  if (scope === "region") return `projects/${home.project}/regions/${home.region}/sslPolicies/${policy}`;
  const kind = "compute/sSLPolicy:SSLPolicy";
  const id = idOf(home.cloud, home.project, { kind, inputs: { name: policy } });
  if (!isThere(home, kind, id)) throw new InvalidGateway(`the TLS policy ${policy} was not found: ${id}`);
  return id;
}

const isThere = ({ cloud }: Home, kind: string, id: string): boolean =>
  cloud.list(kind, id).some((other) => other.id === id);
