import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";

/** Days after which what nobody asked for again is removed. */
const keptDays = 14;

/**
 * A folder of results that are kept by the content they come from: what is there is whole, and the same whoever made
 * it.
 */
export class Kept {
  constructor(private readonly folder: string) {}

  /** The path of a result that is there, or undefined. */
  find(key: string): string | undefined {
    const path = join(this.folder, key);
    if (!existsSync(path)) return undefined;
    utimesSync(path, new Date(), new Date());
    return path;
  }

  /** Keeps what `make` writes into a folder, whole or not at all. */
  async keep(key: string, make: (folder: string) => void | Promise<void>): Promise<string> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const temporary = mkdtempSync(join(this.folder, "being-made-"));
    const path = join(this.folder, key);
    try {
      await make(temporary);
      rename(temporary, path);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return path;
  }

  /** Removes what was not used for long. */
  removeUnused(): void {
    if (!existsSync(this.folder)) return;
    const oldest = Date.now() - keptDays * 86_400_000;
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats && stats.mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
    }
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another command was faster; both hold the same.
    if (!["ENOTEMPTY", "EEXIST"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
