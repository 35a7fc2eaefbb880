import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readCatalogue } from "../../config/catalogue";
import { parseSettings } from "../../config/parse";
import { rawConfigOf, type StackFile } from "../../config/stack-file";
import { isPopup } from "../../config/stacks";
import type { Project } from "../../local/cloud/rules/shape";
import { cacheFolder } from "../../local/engine/go-program";
import { runOrThrow, type Workspace } from "../../local/engine/command";
import { type EngineResult, exportStack, runEngine } from "../../local/engine/run";
import { prepareStack } from "../../local/world/stacks";
import { openThrowawayWorld } from "../../local/world/throwaway";
import { CommandFailure, exitCodes, Interrupted } from "../failure";
import { errorList, errorsOf, isProtection } from "../plan/engine-errors";
import { type Plan, planOf } from "../plan/plan";
import { bringUpBase } from "./base";
import { type BaseProgram, baseProgram } from "./base-program";
import { type Commit, fileIn } from "./repository";
import { settingsIn } from "./settings";

/** What a change does to one stack. */
export interface StackComparison {
  readonly stack: string;
  /** Which of the two have a settings file for the stack. */
  readonly inBase: boolean;
  readonly inHead: boolean;
  /** Absent where the head does not have the stack. */
  readonly plan?: Plan;
  /** Why the engine would refuse the `up`, in its own words; empty when it would not. */
  readonly refusals: readonly string[];
  /** Where the time went. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly name: string;
  readonly ms: number;
}

/** A stack that could not be compared, and why. */
export interface FailedComparison {
  readonly stack: string;
  readonly message: string;
  readonly exitCode: number;
}

/** What is compared with what, for as many stacks as are asked for. */
export interface Comparison {
  stack(name: string, onProgress: (line: string) => void): Promise<StackComparison>;
  close(): void;
}

export interface ComparisonArgs {
  /** Folder of the head: its files as they are, committed or not. */
  readonly checkout: string;
  readonly base: Commit;
  readonly engine: { readonly command: string; readonly version: string };
  /** @default the cache of everything that is built on this machine */
  readonly cache?: string;
  /** Asks to stop; what was begun is ended and removed. */
  readonly signal?: AbortSignal;
}

/** Compares a checkout with its base by the engine's own plan, in worlds that are thrown away. */
export function openComparison(args: ComparisonArgs): Comparison {
  const cache = join(args.cache ?? cacheFolder(), "preview");
  const program = baseProgram(args.checkout, args.base, cache, args.signal);
  return {
    stack: async (name, onProgress) => {
      try {
        return await compareStack({ ...args, cache, program, stack: name, onProgress });
      } catch (error) {
        // Whatever failed then failed because its process was told to stop.
        throw args.signal?.aborted ? new Interrupted("interrupted; nothing was changed") : error;
      }
    },
    close: () => program.remove(),
  };
}

/** The head's settings of a stack, or undefined when it does not have it. */
export function headSettings(checkout: string, stack: string): Promise<StackFile | undefined> {
  return settingsIn(stack, (path) => {
    const file = join(checkout, path);
    return Promise.resolve(existsSync(file) ? readFileSync(file, "utf8") : undefined);
  });
}

interface StackArgs extends ComparisonArgs {
  readonly cache: string;
  readonly program: BaseProgram;
  readonly stack: string;
  readonly onProgress: (line: string) => void;
}

async function compareStack(args: StackArgs): Promise<StackComparison> {
  const { checkout, stack, onProgress } = args;
  const head = await headSettings(checkout, stack);
  const before = await baseSettings(args);
  if (!head && !before) {
    throw new CommandFailure(`Pulumi.${stack}.yaml is missing, here and in the base`, exitCodes.wrong);
  }
  if (!head) return { stack, inBase: true, inHead: false, refusals: [], parts: [] };
  parseSettings(rawConfigOf(head, "placeholder"));
  readCatalogue(join(checkout, "catalog", "services"));

  args.signal?.throwIfAborted();
  const clock = new Stopwatch();
  const world = await openThrowawayWorld(join(args.cache, "at-work"), [
    ...projectOf(before),
    ...projectOf(head),
  ]);
  try {
    const place = { layout: world.layout, providers: world.providers, engine: args.engine.command };
    if (before) {
      const how = await bringUpBase({
        program: args.program,
        place,
        engineVersion: args.engine.version,
        stack,
        settings: before,
        cache: join(args.cache, "bases"),
        onProgress,
      });
      clock.lap(how === "cached" ? "base, from the cache" : "base, brought up");
    }
    args.signal?.throwIfAborted();
    onProgress("planning");
    const workspace = await prepareStack({ ...place, programFolder: checkout }, stack, head.config);
    clock.lap("settings of the head");
    const { plan, refusals } = await planned(workspace);
    clock.lap("plan of the head");
    return {
      stack,
      inBase: before !== undefined,
      inHead: true,
      plan,
      refusals,
      parts: clock.parts,
    };
  } finally {
    await world.close();
  }
}

function baseSettings({ checkout, base, stack }: StackArgs): Promise<StackFile | undefined> {
  return settingsIn(stack, async (path) => {
    const text = await fileIn(checkout, base, path);
    // Git ignores the file of a pop-up: it is the same one on both sides.
    const own = isPopup(stack) && path === `Pulumi.${stack}.yaml` ? join(checkout, path) : undefined;
    return text ?? (own && existsSync(own) ? readFileSync(own, "utf8") : undefined);
  });
}

/**
 * The engine's plan, whole.
 *
 * It stops at the first deletion that a protection forbids, so a plan with a refusal is asked for again with the
 * protections taken off the throw-away state: what is protected is known, the rest of the plan would not be.
 */
async function planned(workspace: Workspace): Promise<{ plan: Plan; refusals: string[] }> {
  const first = await runEngine(workspace, "preview");
  if (first.ok) return { plan: planOf(first), refusals: [] };
  const refusals = errorsOf(first).filter(isProtection);
  if (refusals.length === 0) throw failureOf(first);
  const guarded = await protectedIn(workspace);
  await runOrThrow(workspace, ["state", "unprotect", "--all", "--yes", "--stack", workspace.stack]);
  const whole = await runEngine(workspace, "preview");
  if (!whole.ok) throw failureOf(whole);
  return { plan: planOf(whole, guarded), refusals: refusals.map(({ message }) => message) };
}

function failureOf(result: EngineResult): CommandFailure {
  return new CommandFailure(`the change does not come to a plan:\n${errorList(errorsOf(result))}`);
}

/** URNs of what the state protects. */
async function protectedIn(workspace: Workspace): Promise<ReadonlySet<string>> {
  const { deployment } = (await exportStack(workspace)) as {
    deployment: { resources?: { urn: string; protect?: boolean }[] };
  };
  return new Set(deployment.resources?.filter(({ protect }) => protect).map(({ urn }) => urn));
}

/** The project that a stack deploys into, as its file says, whatever else is wrong with it. */
function projectOf(file: StackFile | undefined): Project[] {
  const id = file?.config["platform:project"];
  const number = file?.config["platform:projectNumber"];
  return typeof id === "string" ? [{ id, number: String(number) }] : [];
}

/** Milliseconds between one lap and the next. */
class Stopwatch {
  readonly parts: Part[] = [];
  private last = performance.now();

  lap(name: string): void {
    const now = performance.now();
    this.parts.push({ name, ms: now - this.last });
    this.last = now;
  }
}
