import type { Patience } from "../provider";

/**
 * Makes a call with a signal that comes when its seconds are over, or when the engine is told to stop.
 *
 * Not by `AbortSignal.any` and `AbortSignal.timeout`: Node 20 may collect such signals before they come, and whoever
 * waits for one then waits for ever.
 */
export async function within<T>(
  seconds: number,
  { signal }: Patience,
  call: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(end, seconds * 1_000);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await call(ended.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}
