/** Writes test/inventory: what each environment is made of, for reviewers to see as a diff. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { recordEnvironment } from "../test/support/recorder";
import { inventoryFile, root, stacks } from "../test/support/settings";

async function main(): Promise<void> {
  mkdirSync(join(root, "test", "inventory"), { recursive: true });
  for (const stack of stacks) {
    const file = inventoryFile(stack);
    writeFileSync(join(root, file), (await recordEnvironment(stack)).inventory());
    process.stdout.write(`${file}\n`);
  }
}

void main();
