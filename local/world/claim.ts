import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isRunning } from "./process";

const fileOf = (folder: string) => join(folder, "owner.pid");

/** The process that claims to own the world in a folder, alive or not. */
export function ownerOf(folder: string): number | undefined {
  const claim = fileOf(folder);
  if (!existsSync(claim)) return undefined;
  return Number(readFileSync(claim, "utf8"));
}

/** Makes this process the owner of the world in a folder, unless one is alive; false when one is. */
export function claimWorld(folder: string): boolean {
  const claim = fileOf(folder);
  const own = `${claim}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (;;) {
      try {
        // A link appears whole, with its content, or not at all.
        linkSync(own, claim);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = ownerOf(folder);
      if (owner !== undefined && isRunning(owner)) return false;
      buryClaim(claim, owner);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Ends this process's ownership. */
export function releaseWorld(folder: string): void {
  if (ownerOf(folder) === process.pid) rmSync(fileOf(folder), { force: true });
}

/** Takes a dead owner's claim away; if another process was quicker and it is its claim by now, gives it back. */
function buryClaim(claim: string, dead: number | undefined): void {
  const grave = `${claim}.dead.${process.pid}`;
  try {
    renameSync(claim, grave);
  } catch {
    return;
  }
  if (Number(readFileSync(grave, "utf8")) !== dead) {
    try {
      linkSync(grave, claim);
    } catch {
      // A third process has claimed it in between, and its claim stands.
    }
  }
  rmSync(grave, { force: true });
}
