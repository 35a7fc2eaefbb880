/** GKE's policies for gateways, as far as they are emulated: which TLS a load balancer speaks. */
import type { KubernetesObject } from "../../clusters/api";
import { gatewayGroup } from "../crds/references";
import type { Verdict } from "./attachment";
import { type Condition, type Gateway, keyOf } from "./gateway-objects";

export interface GatewayPolicy extends KubernetesObject {
  readonly spec: {
    readonly targetRef: {
      readonly group: string;
      readonly kind: string;
      readonly name: string;
      readonly namespace?: string;
    };
    readonly default?: { readonly sslPolicy?: string };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The policy of a gateway: of several the oldest. */
export function policyOf(gateway: Gateway, policies: readonly GatewayPolicy[]): GatewayPolicy | undefined {
  const [first] = policies
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .filter((policy) => targetOf(policy) === keyOf(gateway))
    .sort((one, other) => ageOf(one).localeCompare(ageOf(other)));
  return first;
}

/** What became of a policy. GKE's own words are known for one that is attached only. */
export function verdictOn(
  policy: GatewayPolicy,
  gateways: readonly Gateway[],
  policies: readonly GatewayPolicy[],
): Verdict {
  const target = gateways.find((gateway) => keyOf(gateway) === targetOf(policy));
  if (!target) {
    const message = `there is no gateway ${policy.spec.targetRef.name} of a class that is emulated`;
    return { holds: false, reason: "TargetNotFound", message };
  }
  const first = policyOf(target, policies);
  if (first !== policy) {
    const message = `${first?.metadata.name} is for the same gateway and older`;
    return { holds: false, reason: "Conflicted", message };
  }
  return { holds: true, reason: "Attached", message: "" };
}

/** `namespace/name` of the gateway that a policy is for. */
function targetOf({ metadata, spec }: GatewayPolicy): string | undefined {
  const { group, kind, name, namespace = metadata.namespace } = spec.targetRef;
  // A policy says nothing about other namespaces than its own.
  const own = group === gatewayGroup && kind === "Gateway" && namespace === metadata.namespace;
  return own ? `${namespace}/${name}` : undefined;
}

const ageOf = ({ metadata }: GatewayPolicy): string =>
  `${metadata.creationTimestamp ?? ""} ${metadata.namespace}/${metadata.name}`;
