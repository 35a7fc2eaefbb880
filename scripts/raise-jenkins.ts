/**
 * Raises Jenkins as a unit: chart, core, images and all plugins, in config/jenkins/pinned.json.
 *
 *     npx tsx scripts/raise-jenkins.ts --chart 5.9.54 --core 2.568.3 --sidecar 2.10.1 --agent 3385.v1-1 plugins.txt
 *
 * Without a file the list of plugins is read from the standard input.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { changes, raised, RaiseError } from "../config/jenkins/raise";
import { jenkinsRelease } from "../config/jenkins/release";

const file = join(__dirname, "..", "config", "jenkins", "pinned.json");
const text = { type: "string" } as const;

function main(): void {
  const { values, positionals } = parseArgs({
    options: { chart: text, core: text, sidecar: text, agent: text },
    allowPositionals: true,
  });
  const given = (name: keyof typeof values) => {
    const value = values[name];
    if (value === undefined) {
      throw new RaiseError(
        `--${name} is missing; a raise names --chart, --core, --sidecar and --agent, and the list of plugins`,
      );
    }
    return value;
  };
  const next = raised(jenkinsRelease, {
    chart: given("chart"),
    core: given("core"),
    images: { configReload: given("sidecar"), agent: given("agent") },
    plugins: readFileSync(positionals[0] ?? 0, "utf8"),
  });
  writeFileSync(file, `${JSON.stringify(next, undefined, 2)}\n`);
  const lines = changes(jenkinsRelease, next);
  process.stdout.write(lines.length === 0 ? "nothing changed\n" : `${lines.join("\n")}\n`);
  if (next.chart !== jenkinsRelease.chart) {
    process.stdout.write(
      `next: the keys of chart ${next.chart} in config/jenkins/chart-${next.chart}-keys.json\n`,
    );
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
