import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { isRunning } from "./process";

/**
 * Milliseconds for which nobody takes a folder away: its process may run in another container that shares the parent,
 * where its number says nothing here.
 */
const longestUse = 3_600_000;

/** A folder that lives as long as its process. */
export interface OwnFolder {
  readonly path: string;
  remove(): void;
}

/** Makes a folder for this process below `parent`, and removes there what processes left that were killed. */
export function ownFolder(parent: string): OwnFolder {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(parent)) {
    const owner = Number(/^(\d+)-/.exec(name)?.[1]);
    const path = join(parent, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (owner && age > longestUse && !isRunning(owner)) rmSync(path, { recursive: true, force: true });
  }
  const path = mkdtempSync(join(parent, `${process.pid}-`));
  const drop = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", drop);
  return {
    path,
    remove: () => {
      drop();
      process.off("exit", drop);
    },
  };
}
