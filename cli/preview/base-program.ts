import { symlinkSync } from "node:fs";
import { join } from "node:path";

import { type OwnFolder, ownFolder } from "../../local/world/own-folder";
import { modulesOf } from "./modules";
import { type Commit, writeTree } from "./repository";

/** The program of a commit, ready to run. */
export interface BaseProgram {
  readonly commit: Commit;
  /** Writes it out, with its own modules, the first time it is asked for. */
  folder(onProgress: (line: string) => void): Promise<string>;
  remove(): void;
}

/** The program of a commit; nothing is written until a stack has to be brought up with it. */
export function baseProgram(
  checkout: string,
  commit: Commit,
  cache: string,
  signal?: AbortSignal,
): BaseProgram {
  let own: OwnFolder | undefined;
  let written: Promise<string> | undefined;
  const write = async (onProgress: (line: string) => void) => {
    const modules = await modulesOf(checkout, commit, join(cache, "modules"), onProgress, signal);
    own = ownFolder(join(cache, "at-work"));
    const folder = join(own.path, "program");
    await writeTree(checkout, commit, folder);
    symlinkSync(modules, join(folder, "node_modules"));
    return folder;
  };
  return {
    commit,
    folder: (onProgress) => (written ??= write(onProgress)),
    remove: () => own?.remove(),
  };
}
