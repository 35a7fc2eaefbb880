/**
 * The process that owns a world: `node --import tsx owner.ts FOLDER SCALE LEVEL CHARTS`, where the last are the charts
 * that may be absent, as JSON. It runs until it is told to stop.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";

import { buildPrograms } from "../clusters/programs";
import type { RepositoryChart } from "../providers/kubernetes/releases/absent-charts";
import { buildRegistry } from "../registry/program";
import { claimWorld, ownerOf, releaseWorld } from "./claim";
import { serveControl } from "./control";
import { layoutOf } from "./layout";
import { keepLevel, type Level, levelOf } from "./level";
import { openWorld } from "./world";

/** A world that nobody has asked anything for so long ends by itself; its state stays and the next command wakes it. */
const idleMilliseconds = 8 * 3_600_000;

/** How often the owner looks whether the world is still there. */
const watchMilliseconds = 2_000;

async function own(
  folder: string,
  scale: number,
  wanted: Level,
  mayBeAbsent: readonly RepositoryChart[],
): Promise<void> {
  const layout = layoutOf(folder);
  if (!claimWorld(folder)) return;
  rmSync(layout.address, { force: true });

  const level = levelOf(layout) ?? wanted;
  const chartMirror = process.env["PLATFORM_CHART_MIRROR"];
  keepLevel(layout, level);
  const world = await openWorld({
    folder,
    scale,
    mayBeAbsent,
    ...(level === "full" && {
      programs: await buildPrograms(),
      registryProgram: await buildRegistry(),
    }),
    ...(chartMirror !== undefined && { chartMirror }),
    // Its standard error is the world's log.
    onError: (error) => process.stderr.write(`${new Date().toISOString()} ${wordsOf(error)}\n`),
  });
  let idle: NodeJS.Timeout | undefined;
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    clearTimeout(idle);
    if (ownerOf(folder) === process.pid) rmSync(layout.address, { force: true });
    // Connections of engines that are still at work end with the process. The next owner may come when the clusters
    // are still: two control planes in one folder would ruin it.
    void Promise.all([control.close(), world.close()]).finally(() => {
      releaseWorld(folder);
      process.exit(0);
    });
  };
  const stayAwake = () => {
    clearTimeout(idle);
    idle = setTimeout(stop, idleMilliseconds);
  };
  const control = await serveControl(world, level, stop, stayAwake);
  stayAwake();
  // A world whose folder was removed, or taken over, has nothing to own any more.
  setInterval(() => {
    if (ownerOf(folder) !== process.pid) stop();
  }, watchMilliseconds).unref();
  process.on("SIGTERM", stop).on("SIGINT", stop);

  // Whole or not at all: a command that reads it meanwhile must not see half.
  writeFileSync(`${layout.address}.new`, JSON.stringify(control.address), { mode: 0o600 });
  renameSync(`${layout.address}.new`, layout.address);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const [folder, scale, level, charts = "[]"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: owner.ts FOLDER SCALE LEVEL CHARTS");
const mayBeAbsent = JSON.parse(charts) as RepositoryChart[];
void own(folder, Number(scale ?? 0), level === "full" ? "full" : "plan", mayBeAbsent);
