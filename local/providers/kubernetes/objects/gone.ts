import { type Api, ApiError, type KubernetesObject } from "../../../clusters/api";
import type { Values } from "../../../cloud/rules/shape";
import type { Patience } from "../../provider";
import type { Target } from "./discovery";
import { follow } from "../follow";
import { annotationOf } from "../identity";
import { titleOf } from "./refusal";
import { secondsFor } from "./waiting";
import { within } from "../within";

/** What is deleted together with an object: dependents first, dependents later, or nothing. */
type Propagation = "Foreground" | "Background" | "Orphan";

/** Kinds that `pulumi.com/skipAwait` is followed for when they are deleted; the real provider ignores it for others. */
const hasty = ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"];

/** Seconds that an object gets to go. */
const goneSeconds = 600;

/**
 * Deletes an object and waits until it is gone; one that is gone already, or whose kind is, is all right.
 *
 * @throws Error that names what holds it when its time is over
 */
export async function removeObject(
  api: Api,
  target: Target,
  inputs: Values,
  patience: Patience,
): Promise<void> {
  const deleted = await startDeleting(api, target, propagationOf(inputs));
  if (!deleted) return;
  if (annotationOf(inputs, "pulumi.com/skipAwait") === "true" && hasty.includes(target.kind)) return;

  const seconds = secondsFor(patience, annotationOf(inputs, "pulumi.com/timeoutSeconds"), goneSeconds);
  let last: KubernetesObject | undefined;
  const look = (signal: AbortSignal) =>
    follow({
      api,
      watches: { self: `${target.collection}?fieldSelector=metadata.name%3D${target.name}` },
      signal,
      decide: ({ self }) => {
        // Another object of the name is not the one that goes.
        last = self.find(({ metadata }) => deleted.uid === undefined || metadata.uid === deleted.uid);
        return last ? undefined : true;
      },
      onError: (error) => (isNotFound(error) ? true : undefined),
    });
  if (await within(seconds, patience, look)) return;
  const state = patience.signal.aborted
    ? "stopped while it was being deleted"
    : `still there after ${seconds} s`;
  const holders = await holdersOf(api, target, last).catch(() => []);
  throw new Error(`${titleOf(target)}: ${[state, ...holders].join("; ")}`);
}

/** Asks for the deletion; undefined when there is nothing to delete. */
async function startDeleting(
  api: Api,
  target: Target,
  propagationPolicy: Propagation,
): Promise<{ uid?: string | undefined } | undefined> {
  try {
    const answer = await api.delete<KubernetesObject & { details?: { uid?: string } }>(target.path, {
      propagationPolicy,
    });
    return { uid: answer.metadata?.uid ?? answer.details?.uid };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function propagationOf(inputs: Values): Propagation {
  const policy = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy")?.toLowerCase();
  if (policy === "orphan") return "Orphan";
  return policy === "background" ? "Background" : "Foreground";
}

interface Going extends KubernetesObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  readonly status?: { readonly conditions?: readonly { type: string; status: string; message?: string }[] };
}

/** What keeps an object that was deleted. */
async function holdersOf(api: Api, target: Target, seen: KubernetesObject | undefined): Promise<string[]> {
  const { metadata, spec, status } = (seen ?? (await api.get<KubernetesObject>(target.path))) as Going;
  const finalizers = (metadata.finalizers ?? []).filter((name) => name !== "foregroundDeletion");
  return [
    ...(finalizers.length > 0 ? [`finalizers hold it: ${finalizers.join(", ")}`] : []),
    // A namespace says in its conditions what is left in it, and which finalizers hold that.
    ...(target.kind === "Namespace" ? (status?.conditions ?? []) : []).flatMap(({ status: is, message }) =>
      is === "True" && message !== undefined ? [message] : [],
    ),
    ...(target.kind === "Pod" && spec?.nodeName
      ? [`it has not ended on its node ${spec.nodeName}`]
      : await podsOf(api, target, spec?.selector?.matchLabels)),
  ];
}

async function podsOf(
  api: Api,
  { namespace }: Target,
  labels: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  if (namespace === undefined || selector.length === 0) return [];
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector.join(","))}`;
  const { items } = await api.get<{ items: Going[] }>(path);
  return items.map(({ metadata, spec }) =>
    [
      `pod ${metadata.name} is still there`,
      ...(spec?.nodeName ? [`on ${spec.nodeName}`] : ["on no node"]),
      ...(metadata.finalizers?.length ? [`held by ${metadata.finalizers.join(", ")}`] : []),
    ].join(" "),
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
