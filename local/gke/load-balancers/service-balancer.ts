/** What the load balancer of a service is made of. */
import type { KubernetesObject } from "../../clusters/api";
import { textAt } from "../../cloud/rules/read";
import type { Resource, Values } from "../../cloud/rules/shape";
import type { Home } from "../home";
import { clusterId, nodeTag, serviceName } from "./names";
import { found, idOf, mark, type Piece } from "../pieces";

export interface Service extends KubernetesObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly ServicePort[];
    readonly loadBalancerClass?: string;
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly externalTrafficPolicy?: string;
    readonly healthCheckNodePort?: number;
    readonly sessionAffinity?: string;
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** Who makes these, as their marks say. */
export const maker = "kubernetes.io/service-name";

const classes: Readonly<Record<string, "EXTERNAL" | "INTERNAL">> = {
  "networking.gke.io/l4-regional-external": "EXTERNAL",
  "networking.gke.io/l4-regional-internal": "INTERNAL",
};

/** Where Google's health checks of machines come from. */
const probes = ["130.211.0.0/22", "209.85.152.0/22", "209.85.204.0/22", "35.191.0.0/16"];

/** Where kube-proxy tells that a node is well. */
const nodePort = 10256;

/** Whether GKE makes a load balancer for the service, and of which scheme. */
export function schemeOf({ spec, metadata }: Service): "EXTERNAL" | "INTERNAL" | undefined {
  if (spec.type !== "LoadBalancer") return undefined;
  if (spec.loadBalancerClass !== undefined) return classes[spec.loadBalancerClass];
  const { annotations = {} } = metadata;
  const asked =
    annotations["networking.gke.io/load-balancer-type"] ?? annotations["cloud.google.com/load-balancer-type"];
  return asked?.toLowerCase() === "internal" ? "INTERNAL" : "EXTERNAL";
}

/** The forwarding rule last, since all the others have to be there before it. Throws where there can be none. */
export function serviceBalancer(home: Home, service: Service, scheme: "EXTERNAL" | "INTERNAL"): Piece[] {
  const shared = partsOf(home, service);
  const { backend, target } =
    scheme === "EXTERNAL" ? externalBackend(home, shared) : internalBackend(home, shared);
  return [
    ...backend,
    ...firewalls(home, service, shared),
    forwardingRule(home, service, scheme, shared, target),
  ];
}

interface Parts {
  readonly name: string;
  readonly description: string;
  readonly protocol: string;
  readonly ports: readonly number[];
}

function partsOf(home: Home, { metadata, spec }: Service): Parts {
  const ports = spec.ports ?? [];
  const protocols = [...new Set(ports.map(({ protocol = "TCP" }) => protocol))];
  if (protocols.length !== 1)
    throw new Error(`mixed protocols are not supported by the load balancer: ${protocols.join(", ")}`);
  return {
    name: serviceName(metadata.uid ?? ""),
    description: mark(home.uid, maker, `${metadata.namespace}/${metadata.name}`),
    protocol: protocols[0] as string,
    ports: ports.map(({ port }) => port),
  };
}

function externalBackend(home: Home, { name, description }: Parts) {
  const pool = {
    kind: "compute/targetPool:TargetPool",
    inputs: { name, description, region: home.region },
  };
  return { backend: [pool], target: { target: idOf(home.cloud, home.project, pool) } };
}

function internalBackend(home: Home, { name, description, protocol }: Parts) {
  const id = clusterId(home);
  const ofCluster = mark(home.uid, maker, "");
  const groups = home.zones.map((zone) => ({
    kind: "compute/instanceGroup:InstanceGroup",
    inputs: { name: `k8s-ig--${id}`, description: ofCluster, zone, network: home.network },
  }));
  const check = {
    kind: "compute/healthCheck:HealthCheck",
    inputs: {
      name: `k8s-${id}-node`,
      description: ofCluster,
      checkIntervalSec: 8,
      timeoutSec: 1,
      unhealthyThreshold: 3,
      healthyThreshold: 1,
      httpHealthCheck: { port: nodePort, requestPath: "/healthz" },
    },
  };
  const backendService = {
    kind: "compute/regionBackendService:RegionBackendService",
    inputs: {
      ...{ name, description, protocol, region: home.region, loadBalancingScheme: "INTERNAL" },
      healthChecks: idOf(home.cloud, home.project, check),
      backends: groups.map((group) => ({
        group: idOf(home.cloud, home.project, group),
        balancingMode: "CONNECTION",
      })),
    },
  };
  return {
    backend: [...groups, check, backendService],
    target: { backendService: idOf(home.cloud, home.project, backendService) },
  };
}

