const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs what has to take away again what it made: a signal is handed to it instead of ending it. A second one changes
 * nothing; what was begun is deleted first, and no faster.
 */
export async function untilStopped<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
