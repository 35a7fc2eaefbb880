import type { Api } from "../../clusters/api";
import { type Controller, type Seen, startController } from "../../clusters/controller";

export interface FollowArgs<Name extends string, Answer> {
  readonly api: Api;
  /** Paths that list what is looked at. */
  readonly watches: Readonly<Record<Name, string>>;
  readonly signal: AbortSignal;
  /** Looks at everything after each change; undefined is no answer yet. */
  readonly decide: (seen: Seen<Name>) => Answer | undefined;
  /** What an error of a list or watch means. @default that it is tried again */
  readonly onError?: (error: unknown) => Answer | undefined;
}

/** Looks at objects whenever they change, until there is an answer; undefined when `signal` comes first. */
export async function follow<Name extends string, Answer>({
  api,
  watches,
  signal,
  decide,
  onError,
}: FollowArgs<Name, Answer>): Promise<Answer | undefined> {
  let controller: Controller | undefined;
  try {
    return await new Promise<Answer | undefined>((resolve) => {
      if (signal.aborted) return resolve(undefined);
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      const answer = (given: Answer | undefined) => {
        if (given !== undefined) resolve(given);
      };
      controller = startController({
        api,
        watches,
        reconcile: (seen) => Promise.resolve(answer(decide(seen))),
        onError: (error) => answer(onError?.(error)),
      });
    });
  } finally {
    await controller?.stop();
  }
}
