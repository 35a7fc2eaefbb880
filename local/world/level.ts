import { existsSync, readFileSync, writeFileSync } from "node:fs";

import type { Layout } from "./layout";

/**
 * How real a world is. `plan`: the engine and the emulated cloud, and what goes into a cluster is only recorded.
 * `full`: behind every cluster runs a real control plane.
 */
export const levels = ["plan", "full"] as const;
export type Level = (typeof levels)[number];

/** The level that a world was begun at; it keeps it, since what is in its clusters is there or it is not. */
export function levelOf({ level }: Layout): Level | undefined {
  if (!existsSync(level)) return undefined;
  return readFileSync(level, "utf8") === "full" ? "full" : "plan";
}

export function keepLevel(layout: Layout, level: Level): void {
  writeFileSync(layout.level, level);
}
