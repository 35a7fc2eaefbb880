import { isPopup } from "../../config/stacks";
import type { Resource } from "../../local/cloud/rules/shape";

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
