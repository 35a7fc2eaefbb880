/** What stands behind a gateway: for each service's port endpoints in every zone, a check and a backend service. */
import type { Backend } from "./attachment";
import type { Balancer } from "./gateway-classes";
import { type Gateway, keyOf } from "./gateway-objects";
import type { Home } from "../home";
import { endpointGroup, gatewayPart } from "./names";
import { idOf, mark, type Piece } from "../pieces";

/** Who makes these, as their marks say. */
export const maker = "kubernetes.io/gateway-name";

export interface BackendParts {
  /** Id of the backend service. */
  readonly id: string;
  readonly pieces: readonly Piece[];
}

export function backendParts(
  home: Home,
  gateway: Gateway,
  balancer: Balancer,
  backend: Backend,
): BackendParts {
  const { namespace, name, port } = backend;
  const groups = home.zones.map((zone) => ({
    kind: "compute/networkEndpointGroup:NetworkEndpointGroup",
    inputs: {
      name: endpointGroup(home, namespace, name, port.port),
      // Shared by all gateways that lead to the service.
      description: mark(home.uid, maker, ""),
      ...{ zone, network: home.network, networkEndpointType: "GCE_VM_IP_PORT" },
      ...(home.subnetwork !== undefined && { subnetwork: home.subnetwork }),
    },
  }));
  const words = [namespace, name, String(port.port)];
  const rest = service(home, gateway, balancer, words, protocolOf(port.appProtocol), groups);
  return { ...rest, pieces: [...groups, ...rest.pieces] };
}

/** What answers requests that no route is for: GKE's own service, which has no endpoints here. */
export function nobody(home: Home, gateway: Gateway, balancer: Balancer): BackendParts {
  return service(home, gateway, balancer, ["kube-system", "gw-serve404", "80"], "HTTP", []);
}

function service(
  home: Home,
  gateway: Gateway,
  { scope, scheme }: Balancer,
  words: readonly string[],
  protocol: string,
  groups: readonly Piece[],
): BackendParts {
  const shared = {
    name: gatewayPart(home, words, keyOf(gateway)),
    description: mark(home.uid, maker, keyOf(gateway)),
    ...(scope === "region" && { region: home.region }),
  };
  const check: Piece = {
    kind:
      scope === "global" ? "compute/healthCheck:HealthCheck" : "compute/regionHealthCheck:RegionHealthCheck",
    inputs: {
      ...shared,
      ...{ checkIntervalSec: 15, timeoutSec: 15, healthyThreshold: 1, unhealthyThreshold: 2 },
      [probeOf(protocol)]: { portSpecification: "USE_SERVING_PORT", requestPath: "/" },
    },
  };
  const backendService: Piece = {
    kind:
      scope === "global"
        ? "compute/backendService:BackendService"
        : "compute/regionBackendService:RegionBackendService",
    inputs: {
      ...shared,
      ...{ loadBalancingScheme: scheme, protocol, timeoutSec: 30 },
      healthChecks: idOf(home.cloud, home.project, check),
      backends: groups.map((group) => ({
        ...{ group: idOf(home.cloud, home.project, group), balancingMode: "RATE" },
        maxRatePerEndpoint: 100_000_000,
      })),
    },
  };
  return { id: idOf(home.cloud, home.project, backendService), pieces: [check, backendService] };
}

const protocolOf = (appProtocol: string | undefined): string =>
  ({ https: "HTTPS", http2: "HTTP2", "kubernetes.io/h2c": "H2C" })[appProtocol?.toLowerCase() ?? ""] ??
  "HTTP";

const probeOf = (protocol: string): string =>
  ({ HTTPS: "httpsHealthCheck", HTTP2: "http2HealthCheck" })[protocol] ?? "httpHealthCheck";
