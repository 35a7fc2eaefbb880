import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { mayBeAbsent } from "../cli/local/absent-releases";
import { longLivedStacks } from "../config/stacks";
import type { Programs } from "../local/clusters/programs";
import { layoutOf } from "../local/world/layout";
import { type Level, levels } from "../local/world/level";
import { prepareStack } from "../local/world/stacks";
import { openWorld, type World } from "../local/world/world";
import { bringUp } from "./engine-run";
import { proportionalMemory } from "./memory";
import type { Bench } from "./place";
import type { ClusterResult, ClusterSample } from "./results";

/** What a first `up` of each stack takes in a new world of a level, one stack after the other. */
export type ClusterMeasurement = (
  level: Level,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, ClusterSample>>>;

/** Takes both levels in turns, after one of each that does not count. */
export async function measureClusters(
  take: ClusterMeasurement,
  rounds: number,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<ClusterResult[]> {
  const taken: Record<Level, Readonly<Record<string, ClusterSample>>[]> = { plan: [], full: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const level of levels) {
      signal.throwIfAborted();
      const samples = await take(level, signal);
      taken[level].push(samples);
      const times = Object.entries(samples).map(([stack, { ms }]) => `${stack} ${Math.round(ms)} ms`);
      onProgress(
        `${round === 0 ? "warm-up" : `round ${round}`}, first up at level ${level}: ${times.join(", ")}`,
      );
    }
  }
  const of = (level: Level, stack: string) =>
    taken[level].slice(1).flatMap((samples) => samples[stack] ?? []);
  const stacks = Object.keys(taken.full[0] ?? {});
  return stacks.map((stack) => ({ stack, plan: of("plan", stack), full: of("full", stack) }));
}

/** Worlds with the three long-lived stacks; `programs` are what real clusters are made of. */
export function longLivedClusters(bench: Bench, programs: Programs): ClusterMeasurement {
  return async (level, signal) => {
    const folder = mkdtempSync(join(bench.folder, "clusters-"));
    const world = await openWorld({ folder, mayBeAbsent, ...(level === "full" && { programs }) });
    try {
      const samples: Record<string, ClusterSample> = {};
      const place = {
        layout: layoutOf(folder),
        providers: world.providers,
        engine: bench.engine,
        programFolder: bench.checkout,
      };
      for (const { name, file, settings } of bench.stacks) {
        if (!(longLivedStacks as readonly string[]).includes(name)) continue;
        world.cloud.register({ id: settings.project, number: settings.projectNumber });
        const ms = await bringUp(await prepareStack(place, name, file.config), signal);
        samples[name] = { ms, ...(await clusterOf(world, settings.project)) };
      }
      return samples;
    } finally {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Nodes and memory of the one cluster in a project, where it is real. */
async function clusterOf({ cloud, clusters }: World, project: string) {
  const cluster = cloud.list("container/cluster:Cluster").find((one) => one.project === project);
  const control = cluster && clusters?.engine.find(cluster.id);
  if (!control || !clusters) return {};
  const nodes = (await clusters.engine.census())[cluster.id]?.nodes.ready;
  const bytes = proportionalMemory(control.pids);
  return { ...(nodes !== undefined && { nodes }), ...(bytes !== undefined && { bytes }) };
}
