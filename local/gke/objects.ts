/** How GKE's own parts write into a cluster. */
import { createHash } from "node:crypto";

import { type Api, ApiError, type KubernetesObject } from "../clusters/api";

const manager = "gke";

/** Makes an object what it should be, whatever others made of it. */
export async function apply(api: Api, collection: string, object: KubernetesObject): Promise<void> {
  await api.call({
    method: "PATCH",
    path: `${collection}/${object.metadata.name}?fieldManager=${manager}&force=true`,
    body: object,
    contentType: "application/apply-patch+yaml",
  });
}

/** Makes an object where none is; what people changed stays changed. */
export async function ensure(api: Api, collection: string, object: unknown): Promise<void> {
  await api.post(collection, object).catch(unless(409));
}

/** Takes a finalizer of ours off an object; without any left it goes, if it was deleted. */
export async function dropFinalizer(api: Api, path: string, finalizer: string): Promise<void> {
  await changeFinalizers(api, path, (finalizers) => finalizers.filter((other) => other !== finalizer));
}

export async function addFinalizer(api: Api, path: string, finalizer: string): Promise<void> {
  await changeFinalizers(api, path, (finalizers) => [...new Set([...finalizers, finalizer])]);
}

/** How often a change is tried when somebody else changes the object at the same moment. */
const tries = 5;

async function changeFinalizers(
  api: Api,
  path: string,
  change: (finalizers: readonly string[]) => string[],
): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const object = await api.get<KubernetesObject>(path).catch(unless(404));
    if (!object) return;
    const { finalizers = [], resourceVersion } = object.metadata;
    const next = change(finalizers);
    if (next.join() === finalizers.join()) return;
    // With the version that was read: a list is replaced whole, and another's finalizer may have come meanwhile.
    const body = { metadata: { finalizers: next, resourceVersion } };
    const done = await api.patch(path, body).then(() => true, left > 1 ? unless(404, 409) : unless(404));
    if (done) return;
  }
}

export interface Happening {
  readonly about: KubernetesObject & { readonly kind: string };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** Who tells. */
  readonly component: string;
}

/**
 * Tells what happened to an object, once for each message; nobody hears it in a namespace that is gone (404) or being
 * deleted, where nothing new may be made (403).
 */
export async function tell(api: Api, { about, type, reason, message, component }: Happening): Promise<void> {
  const { name, namespace = "default", uid } = about.metadata;
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const hash = createHash("sha256").update(`${uid}/${reason}/${message}`).digest("hex").slice(0, 16);
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${hash}`, namespace },
    involvedObject: { kind: about.kind, apiVersion: about.apiVersion, name, namespace, uid },
    ...{ type, reason, message, source: { component }, firstTimestamp: now, lastTimestamp: now, count: 1 },
  };
  await api.post(`/api/v1/namespaces/${namespace}/events`, event).catch(unless(403, 404, 409));
}

/** Work for many owners in one pass: what goes wrong with one keeps no other waiting, and is told at the end. */
export class Attempts {
  private readonly failures: unknown[] = [];

  async at(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failures.push(error);
    }
  }

  /** Throws the first thing that went wrong. Call it when all work is done, so that none goes on into the next pass. */
  end(): void {
    if (this.failures.length > 0) throw this.failures[0];
  }
}

/** Handles a refusal with one of these status codes as nothing. */
export function unless(...statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ApiError && statuses.includes(error.status)) return undefined;
    throw error;
  };
}
