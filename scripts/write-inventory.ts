/** Writes test/inventory, what each environment is made of, and the table of who may do what: for reviewers to see as a diff. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { identityTable, withIdentities } from "../test/support/identities";
import { recordEnvironment, type Recording } from "../test/support/recorder";
import { inventoryFile, root, stacks } from "../test/support/settings";

async function main(): Promise<void> {
  mkdirSync(join(root, "test", "inventory"), { recursive: true });
  const recordings: Record<string, Recording> = {};
  for (const stack of stacks) {
    const recording = await recordEnvironment(stack);
    recordings[stack] = recording;
    const file = inventoryFile(stack);
    writeFileSync(join(root, file), recording.inventory());
    process.stdout.write(`${file}\n`);
  }
  const file = join("docs", "ci.md");
  const path = join(root, file);
  writeFileSync(path, await withIdentities(readFileSync(path, "utf8"), identityTable(recordings)));
  process.stdout.write(`${file}\n`);
}

void main();
