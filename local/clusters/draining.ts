import { setTimeout as wait } from "node:timers/promises";

import { type Api, ApiError, type KubernetesObject } from "./api";
import { changeNode } from "./nodes";

export interface DrainOptions {
  /**
   * Seconds that pods get to leave a node that goes, within what disruption budgets allow; then it goes anyway. With 0
   * nobody is asked: pods go with their node.
   * @default 3600, as in GKE
   */
  readonly drainSeconds?: number;
  readonly signal?: AbortSignal;
}

interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly namespace: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
}

/** How often a budget that refuses is asked again, in milliseconds. */
const retryMilliseconds = 250;

/** Takes nodes away: no new pods at once, then their pods, then they themselves. What is gone already is no error. */
export async function removeNodes(
  api: Api,
  names: readonly string[],
  { drainSeconds = 3600, signal }: DrainOptions = {},
): Promise<void> {
  const deadline = Date.now() + drainSeconds * 1000;
  // All before the first pod leaves: it would only move on to the next node that goes.
  await Promise.all(names.map((name) => ignoringGone(cordon(api, name))));
  await Promise.all(
    names.map(async (name) => {
      if (drainSeconds > 0) await drain(api, name, deadline, signal);
      await ignoringGone(api.delete(`/api/v1/nodes/${name}`));
      // Nobody is left to end them; without this they would be shown as running for a minute.
      await Promise.all((await podsOn(api, name)).map((pod) => ignoringGone(end(api, pod))));
    }),
  );
}

/** Keeps new pods away from a node. */
export function cordon(api: Api, name: string): Promise<void> {
  return changeNode(api, name, () => ({ spec: { unschedulable: true } }));
}

/** Asks every pod to leave, again and again until none is left or the time is over. */
async function drain(api: Api, name: string, deadline: number, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const left = (await podsOn(api, name)).filter(leaves);
    if (left.length === 0 || Date.now() >= deadline) return;
    await Promise.all(
      left.filter(({ metadata }) => !metadata.deletionTimestamp).map((pod) => evict(api, pod)),
    );
    await wait(Math.min(retryMilliseconds, deadline - Date.now()), undefined, signal && { signal });
  }
}

export async function podsOn(api: Api, name: string): Promise<Pod[]> {
  return (await api.get<{ items: Pod[] }>(`/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`)).items;
}

/** A pod of a daemon set would come back, and one of the node's own is nobody's to move: they go with the node. */
function leaves({ metadata }: Pod): boolean {
  const ofNode = metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return (
    !ofNode && !metadata.ownerReferences?.some(({ kind, controller }) => controller && kind === "DaemonSet")
  );
}

async function evict(api: Api, pod: Pod): Promise<void> {
  const { name, namespace } = pod.metadata;
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  try {
    await api.post(`${pathOf(pod)}/eviction`, eviction);
  } catch (error) {
    // 429: its budget does not allow it now. 500: it has more than one budget, which Kubernetes refuses to decide.
    if (!(error instanceof ApiError && [404, 409, 429, 500].includes(error.status))) throw error;
  }
}

const end = (api: Api, pod: Pod) => api.delete(`${pathOf(pod)}?gracePeriodSeconds=0`);

const pathOf = ({ metadata }: Pod) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;

async function ignoringGone(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  });
}
