import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Puts the program of trivial resources into a folder, to be loaded as the real one is: by the same loader with the
 * same options and the same modules.
 */
export function layBareProgram(checkout: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(__dirname, "index.ts"), join(folder, "index.ts"));
  copyFileSync(join(checkout, "tsconfig.json"), join(folder, "tsconfig.json"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bare", main: "index.ts" }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: bare\nruntime: nodejs\n");
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
}
