import { type Api, ApiError } from "../../../clusters/api";
import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import { make } from "./apply";
import type { Target } from "./discovery";

/**
 * What Pod Security says of the pods that an object makes, or nothing when it takes them.
 *
 * It refuses pods, not what makes them: a Deployment whose pods it refuses is accepted, and stays without pods. So
 * one of its pods is tried, dry.
 */
export async function podRefusal(api: Api, target: Target, body: Values): Promise<string | undefined> {
  const template = templateOf(body["spec"]);
  if (!template || target.namespace === undefined) return undefined;
  const collection = `/api/v1/namespaces/${target.namespace}/pods`;
  const pod: Target = {
    ...target,
    apiVersion: "v1",
    kind: "Pod",
    collection,
    path: `${collection}/${target.name}`,
  };
  const labels = isBlock(template["metadata"]) ? (template["metadata"]["labels"] ?? null) : null;
  const object: Values = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: target.name, namespace: target.namespace, ...(labels && { labels }) },
    // Its account may come in the same run, and would be asked for first.
    spec: { ...(isBlock(template["spec"]) ? template["spec"] : {}), serviceAccountName: "default" },
  };
  try {
    await make(api, pod, object, { manager: "preview", dryRun: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) return undefined;
    const at = error.message.indexOf("violates PodSecurity");
    return at < 0 ? undefined : error.message.slice(at);
  }
  return undefined;
}

/** The template of the pods: of a Deployment and its like, or of a CronJob's jobs. */
function templateOf(spec: Value | undefined): Values | undefined {
  if (!isBlock(spec)) return undefined;
  if (isBlock(spec["jobTemplate"])) return templateOf(spec["jobTemplate"]["spec"]);
  return isBlock(spec["template"]) && isBlock(spec["template"]["spec"]) ? spec["template"] : undefined;
}
