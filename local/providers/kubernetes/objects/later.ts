import { setTimeout as wait } from "node:timers/promises";

import type { Patience } from "../../provider";

/** Seconds before each further try: 63 in all, as the real provider waits for what comes later in the same run. */
const pauses = [1, 2, 4, 8, 16, 32];

/** Tries again while `isLater` says that what is missing may still come, and no longer than the call may take. */
export async function whenThere<T>(
  call: () => Promise<T>,
  isLater: (error: unknown) => boolean,
  { signal, timeoutSeconds = Number.POSITIVE_INFINITY }: Patience,
): Promise<T> {
  const end = Date.now() + timeoutSeconds * 1_000;
  for (const pause of pauses) {
    try {
      return await call();
    } catch (error) {
      if (!isLater(error) || signal.aborted || Date.now() + pause * 1_000 > end) throw error;
      await wait(pause * 1_000, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
  return call();
}
