/** The controls of what is in a cluster, 112-123 and 126, over objects that a chart renders or the program makes. */
import { accessPolicies } from "./access";
import { availabilityPolicies } from "./availability";
import { namespacePolicies } from "./namespaces";
import { podPolicies } from "./pods";
import { type ClusterContext, type ClusterObject, type ClusterPolicy, judge, type Violation } from "./policy";
import { renderedPolicies } from "./releases";

export const inClusterPolicies: readonly ClusterPolicy[] = [
  ...namespacePolicies,
  ...podPolicies,
  ...accessPolicies,
  ...availabilityPolicies,
  ...renderedPolicies,
].sort((a, b) => a.control - b.control);

/** What is wrong with objects that are in a cluster together; some rules ask whether there is another one. */
export function violationsOf(objects: readonly ClusterObject[], context: ClusterContext): Violation[] {
  return judge(inClusterPolicies, objects, context);
}
