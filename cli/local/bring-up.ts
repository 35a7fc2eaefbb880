import type { StackFile } from "../../config/stack-file";
import { clearDeadLocks, describeLock, readLocks } from "../../local/engine/locks";
import { resolvePendingCreates } from "../../local/engine/pending";
import { type EngineResult, runEngine, stackExists, type Workspace } from "../../local/engine/run";
import type { AbsentRelease } from "../../local/providers/kubernetes/releases/absent-release";
import { keepSettings, withStack, workspaceOf } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { nameIn } from "../plan/resource-name";
import { absentReleases } from "./absent-releases";
import { failureOf } from "./failures";
import type { Session } from "./session";

/** What a stack is after an `up`. */
export interface StackReport {
  readonly stack: string;
  readonly resources: number;
  /** Number of resources by what was done to them: `create`, `same`, `update`, … */
  readonly changes: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Releases of which nothing is installed, since their chart could not be had. */
  readonly absent: readonly AbsentRelease[];
  readonly seconds: number;
}

/**
 * Brings one stack up with these settings, and first mends what a killed command left: its lock, and resources
 * that were being made when it died.
 */
export async function bringUp(
  session: Session,
  stack: string,
  config: StackFile["config"],
  onProgress: (line: string) => void,
): Promise<StackReport> {
  refuseWhileLocked(workspaceOf(session.place, stack));
  onProgress("copying the settings");
  // The engine's preview meets a protection before anything is done; where nothing is protected it only takes time.
  const skipPreview =
    config["platform:lifecycle"] === "disposable" || !stackExists(workspaceOf(session.place, stack));
  return withStack(session.place, stack, config, async (workspace) => {
    await adoptWhatWasBegun(session, workspace, onProgress);
    let done = 0;
    const result = await runEngine(workspace, "up", {
      skipPreview,
      onEvent: (event) => {
        const begun = event.resourcePreEvent?.metadata;
        if (event.resOutputsEvent) done += 1;
        if (begun && begun.op !== "same") onProgress(`${done} done, ${begun.op} ${nameIn(begun.urn)}`);
      },
    });
    if (!result.ok) throw failureOf(stack, result, workspace);
    keepSettings(session.place, workspace);
    return reportOf(stack, result, absentReleases(workspace));
  });
}

function reportOf(stack: string, result: EngineResult, absent: readonly AbsentRelease[]): StackReport {
  return {
    stack,
    resources: Object.entries(result.changes)
      .filter(([op]) => !op.startsWith("delete"))
      .reduce((sum, [, count]) => sum + count, 0),
    changes: result.changes,
    outputs: outputsOf(result),
    absent,
    seconds: Math.round(result.durationMs / 100) / 10,
  };
}

/** Removes locks of commands that are gone, and refuses while one is at work. */
export function refuseWhileLocked(workspace: Workspace): void {
  clearDeadLocks(workspace);
  const lock = readLocks(workspace)[0];
  if (lock) {
    throw new CommandFailure(
      `${describeLock(lock)}; nothing was changed, wait until it is done`,
      exitCodes.refused,
    );
  }
}

/** Takes into the state what a killed command was making, so that nothing is made twice or left behind. */
export async function adoptWhatWasBegun(
  { client }: Session,
  workspace: Workspace,
  onProgress: (line: string) => void,
): Promise<void> {
  const { imported } = await resolvePendingCreates(
    workspace,
    async ({ type, inputs, configuration, name }) => {
      onProgress(`an earlier run was killed while it made ${name}; looking for it`);
      const id = await client.locate(type, inputs, configuration);
      return id === undefined ? "clear" : { import: id };
    },
  );
  for (const { urn } of imported) onProgress(`adopted ${nameIn(urn)}`);
}

function outputsOf(result: EngineResult): Record<string, unknown> {
  const stack = result.steps.find(({ type }) => type === "pulumi:pulumi:Stack");
  return { ...(stack?.new?.outputs as Record<string, unknown> | undefined) };
}
