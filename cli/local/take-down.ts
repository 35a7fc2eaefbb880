import { rmSync } from "node:fs";

import { type EngineResult, removeStack, runEngine, type Workspace } from "../../local/engine/run";
import { releaseSlices } from "../../local/world/slices";
import { nameIn } from "../plan/resource-name";
import { adoptWhatWasBegun, refuseWhileLocked } from "./bring-up";
import { failureOf } from "./failures";
import type { Session } from "./session";

export interface TakingDown {
  readonly skipPreview: boolean;
  /** Looks first at what is really there. */
  readonly refresh: boolean;
  /** What is in a cluster that cannot be reached is taken for gone. */
  readonly forgetUnreachable: boolean;
  /**
   * URNs; they go with what depends on them, and nothing else goes.
   * @default the whole stack
   */
  readonly targets?: readonly string[];
  readonly onProgress: (line: string) => void;
}

/**
 * Destroys a stack of a world, or parts of it, and first takes into its state what a killed command was making.
 *
 * @throws CommandFailure when it could not be done.
 */
export async function takeDown(
  session: Session,
  workspace: Workspace,
  { skipPreview, refresh, forgetUnreachable, targets, onProgress }: TakingDown,
): Promise<EngineResult> {
  refuseWhileLocked(workspace);
  await adoptWhatWasBegun(session, workspace, onProgress);
  if (forgetUnreachable) await session.client.forgetUnreachable(true);
  const result = await runEngine(workspace, "destroy", {
    skipPreview,
    flags: [...(refresh ? ["--refresh"] : []), ...(targets ? ["--target-dependents"] : [])],
    ...(targets && { targets: [...targets] }),
    onEvent: ({ resourcePreEvent }) => {
      if (resourcePreEvent) onProgress(`delete ${nameIn(resourcePreEvent.metadata.urn)}`);
    },
  }).finally(() => forgetUnreachable && session.client.forgetUnreachable(false));
  if (!result.ok) throw failureOf(workspace.stack, result, workspace);
  return result;
}

/** Removes what a world knows of a stack that has nothing any more. */
export async function forgetStack({ place }: Session, workspace: Workspace): Promise<void> {
  await removeStack(workspace);
  rmSync(workspace.folder, { recursive: true, force: true });
  releaseSlices(place.layout, workspace.stack);
}
