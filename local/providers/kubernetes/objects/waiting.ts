import type { Api, KubernetesObject } from "../../../clusters/api";
import type { Patience } from "../../provider";
import type { Target } from "./discovery";
import { follow } from "../follow";
import { type Readiness, readinessOf, type Verdict } from "./readiness";
import { reasonsOf } from "../reasons";
import { within } from "../within";

/** An object that is there and not what it should be. */
export class NotReady extends Error {
  public override readonly name = "NotReady";

  constructor(
    readonly object: KubernetesObject,
    /** The first says how far it is, the others why it goes no further. */
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}

/** The seconds that a call gets: from the program's `customTimeouts`, its annotation, or the kind's own. */
export function secondsFor(patience: Patience, annotation: string | undefined, own: number): number {
  if (patience.timeoutSeconds !== undefined) return patience.timeoutSeconds;
  const seconds = Number.parseInt(annotation ?? "", 10);
  return Number.isNaN(seconds) ? own : seconds;
}

export interface Wait {
  /** Undefined: as long as the kind gets. */
  readonly annotation: string | undefined;
  readonly patience: Patience;
}

/**
 * Waits until an object is what it was made for, and returns it as it is then.
 *
 * @throws NotReady when it fails, when its time is over, or when the engine is told to stop
 */
export async function untilReady(
  api: Api,
  target: Target,
  made: KubernetesObject,
  { annotation, patience }: Wait,
): Promise<KubernetesObject> {
  const readiness = readinessOf(target);
  if (!readiness) return made;
  const seconds = secondsFor(patience, annotation, readiness.seconds);
  let last: Look = { object: made, verdict: { state: "waiting", says: "nobody has seen it yet" } };
  const look = (signal: AbortSignal) =>
    follow({
      api,
      watches: watchesOf(target, readiness),
      signal,
      decide: ({ self = [], ...also }) => {
        const object = self.find(({ metadata }) => metadata.uid === made.metadata.uid);
        if (object) last = { object, verdict: readiness.judge(object, also) };
        else last = { ...last, verdict: { state: "failed", says: "somebody deleted it" } };
        return last.verdict.state === "waiting" ? undefined : last;
      },
    });
  const end = await within(seconds, patience, look);
  const object = { ...last.object, apiVersion: target.apiVersion, kind: target.kind };
  if (end?.verdict.state === "ready") return object;
  const says = end
    ? last.verdict.says
    : `${patience.signal.aborted ? "stopped" : `not ready after ${seconds} s`}: ${last.verdict.says}`;
  throw new NotReady(object, [says, ...(await whyOf(api, target))]);
}

/**
 * Looks once.
 *
 * @throws NotReady
 */
export async function refuseUnready(api: Api, target: Target, live: KubernetesObject): Promise<void> {
  const readiness = readinessOf(target);
  if (!readiness) return;
  const lists = Object.entries(readiness.also?.(target) ?? {});
  const also = await Promise.all(
    lists.map(
      async ([name, path]) => [name, (await api.get<{ items: KubernetesObject[] }>(path)).items] as const,
    ),
  );
  const { state, says } = readiness.judge(live, Object.fromEntries(also));
  if (state !== "ready") throw new NotReady(live, [says, ...(await whyOf(api, target))]);
}

interface Look {
  readonly object: KubernetesObject;
  readonly verdict: Verdict;
}

function watchesOf(target: Target, readiness: Readiness): Record<string, string> {
  return {
    self: `${target.collection}?fieldSelector=${encodeURIComponent(`metadata.name=${target.name}`)}`,
    ...readiness.also?.(target),
  };
}

/** What the cluster says about it; who cannot be asked any more has nothing to say. */
async function whyOf(api: Api, { namespace = "", kind, name }: Target): Promise<string[]> {
  return reasonsOf(api, namespace, { kind, name }).catch(() => []);
}
