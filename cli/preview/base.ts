import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { StackFile } from "../../config/stack-file";
import { runEngine } from "../../local/engine/run";
import { prepareStack, type StackPlace } from "../../local/world/stacks";
import { CommandFailure } from "../failure";
import { errorList, errorsOf } from "../plan/engine-errors";
import type { BaseProgram } from "./base-program";
import { Kept } from "./kept";

/** Raised when what is kept of a base changes its form. */
const form = 1;

export interface BringUpBaseArgs {
  readonly program: BaseProgram;
  readonly place: Omit<StackPlace, "programFolder">;
  readonly engineVersion: string;
  readonly stack: string;
  readonly settings: StackFile;
  /** Folder of what was brought up before. */
  readonly cache: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Puts a stack of the base into a throw-away world, as the base's own program makes it: from the cache where the same
 * program with the same settings was brought up before, else by the engine.
 *
 * @throws CommandFailure when the base does not come up.
 */
export async function bringUpBase(args: BringUpBaseArgs): Promise<"cached" | "brought up"> {
  const { place, stack, cache, onProgress } = args;
  const [kept, key] = [new Kept(cache), keyOf(args)];
  const known = kept.find(key);
  if (known !== undefined) {
    cpSync(known, place.layout.folder, { recursive: true });
    return "cached";
  }
  const programFolder = await args.program.folder(onProgress);
  onProgress("bringing the base up");
  const workspace = await prepareStack({ ...place, programFolder }, stack, args.settings.config);
  const result = await runEngine(workspace, "up", {
    skipPreview: true,
    // The whole state is written once and not after every step: nothing here has to survive a crash.
    env: { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" },
  });
  if (!result.ok) {
    throw new CommandFailure(
      `the base ${args.program.commit.hash.slice(0, 7)} does not come up here:\n${errorList(errorsOf(result))}`,
    );
  }
  await kept.keep(key, (folder) => copyWhatMatters(place.layout.folder, folder));
  return "brought up";
}

/** Everything that the result depends on: the same key is the same result. */
function keyOf({ program, stack, settings, engineVersion }: BringUpBaseArgs): string {
  const parts = [
    form,
    program.commit.tree,
    stack,
    settings.config,
    engineVersion,
    process.version,
    cloudDigest(),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** The emulated cloud's own code fills in what Google would; another one may fill in something else. */
function cloudDigest(): string {
  const hash = createHash("sha256");
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else hash.update(entry.name).update(readFileSync(path));
    }
  };
  walk(join(__dirname, "..", "..", "local"));
  return hash.digest("hex");
}

/** A world's states and settings, without histories and backups. */
function copyWhatMatters(world: string, folder: string): void {
  const state = join("state", ".pulumi");
  for (const part of ["stacks", join(state, "stacks"), join(state, "meta.yaml")]) {
    if (existsSync(join(world, part))) cpSync(join(world, part), join(folder, part), { recursive: true });
  }
}
