import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { popupSlices } from "../../config/addresses";
import type { Layout } from "./layout";

/**
 * A slice of the address plan for a pop-up: the one it has, or the first that no other has. Undefined when all are
 * taken. Two commands at once get two: a slice is a file that only one of them can make.
 */
export function reserveSlice(layout: Layout, stack: string): string | undefined {
  mkdirSync(layout.slices, { recursive: true });
  const own = readdirSync(layout.slices).find((slice) => holderOf(layout, slice) === stack);
  if (own !== undefined) return own;
  for (let index = 0; index < popupSlices; index += 1) {
    if (claimSlice(layout, `popup-${index}`, stack)) return `popup-${index}`;
  }
  return undefined;
}

/** Takes one slice for a pop-up that names it itself; false when another pop-up of the world has it. */
export function claimSlice(layout: Layout, slice: string, stack: string): boolean {
  mkdirSync(layout.slices, { recursive: true });
  try {
    writeFileSync(join(layout.slices, slice), stack, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return holderOf(layout, slice) === stack;
  }
}

/** Gives the slices of a pop-up back. */
export function releaseSlices(layout: Layout, stack: string): void {
  mkdirSync(layout.slices, { recursive: true });
  for (const slice of readdirSync(layout.slices)) {
    if (holderOf(layout, slice) === stack) rmSync(join(layout.slices, slice), { force: true });
  }
}

function holderOf(layout: Layout, slice: string): string {
  return readFileSync(join(layout.slices, slice), "utf8");
}
