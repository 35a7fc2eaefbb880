import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { Workspace } from "./command";

/** The project's name in the workspace's `Pulumi.yaml`; the backend keeps stacks and locks under it. */
export function projectName(workspace: Pick<Workspace, "folder">): string {
  const project = parse(readFileSync(join(workspace.folder, "Pulumi.yaml"), "utf8")) as { name: string };
  return project.name;
}
