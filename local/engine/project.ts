import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { Workspace } from "./command";

/**
 * The project's name in the workspace's `Pulumi.yaml`, or in the program's where the workspace has none yet; the
 * backend keeps stacks and locks under it.
 */
export function projectName(workspace: Pick<Workspace, "folder" | "programFolder">): string {
  const own = join(workspace.folder, "Pulumi.yaml");
  const file = existsSync(own) ? own : join(workspace.programFolder, "Pulumi.yaml");
  const project = parse(readFileSync(file, "utf8")) as { name: string };
  return project.name;
}
