import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { readCatalogue } from "../../config/catalogue";
import { parseSettings } from "../../config/parse";
import { SettingsError } from "../../config/problems";
import { rawConfigOf, type StackFile } from "../../config/stack-file";
import { isPopup } from "../../config/stacks";
import type { Project } from "../../local/cloud/rules/shape";
import { runOrThrow, type Workspace } from "../../local/engine/command";
import { projectName } from "../../local/engine/project";
import { type EngineResult, exportStack, runEngine, stackExists } from "../../local/engine/run";
import { cacheFolder } from "../../local/programs/go-program";
import { prepareStack, workspaceOf } from "../../local/world/stacks";
import { openThrowawayWorld } from "../../local/world/throwaway";
import { CommandFailure, exitCodes, Interrupted } from "../failure";
import { type EngineError, errorList, errorsOf, isProtection } from "../plan/engine-errors";
import { type Plan, planOf } from "../plan/plan";
import { bringUpBase } from "./base";
import { type BaseProgram, baseProgram } from "./base-program";
import { Kept } from "./kept";
import { type Commit, fileIn } from "./repository";
import { settingsIn } from "./settings";

/** What a change does to one stack. */
export interface StackComparison {
  readonly stack: string;
  /** Whether the base has a settings file for the stack. */
  readonly inBase: boolean;
  /** Absent where the head does not have one. */
  readonly plan?: Plan;
  /** What the engine says to it where it refuses; the provider says nothing before the `up`. */
  readonly refusals: readonly string[];
  /** Where the time went. */
  readonly parts: readonly Part[];
}

/** Whether `up` would come to an end at something that is guarded. */
export function isRefused({ plan, refusals }: StackComparison): boolean {
  return refusals.length > 0 || (plan?.changes.some(({ refusedBy }) => refusedBy !== undefined) ?? false);
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
  const cache = resolve(args.cache ?? cacheFolder(), "preview");
  for (const folder of [bases(cache), join(cache, "modules")]) new Kept(folder).removeUnused();
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

const bases = (cache: string) => join(cache, "bases");

/** The head's settings of a stack, or undefined when it does not have it. */
function headSettings(checkout: string, stack: string): Promise<StackFile | undefined> {
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
  if (!head) return { stack, inBase: true, refusals: [], parts: [] };
  parseSettings(rawConfigOf(head, "placeholder"));
  readCatalogue(join(checkout, "catalog", "services"));

  args.signal?.throwIfAborted();
  const clock = new Stopwatch();
  // The base's word on a project they share is the last: it is brought up, the head is only planned.
  const world = await openThrowawayWorld(
    join(args.cache, "at-work"),
    [...projectOf(head), ...projectOf(before)],
    before ? [before] : [],
  );
  try {
    const place = { layout: world.layout, providers: world.providers, engine: args.engine.command };
    if (before) {
      const how = await bringUpBase({
        program: args.program,
        place,
        engineVersion: args.engine.version,
        stack,
        settings: before,
        cache: bases(args.cache),
        onProgress,
        signal: args.signal,
      });
      refuseAnotherProject(checkout, workspaceOf({ ...place, programFolder: checkout }, stack));
      clock.lap(how === "cached" ? "base, from the cache" : "base, brought up");
    }
    args.signal?.throwIfAborted();
    onProgress("planning");
    const workspace = await prepareStack({ ...place, programFolder: checkout }, stack, head.config);
    clock.lap("settings of the head");
    const { plan, refusals } = await planned(workspace, args.signal);
    clock.lap("plan of the head");
    return {
      stack,
      inBase: before !== undefined,
      plan,
      refusals,
      parts: clock.parts,
    };
  } finally {
    await world.close();
  }
}

async function baseSettings({ checkout, base, stack }: StackArgs): Promise<StackFile | undefined> {
  try {
    return await settingsIn(stack, async (path) => {
      const text = await fileIn(checkout, base, path);
      // Git ignores the file of a pop-up: it is the same one on both sides.
      const own = isPopup(stack) && path === `Pulumi.${stack}.yaml` ? join(checkout, path) : undefined;
      return text ?? (own && existsSync(own) ? readFileSync(own, "utf8") : undefined);
    });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new CommandFailure(
      `the base ${base.hash.slice(0, 7)} has a file that cannot be read: ${error.message}`,
    );
  }
}

/** Under another project name every resource is another one to Pulumi: a plan would say that all of it is new. */
function refuseAnotherProject(checkout: string, ofBase: Workspace): void {
  const [before, after] = [projectName(ofBase), projectName({ folder: checkout, programFolder: checkout })];
  if (before !== after) {
    throw new CommandFailure(
      `Pulumi.yaml calls the project ${after} here and ${before} in the base: to Pulumi that is another stack, and nothing was compared`,
    );
  }
  if (!stackExists(ofBase)) throw new CommandFailure("the state of the base is gone; run the command again");
}

/**
 * The engine's plan, whole.
 *
 * It stops at the first deletion that a protection forbids, so a plan with a refusal is asked for again with the
 * protections taken off the throw-away state: what is protected is known, the rest of the plan would not be.
 */
async function planned(
  workspace: Workspace,
  signal?: AbortSignal,
): Promise<{ plan: Plan; refusals: string[] }> {
  const options = signal ? { signal } : {};
  const first = await runEngine(workspace, "preview", options);
  if (first.ok) return { plan: planOf(first), refusals: [] };
  const refusals = errorsOf(first).filter(isProtection);
  if (refusals.length === 0) throw failureOf(first);
  const guarded = await protectedIn(workspace);
  signal?.throwIfAborted();
  await runOrThrow(workspace, ["state", "unprotect", "--all", "--yes", "--stack", workspace.stack], options);
  const whole = await runEngine(workspace, "preview", options);
  if (!whole.ok) throw failureOf(whole);
  return {
    plan: planOf(whole, { guarded, refused: new Set(refusals.map(refusedIn)) }),
    refusals: refusals.map(({ message }) => message),
  };
}

/** The resource that a refusal is about: the first that the engine names. */
function refusedIn({ urn, message }: EngineError): string {
  return /"(urn:pulumi:[^"]+)"/.exec(message)?.[1] ?? urn ?? "";
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
