import { setTimeout as wait } from "node:timers/promises";

import { isPassing } from "../cloud/errors";

/** Waits before each further try, in milliseconds; the real provider goes on for 90 seconds. */
const pauses = [20, 40, 60, 100, 160];

/** Tries again while the answer is one that passes: too many requests, or a server that is out of sorts. */
export async function patient<T>(call: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await wait(pause);
    }
  }
  return call();
}
