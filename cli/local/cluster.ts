import { isPopup } from "../../config/stacks";
import type { Resource, Value } from "../../local/cloud/rules/shape";

/** Resources of the emulated cloud that are one stack's: pop-ups share a project. */
export function resourcesOf(stack: string, project: string, all: readonly Resource[]): Resource[] {
  return all.filter(
    (resource) =>
      resource.project === project && (!isPopup(stack) || new RegExp(`/${stack}-(main|-)`).test(resource.id)),
  );
}

/** The cluster among the resources of a stack. */
export function clusterIn(resources: readonly Resource[]): Resource | undefined {
  return resources.find(({ kind }) => kind === "container/cluster:Cluster");
}

/** The name that a cluster is reached by. */
export function dnsEndpointOf({ state }: Resource): string {
  const endpoint = ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"].reduce<Value | undefined>(
    (at, key) => (typeof at === "object" && at !== null && !Array.isArray(at) ? at[key] : undefined),
    state,
  );
  return typeof endpoint === "string" ? endpoint : "";
}
