/** Whether a pod could run on a node that is not there yet: what the scheduler would say of one. */
import type { Taint } from "../../clusters/nodes";
import type { NodeTerms, PodSpec, Requirement, Resources, Toleration } from "./pods";
import { requestsOf } from "./pods";

/** A node as the scheduler sees it. */
export interface NodeShape {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly free: Resources;
}

/** Why a pod cannot run there, in the scheduler's words, or undefined. */
export function obstacle(
  pod: PodSpec,
  node: NodeShape,
  volumes: readonly NodeTerms[] = [],
): string | undefined {
  const taint = node.taints.find(
    (taint) => taint.effect !== "PreferNoSchedule" && !pod.tolerations?.some((one) => tolerates(one, taint)),
  );
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`;
  if (!isSelected(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (volumes.some((terms) => !matchesAny(terms, node))) return "node(s) had volume node affinity conflict";
  return shortage(requestsOf(pod), node.free);
}

/** Which resource is too small, in the scheduler's words. */
export function shortage(wanted: Resources, free: Resources): string | undefined {
  const lacking = Object.keys(wanted).find((name) => (wanted[name] ?? 0) > (free[name] ?? 0) + rounding);
  if (lacking === undefined) return undefined;
  return lacking === "pods" ? "Too many pods" : `Insufficient ${lacking}`;
}

/** Sums of millicores are not exact. */
const rounding = 1e-9;

export function tolerates(
  { key, operator = "Equal", value = "", effect }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== undefined && key !== "" && key !== taint.key) return false;
  return operator === "Exists" || (key === taint.key && value === (taint.value ?? ""));
}

function isSelected({ nodeSelector = {}, affinity }: PodSpec, node: NodeShape): boolean {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    (terms === undefined || matchesAny(terms, node))
  );
}

/** One of the terms, and of it every requirement. A node that is not there yet has no name to be asked for. */
function matchesAny({ nodeSelectorTerms }: NodeTerms, { labels }: NodeShape): boolean {
  return nodeSelectorTerms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchFields.length === 0 && matchExpressions.every((requirement) => meets(requirement, labels)),
  );
}

function meets({ key, operator, values = [] }: Requirement, labels: NodeShape["labels"]): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
