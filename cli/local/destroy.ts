import { rmSync } from "node:fs";

import { stackNameProblem } from "../../config/stacks";
import { stackExists } from "../../local/engine/run";
import { copiedSettings, stacksIn, workspaceOf } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, progressOf, runTasks } from "../terminal";
import { refuseWhileLocked } from "./bring-up";
import { type LocalOptions, openSession, worldLayout } from "./session";
import { checked } from "./settings";
import { forgetStack, takeDown } from "./take-down";

export interface DestroyOptions extends LocalOptions {
  /** Without the engine's own preview, which meets a protection before anything is deleted. */
  readonly skipPreview: boolean;
  /** Looks first at what is really there: what is gone already leaves the state without a call. */
  readonly refresh: boolean;
}

/** The real provider's own switch: what is in a cluster that cannot be reached is taken for gone. */
const forgetUnreachable = process.env["PULUMI_K8S_DELETE_UNREACHABLE"] === "true";

/** `platform local destroy`: a stack that is not protected goes whole, from its state. */
export async function destroy(stack: string, options: DestroyOptions): Promise<void> {
  const wrongName = stackNameProblem(stack);
  if (wrongName !== undefined) throw new CommandFailure(wrongName, exitCodes.wrong);
  const layout = worldLayout(options);
  const known = copiedSettings(layout, stack);
  if (!known) throw notThere(stack, stacksIn(layout));
  const session = await openSession(options, [{ name: stack, file: known, settings: checked(known) }]);
  const workspace = workspaceOf(session.place, stack);
  if (!stackExists(workspace)) {
    // A destroy was killed after its last deletion: only the settings are left.
    rmSync(workspace.folder, { recursive: true, force: true });
    throw notThere(stack, stacksIn(layout));
  }
  refuseWhileLocked(workspace);

  let deleted = 0;
  await runTasks(
    [
      {
        title: `Destroying ${stack}`,
        task: async (_, task) => {
          const { skipPreview, refresh } = options;
          const how = { skipPreview, refresh, forgetUnreachable, onProgress: progressOf(task) };
          deleted = (await takeDown(session, workspace, how)).changes["delete"] ?? 0;
          await forgetStack(session, workspace);
        },
      },
    ],
    options,
  );
  if (options.json) printJson({ stack, deleted });
  else print(`${stack} is gone: ${deleted} resources deleted`);
}

function notThere(stack: string, there: readonly string[]): CommandFailure {
  const others = there.length > 0 ? `there are: ${there.join(", ")}` : "there are no stacks in it";
  return new CommandFailure(`${stack} is not in this local world; ${others}`, exitCodes.wrong);
}
