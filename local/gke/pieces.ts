import type { Cloud } from "../cloud/cloud";
import { masked } from "../cloud/fields";
import { rules } from "../cloud/rules";
import { textAt } from "../cloud/rules/read";
import type { Resource, Values } from "../cloud/rules/shape";

/** One resource of the cloud as it should be. */
export interface Piece {
  readonly kind: string;
  readonly inputs: Values;
}

export function idOf(cloud: Cloud, project: string, { kind, inputs }: Piece): string {
  return cloud.idOf(kind, project, inputs);
}

/** The resource that a piece is, where it is there already: made by whoever ran before. */
export function found(cloud: Cloud, project: string, piece: Piece): Resource | undefined {
  const id = idOf(cloud, project, piece);
  return cloud.list(piece.kind, id).find((other) => other.id === id && other.project === project);
}

/** Makes a resource, or makes it what it should be; anew, where it cannot be changed. */
export async function settle(cloud: Cloud, project: string, piece: Piece): Promise<Resource> {
  const { kind, inputs } = piece;
  const there = found(cloud, project, piece);
  if (!there) return cloud.create(kind, project, inputs);
  // One that is being made for somebody who is gone is finished first.
  if (there.status === "creating") await cloud.read(kind, project, there.id);
  const fields = rules.get(kind)?.inputs ?? {};
  const wanted = masked(fields, inputs);
  const names = new Set([...Object.keys(wanted), ...Object.keys(there.inputs)]);
  const changed = [...names].filter(
    (name) => JSON.stringify(wanted[name]) !== JSON.stringify(there.inputs[name]),
  );
  if (changed.length === 0) return found(cloud, project, piece) ?? there;
  if (!changed.some((name) => fields[name]?.replaces)) {
    return cloud.update(kind, project, there.id, inputs);
  }
  await cloud.remove(kind, project, there.id);
  return cloud.create(kind, project, inputs);
}

/** Kinds that load balancers are made of, what is stood on before what stands on it. */
const order = [
  "compute/firewall:Firewall",
  "compute/address:Address",
  "compute/globalAddress:GlobalAddress",
  "compute/networkEndpointGroup:NetworkEndpointGroup",
  "compute/instanceGroup:InstanceGroup",
  "compute/targetPool:TargetPool",
  "compute/healthCheck:HealthCheck",
  "compute/regionHealthCheck:RegionHealthCheck",
  "compute/backendService:BackendService",
  "compute/regionBackendService:RegionBackendService",
  "compute/uRLMap:URLMap",
  "compute/regionUrlMap:RegionUrlMap",
  "compute/sSLCertificate:SSLCertificate",
  "compute/regionSslCertificate:RegionSslCertificate",
  "compute/targetHttpProxy:TargetHttpProxy",
  "compute/regionTargetHttpProxy:RegionTargetHttpProxy",
  "compute/targetHttpsProxy:TargetHttpsProxy",
  "compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
  "compute/globalForwardingRule:GlobalForwardingRule",
  "compute/forwardingRule:ForwardingRule",
];

/** What some owner in the cluster, a service or a gateway, needs in the cloud. */
export interface Need {
  /** `namespace/name`. */
  readonly owner: string;
  readonly pieces: readonly Piece[];
}

export interface Outcome {
  /** Why the needs of these owners could not be met. */
  readonly failures: ReadonlyMap<string, Error>;
  /** Ids of resources that nobody needs any more and that could not be removed. */
  readonly left: ReadonlySet<string>;
}

/** Makes all that is needed, then removes what of `existing` nobody needs. */
export async function meet(
  cloud: Cloud,
  project: string,
  needs: readonly Need[],
  existing: readonly Resource[],
): Promise<Outcome> {
  const failures = new Map<string, Error>();
  for (const { owner, pieces } of needs) {
    try {
      for (const piece of [...pieces].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
        await settle(cloud, project, piece);
      }
    } catch (error) {
      failures.set(owner, error instanceof Error ? error : new Error(String(error)));
    }
  }
  const needed = new Set(
    needs.flatMap(({ pieces }) => pieces.map((piece) => `${piece.kind} ${idOf(cloud, project, piece)}`)),
  );
  const left = new Set<string>();
  const surplus = existing
    .filter(({ kind, id }) => !needed.has(`${kind} ${id}`))
    .sort((a, b) => order.indexOf(b.kind) - order.indexOf(a.kind));
  for (const { kind, id } of surplus) {
    await cloud.remove(kind, project, id).catch(() => left.add(id));
  }
  return { failures, left };
}

/** The mark that tells whose a resource is: the cluster, who in it made it, and for what. */
export const mark = (cluster: string, maker: string, owner: string): string =>
  JSON.stringify({ "kubernetes.io/cluster-id": cluster, "kubernetes.io/made-by": maker, [maker]: owner });

/** Everything of a cluster in the cloud that one of its makers made. */
export function marked(cloud: Cloud, project: string, cluster: string, maker: string): Resource[] {
  const beginning = mark(cluster, maker, "").slice(0, -3);
  return order
    .flatMap((kind) => cloud.list(kind))
    .filter(
      (resource) =>
        resource.project === project &&
        textAt(resource.inputs, "description")?.startsWith(beginning) === true,
    );
}
