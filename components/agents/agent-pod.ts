import type * as kubernetes from "@pulumi/kubernetes/types/input";

import type { Priority } from "../priority-classes";
import { podSecurity } from "./agent-container";

/** What every pod of a pipeline says of itself. */
export interface AgentPlace {
  /** Kubernetes account that it runs as. */
  account: string;
  /** Pool of nodes, which other pods are kept off by a taint of this value. */
  pool: { name: string; taint?: string | undefined };
  priority: Priority;
}

/** Longest time that a pod may run, in seconds: longer than any pipeline, so that none is left when Jenkins forgets it. */
const deadlineSeconds = 4 * 3600;

/** Where and as whom a pod of a pipeline runs. It asks the API server nothing, so it has no token for it. */
export function agentPlace({ account, pool, priority }: AgentPlace) {
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    activeDeadlineSeconds: deadlineSeconds,
    // What waits for steps hears no signal, so it is ended by force; nothing of it is kept.
    terminationGracePeriodSeconds: 10,
    priorityClassName: priority,
    nodeSelector: { pool: pool.name },
    ...(pool.taint !== undefined && {
      tolerations: [{ key: "dedicated", operator: "Equal", value: pool.taint, effect: "NoSchedule" }],
    }),
    securityContext: podSecurity,
  } satisfies Partial<kubernetes.core.v1.PodSpec>;
}