/** One rule lets clients in, another one the probes of the nodes. */
function firewalls(home: Home, { spec }: Service, { name, description, protocol, ports }: Parts): Piece[] {
  const local = spec.externalTrafficPolicy === "Local" && spec.healthCheckNodePort;
  const shared = { network: home.network, targetTags: [nodeTag(home)], direction: "INGRESS" };
  return [
    {
      kind: "compute/firewall:Firewall",
      inputs: {
        ...shared,
        ...{ name: `k8s-fw-${name}`, description },
        sourceRanges: [...(spec.loadBalancerSourceRanges ?? ["0.0.0.0/0"])],
        allows: [{ protocol: protocol.toLowerCase(), ports: ports.map(String) }],
      },
    },
    {
      kind: "compute/firewall:Firewall",
      inputs: {
        ...shared,
        name: local ? `k8s-${name}-http-hc` : `k8s-${clusterId(home)}-node-http-hc`,
        description: local ? description : mark(home.uid, maker, ""),
        sourceRanges: probes,
        allows: [{ protocol: "tcp", ports: [String(local || nodePort)] }],
      },
    },
  ];
}

function forwardingRule(
  home: Home,
  service: Service,
  scheme: "EXTERNAL" | "INTERNAL",
  { name, description, protocol, ports }: Parts,
  target: Values,
): Piece {
  const { annotations = {} } = service.metadata;
  const address = reserved(home, service);
  return {
    kind: "compute/forwardingRule:ForwardingRule",
    inputs: {
      ...{ name, description, region: home.region, loadBalancingScheme: scheme, ipProtocol: protocol },
      ...target,
      ...(address && { ipAddress: address.id }),
      ...(scheme === "EXTERNAL"
        ? { portRange: `${Math.min(...ports)}-${Math.max(...ports)}` }
        : {
            network: home.network,
            ...(home.subnetwork !== undefined && { subnetwork: home.subnetwork }),
            ...(ports.length > 5 ? { allPorts: true } : { ports: ports.map(String) }),
            ...(annotations["networking.gke.io/internal-load-balancer-allow-global-access"] === "true" && {
              allowGlobalAccess: true,
            }),
          }),
    },
  };
}

/** The reserved address that the service asks for by its name or by its digits. */
function reserved(home: Home, { metadata, spec }: Service): Resource | undefined {
  const named = metadata.annotations?.["networking.gke.io/load-balancer-ip-addresses"];
  const wanted = named ?? spec.loadBalancerIP;
  if (wanted === undefined) return undefined;
  const address = home.cloud
    .list("compute/address:Address")
    .find(
      ({ project, inputs, state }) =>
        project === home.project &&
        inputs["region"] === home.region &&
        (named === undefined ? state["address"] : inputs["name"]) === wanted,
    );
  if (!address) throw new Error(`the address ${wanted} is not reserved in ${home.region}`);
  return address;
}

/** The address that a forwarding rule has; of a reserved one it only knows the name. */
export function addressOf(home: Home, rule: Piece): string | undefined {
  const given = textAt(found(home.cloud, home.project, rule)?.state, "ipAddress");
  const kinds = ["compute/address:Address", "compute/globalAddress:GlobalAddress"];
  const address = kinds.flatMap((kind) => home.cloud.list(kind, given)).find(({ id }) => id === given);
  return address ? textAt(address.state, "address") : given;
}
