import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Workspace } from "./command";
import { projectName } from "./project";

/** A resource as the state of a stack has it, secrets encrypted. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * What the state of a stack holds, without what is only still to be deleted; nothing where there is no state.
 *
 * It is read from the file backend's own file: no engine is started, and a command that is at work is not waited for.
 */
export function resourcesInState(workspace: Workspace): StateResource[] {
  const { backendFolder, stack } = workspace;
  const file = join(backendFolder, ".pulumi", "stacks", projectName(workspace), `${stack}.json`);
  if (!existsSync(file)) return [];
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  return (checkpoint.latest?.resources ?? [])
    .filter((resource) => !resource.delete)
    .map(({ urn, type, outputs = {} }) => ({ urn, type, outputs }));
}

interface Checkpoint {
  readonly checkpoint: {
    /** Missing in a stack that never had anything. */
    readonly latest?: {
      readonly resources?: readonly (Partial<StateResource> &
        Omit<StateResource, "outputs"> & { readonly delete?: boolean })[];
    };
  };
}
