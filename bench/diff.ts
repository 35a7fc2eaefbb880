import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import { openComparison, type Part, type StackComparison } from "../cli/preview/comparison";
import { baseOf } from "../cli/preview/repository";
import { longLivedStacks } from "../config/stacks";
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

export interface PullRequestArgs {
  readonly checkout: string;
  readonly engine: { readonly command: string; readonly version: string };
  /** Temporary, for the caches of all rounds. */
  readonly folder: string;
}

/** The diff of all long-lived stacks between a checkout and its own last commit, as `platform preview` takes it. */
export function pullRequestDiff({ checkout, engine, folder }: PullRequestArgs): DiffMeasurement {
  let cache = "";
  const take = async (signal: AbortSignal): Promise<Breakdown> => {
    const began = performance.now();
    const base = await baseOf(checkout, "HEAD");
    const found = { name: "base, found in the repository", ms: performance.now() - began };
    const comparison = openComparison({ checkout, base, engine, cache, signal });
    try {
      const stacks = await Promise.all(
        longLivedStacks.map((stack) => comparison.stack(stack, () => undefined)),
      );
      return { total: performance.now() - began, parts: [found, ...longest(stacks)] };
    } finally {
      comparison.close();
    }
  };
  return {
    cold: (signal) => {
      cache = mkdtempSync(join(folder, "diff-"));
      return take(signal);
    },
    cached: take,
  };
}

/** The stacks are compared at the same time, so a part takes as long as it takes the slowest of them. */
function longest(stacks: readonly StackComparison[]): Part[] {
  const parts = new Map<string, number>();
  for (const { name, ms } of stacks.flatMap((stack) => stack.parts)) {
    parts.set(name, Math.max(ms, parts.get(name) ?? 0));
  }
  return [...parts].map(([name, ms]) => ({ name, ms }));
}
