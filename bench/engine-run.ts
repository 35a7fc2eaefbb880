import { join } from "node:path";

import { type EngineResult, runEngine, type RunOptions, type Workspace } from "../local/engine/run";
import { type MemoryWatch, memoryHook, notedMemory, watchMemory } from "./memory";
import type { Operation } from "./operations";
import type { Sample } from "./results";

export interface RunConditions {
  /** Variables of the engine. */
  readonly env?: Record<string, string>;
  /** Variables of the program. */
  readonly programEnv?: Record<string, string>;
  readonly signal: AbortSignal;
}

export interface MeasuredRun extends Sample {
  readonly resources: number;
}

/** An engine that writes its state once, at the end, and not after every step. */
export const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "1" };

/**
 * Runs the engine once, with a watch on it.
 *
 * @throws Error when it did anything but what there is to do: the figure would be of something else.
 */
export async function measureRun(
  workspace: Workspace,
  operation: Operation,
  { env, programEnv, signal }: RunConditions,
): Promise<MeasuredRun> {
  const memoryFile = join(workspace.folder, "program-memory");
  const watches: MemoryWatch[] = [];
  const result = await run(workspace, operation.run, signal, {
    ...(env && { env }),
    nodeArgs: ["--require", memoryHook],
    programEnv: { ...programEnv, BENCH_MEMORY_FILE: memoryFile },
    onStarted: (pid) => watches.push(watchMemory(pid)),
  });
  const engineBytes = watches[0]?.stop();
  const { [operation.does]: resources, ...others } = result.changes;
  if (resources === undefined || Object.keys(others).length > 0) {
    const what = JSON.stringify(result.changes);
    throw new Error(
      `the ${operation.name} of ${workspace.stack} should only ${operation.does}, but: ${what}`,
    );
  }
  return {
    resources,
    ms: result.durationMs,
    programBytes: notedMemory(memoryFile),
    ...(engineBytes !== undefined && { engineBytes }),
  };
}

/** Brings a stack up and answers with the milliseconds that it took. */
export async function bringUp(workspace: Workspace, signal: AbortSignal): Promise<number> {
  return (await run(workspace, "up", signal, { env: withoutCheckpoints })).durationMs;
}

/** Nothing here is worth waiting for: what an interrupted engine leaves is thrown away. */
const graceSeconds = 5;

async function run(
  workspace: Workspace,
  operation: Operation["run"],
  signal: AbortSignal,
  options: RunOptions,
): Promise<EngineResult> {
  signal.throwIfAborted();
  const result = await runEngine(workspace, operation, {
    ...options,
    skipPreview: true,
    signal,
    graceSeconds,
  });
  signal.throwIfAborted();
  if (result.ok) return result;
  const errors = result.diagnostics.filter(({ severity }) => severity === "error");
  throw new Error(
    `${operation} of ${workspace.stack} failed:\n${errors.map(({ message }) => message).join("\n")}`,
  );
}
