import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { describeLock, readLocks } from "../../local/engine/locks";
import { WorldClient } from "../../local/world/client";
import { stacksIn, workspaceOf } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import { type LocalOptions, root, worldLayout } from "./session";

/** `platform local down`: the world ends, with its process, its ports and its files. */
export async function down(options: LocalOptions): Promise<void> {
  const layout = worldLayout(options);
  const there = existsSync(layout.folder);
  const place = { layout, engine: "pulumi", programFolder: root, providers: {} };
  const busy = stacksIn(layout)
    .flatMap((stack) => readLocks(workspaceOf(place, stack)))
    .filter(({ owner }) => owner !== "dead");
  if (busy.length > 0) {
    throw new CommandFailure(
      `${busy.map((lock) => describeLock(lock)).join("\n")}\nnothing was changed; wait until it is done, or stop it`,
      exitCodes.refused,
    );
  }
  await WorldClient.end(layout.folder);
  // Parts of a control plane whose world was killed may be ending just now.
  rmSync(layout.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const parent = dirname(layout.folder);
  if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);

  if (options.json) printJson({ world: options.world, removed: there });
  else print(there ? `World ${options.world} is gone` : `There is no world ${options.world}`);
}
