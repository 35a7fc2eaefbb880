import { readFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";

import type { Circumstances } from "./results";

/** What the figures depend on besides the code; taken before the measuring makes its own load. */
export function circumstancesOf(
  checkout: string,
  engineVersion: string,
  args: readonly string[],
): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    engineVersion,
    nodeVersion: process.versions.node,
    sdkVersion: sdkVersionOf(checkout),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}

function sdkVersionOf(checkout: string): string {
  const file = join(checkout, "node_modules", "@pulumi", "pulumi", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
