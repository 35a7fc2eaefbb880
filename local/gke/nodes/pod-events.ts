import type { Api } from "../../clusters/api";
import type { Pod } from "./pods";

/** Writes an event on a pod as the autoscaler does, for `kubectl describe pod`. */
export async function writeEvent(
  api: Api,
  { metadata }: Pod,
  reason: "TriggeredScaleUp" | "NotTriggerScaleUp",
  message: string,
): Promise<void> {
  const { name, namespace = "default", uid } = metadata;
  const now = new Date().toISOString();
  await api.post(`/api/v1/namespaces/${namespace}/events`, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
    type: "Normal",
    reason,
    message,
    source: { component: "cluster-autoscaler" },
    reportingComponent: "cluster-autoscaler",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  });
}
