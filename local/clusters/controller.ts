import { setTimeout as wait } from "node:timers/promises";

import { type Api, ApiError, type KubernetesObject, type ListOf } from "./api";

/** The objects that a controller looks at, by the words it knows them under. */
export type Seen<Name extends string> = Readonly<Record<Name, readonly KubernetesObject[]>>;

export interface ControllerArgs<Name extends string> {
  readonly api: Api;
  /** Paths that list objects, for example `{ claims: "/api/v1/persistentvolumeclaims" }`. */
  readonly watches: Readonly<Record<Name, string>>;
  /**
   * Makes what is there what it should be; called again after every change, never twice at a time. What takes long
   * ends with the signal, which says that the controller is being stopped.
   */
  readonly reconcile: (seen: Seen<Name>, signal: AbortSignal) => Promise<void>;
  /**
   * Milliseconds after which it looks again though nothing has changed.
   * @default never
   */
  readonly every?: number;
  /** What went wrong; it is tried again a second later. */
  readonly onError?: (error: unknown) => void;
}

export interface Controller {
  /** Ends it, and waits until what it was doing is done. */
  stop(): Promise<void>;
}

/** Milliseconds until something that went wrong is tried again. */
const retryMilliseconds = 1_000;

/** Starts a controller as Kubernetes knows them: it looks at objects, and acts on what it sees, not on what happened. */
export function startController<Name extends string>(args: ControllerArgs<Name>): Controller {
  const { api, watches, reconcile, every, onError = () => undefined } = args;
  const stopped = new AbortController();
  const { signal } = stopped;
  const lists = new Map<Name, Map<string, KubernetesObject>>();
  let wake: () => void = () => undefined;
  let changed = false;
  const change = () => {
    changed = true;
    wake();
  };

  const follow = async (name: Name) => {
    while (!signal.aborted) {
      try {
        const list = await api.get<ListOf<KubernetesObject>>(watches[name]);
        const objects = new Map(list.items.map((object) => [keyOf(object), object]));
        lists.set(name, objects);
        change();
        let version = list.metadata.resourceVersion;
        // The API server ends a watch after some minutes; what happened since is told by the next one.
        while (!signal.aborted) {
          for await (const { type, object } of api.watch<KubernetesObject>(watches[name], version, signal)) {
            version = object.metadata.resourceVersion ?? version;
            if (type === "DELETED") objects.delete(keyOf(object));
            else objects.set(keyOf(object), object);
            change();
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiError && error.status === 410)) onError(error);
        await pause(retryMilliseconds, signal);
      }
    }
  };

  const work = async () => {
    const names = Object.keys(watches) as Name[];
    while (!signal.aborted) {
      if (!changed) await new Promise<void>((resolve) => (wake = waking(resolve, every)));
      if (signal.aborted) return;
      changed = false;
      // Acting on half of what there is would take the other half for gone.
      if (names.some((name) => !lists.has(name))) continue;
      const seen = Object.fromEntries(
        names.map((name) => [name, [...(lists.get(name)?.values() ?? [])]]),
      ) as unknown as Seen<Name>;
      try {
        await reconcile(seen, signal);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await pause(retryMilliseconds, signal);
        changed = true;
      }
    }
  };

  const running = Promise.all([...(Object.keys(watches) as Name[]).map(follow), work()]);
  return {
    stop: async () => {
      stopped.abort();
      wake();
      await running;
    },
  };
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Calls once: when it is called itself, or after so many milliseconds, when a number is given. */
function waking(resolve: () => void, milliseconds: number | undefined): () => void {
  const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
  return () => {
    clearTimeout(timer);
    resolve();
  };
}

/** Waits so long, and no longer than until the signal. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => undefined);
}
