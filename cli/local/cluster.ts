import { isPopup, popupsBase } from "../../config/stacks";
import type { Resource } from "../../local/cloud/rules/shape";

/** Resources of the emulated cloud that are one stack's: pop-ups and their base share a project. */
export function resourcesOf(stack: string, project: string, all: readonly Resource[]): Resource[] {
  const own = isPopup(stack)
    ? new RegExp(`/${stack}-(main|public|-)|-${stack}\\.`)
    : stack === popupsBase
      ? /^(?!.*[/-]popup-)/
      : /^/;
  return all.filter(({ project: home, id }) => home === project && own.test(id));
}

/** The cluster among the resources of a stack. */
export function clusterIn(resources: readonly Resource[]): Resource | undefined {
  return resources.find(({ kind }) => kind === "container/cluster:Cluster");
}
