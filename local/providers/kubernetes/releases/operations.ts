import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Something that is done to a release. */
export interface Operation {
  readonly id: string;
  /** It is over. Where `finished` is false it left something half done, and stays on record. */
  end(finished: boolean): void;
}

/** Those of this process; what is on record beside them was interrupted. */
const running = new Set<string>();

/**
 * What this world does to the releases of one cluster, written down so that an interruption can be told from the work
 * of somebody else.
 */
export class Operations {
  private readonly folder: string;

  constructor(clusterFolder: string) {
    this.folder = join(clusterFolder, "operations");
  }

  /** @throws when another one is still at the same release */
  begin(release: string): Operation {
    const id = randomUUID();
    const file = join(this.folder, id);
    if (this.recorded(release).some((other) => running.has(other))) {
      throw new Error(`another operation of this world still works on release "${release}"; wait for it`);
    }
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(file, release);
    running.add(id);
    return {
      id,
      end: (finished) => {
        running.delete(id);
        if (finished) rmSync(file, { force: true });
      },
    };
  }

  /** The operations on a release that this world began and never finished. */
  interrupted(release: string): string[] {
    return this.recorded(release).filter((id) => !running.has(id));
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) rmSync(join(this.folder, id), { force: true });
  }

  private recorded(release: string): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).filter((id) => this.releaseOf(id) === release);
  }

  private releaseOf(id: string): string | undefined {
    try {
      return readFileSync(join(this.folder, id), "utf8");
    } catch {
      // Ended in between.
      return undefined;
    }
  }
}
