import type { KubernetesObject } from "../../clusters/api";
import type { NodeTerms, Pod } from "./pods";

interface Claim extends KubernetesObject {
  readonly spec?: { readonly volumeName?: string };
}

interface Volume extends KubernetesObject {
  readonly spec?: { readonly nodeAffinity?: { readonly required?: NodeTerms } };
}

/** Where the volumes of a pod are: a disk is in one zone, and only a node of that zone helps. */
export function volumeTerms(
  { metadata, spec }: Pod,
  claims: readonly Claim[],
  volumes: readonly Volume[],
): NodeTerms[] {
  const names = (spec.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  return claims
    .filter((claim) => claim.metadata.namespace === metadata.namespace && names.includes(claim.metadata.name))
    .flatMap((claim) => volumes.filter((volume) => volume.metadata.name === claim.spec?.volumeName))
    .flatMap(({ spec }) => spec?.nodeAffinity?.required ?? []);
}
