import { cpSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

/** Everything that a run of the program reads, beside its modules. */
const parts = [
  "index.ts",
  "config",
  "components",
  "environments",
  "catalog",
  "templates",
  "package.json",
  "tsconfig.json",
  "Pulumi.yaml",
  "Pulumi.ci.yaml",
  "Pulumi.popups.yaml",
  "Pulumi.staging.yaml",
  "Pulumi.production.yaml",
];

/** Copies the program of a checkout into a folder, where it can be changed; its modules are the checkout's own. */
export function copyProgram(checkout: string, folder: string): void {
  // The template of a service has modules of its own, where somebody worked in it; the program reads none of them.
  const filter = (source: string) => basename(source) !== "node_modules";
  for (const part of parts) cpSync(join(checkout, part), join(folder, part), { recursive: true, filter });
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
}
