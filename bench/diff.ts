import type { Breakdown, DiffResult } from "./results";

/** Measures the diff of a pull request, once each way; whatever has to be prepared is outside its figures. */
export interface DiffMeasurement {
  /** With nothing known from before. */
  cold(signal: AbortSignal): Promise<Breakdown>;
  /** With the base from the cache. */
  cached(signal: AbortSignal): Promise<Breakdown>;
}

/** Takes both in turns, after one of each that does not count. */
export async function measureDiff(
  measurement: DiffMeasurement,
  rounds: number,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<DiffResult> {
  const cold: Breakdown[] = [];
  const cached: Breakdown[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    signal.throwIfAborted();
    cold.push(await measurement.cold(signal));
    cached.push(await measurement.cached(signal));
    const [first, second] = [cold.at(-1), cached.at(-1)].map((taken) => Math.round(taken?.total ?? 0));
    onProgress(
      `${round === 0 ? "warm-up" : `round ${round}`}, diff: ${first} ms cold, ${second} ms from cache`,
    );
  }
  return { cold: cold.slice(1), cached: cached.slice(1) };
}

/** Undefined while there is no such diff. */
export const pullRequestDiff: DiffMeasurement | undefined = undefined;
