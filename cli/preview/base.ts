import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { StackFile } from "../../config/stack-file";
import { projectName } from "../../local/engine/project";
import { runEngine, type Workspace } from "../../local/engine/run";
import { layoutOf } from "../../local/world/layout";
import { keepPlaceholders, prepareStack, type StackPlace } from "../../local/world/stacks";
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
  readonly signal?: AbortSignal | undefined;
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
  args.signal?.throwIfAborted();
  onProgress("bringing the base up");
  const workspace = await prepareStack({ ...place, programFolder }, stack, args.settings.config);
  const result = await runEngine(workspace, "up", {
    skipPreview: true,
    ...(args.signal && { signal: args.signal }),
    // The whole state is written once and not after every step: nothing here has to survive a crash.
    env: { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" },
  });
  if (!result.ok) {
    throw new CommandFailure(
      `the base ${args.program.commit.hash.slice(0, 7)} does not come up here:\n${errorList(errorsOf(result))}`,
    );
  }
  await kept.keep(key, (folder) => keepWhatMatters(workspace, folder));
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
  if (digest !== undefined) return digest;
  const folder = join(__dirname, "..", "..", "local");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return (digest = hash.digest("hex"));
}

let digest: string | undefined;

/**
 * Of a world only the state of the stack, and of its settings only the placeholders, encrypted: whatever else stands
 * in a settings file is nobody's business later.
 */
function keepWhatMatters(workspace: Workspace, folder: string): void {
  const { backendFolder, stack } = workspace;
  const layout = layoutOf(folder);
  const states = join(".pulumi", "stacks", projectName(workspace));
  for (const part of [join(".pulumi", "meta.yaml"), join(states, `${stack}.json`)]) {
    if (existsSync(join(backendFolder, part))) cpSync(join(backendFolder, part), join(layout.backend, part));
  }
  keepPlaceholders(workspace, layout);
}
