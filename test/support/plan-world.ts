import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mayBeAbsent } from "../../cli/local/absent-releases";
import { inSlice, readStackFile } from "../../config/stack-file";
import type { Elsewhere } from "../../local/cloud/elsewhere";
import type { Programs } from "../../local/clusters/programs";
import { findEngine } from "../../local/engine/find";
import { copyProgram } from "../../local/engine/program-copy";
import {
  type EngineResult,
  type RunOptions,
  runEngine,
  type Step,
  type Workspace,
} from "../../local/engine/run";
import { layoutOf } from "../../local/world/layout";
import { assumeShared } from "../../local/world/shared-names";
import { prepareStack } from "../../local/world/stacks";
import { openWorld, type World } from "../../local/world/world";

export const root = join(__dirname, "..", "..");

type Config = Record<string, unknown>;

export interface Variation {
  /** Changes the settings of the stack before they are used. */
  readonly settings?: (config: Config) => Config;
  /** Checkout whose program runs. */
  readonly program?: string;
}

/** The real engine and an emulated cloud of its own, in a temporary folder. */
export interface PlanWorld {
  readonly world: World;
  workspace(stack: string, variation?: Variation): Promise<Workspace>;
  up(stack: string, variation?: Variation, options?: RunOptions): Promise<EngineResult>;
  preview(stack: string, variation?: Variation, options?: RunOptions): Promise<EngineResult>;
  destroy(stack: string, options?: RunOptions): Promise<EngineResult>;
  refresh(stack: string): Promise<EngineResult>;
  close(): Promise<void>;
}

/** Projects as a bootstrap would have made them. */
export const projects = [
  { id: "acme-ci", number: "200000000001" },
  { id: "acme-staging", number: "200000000002" },
  { id: "acme-production", number: "200000000003" },
  { id: "acme-popups", number: "200000000004" },
];

export interface PlanWorldOptions {
  /**
   * Ids of the projects that are there.
   * @default all
   */
  readonly only?: readonly string[];
  /** @default "checked" */
  readonly elsewhere?: Elsewhere;
  /**
   * What real clusters are made of.
   * @default none, what goes into a cluster is only recorded
   */
  readonly programs?: Programs;
}

export async function startPlanWorld({ only, ...options }: PlanWorldOptions = {}): Promise<PlanWorld> {
  const engine = (await findEngine()).command;
  const folder = mkdtempSync(join(tmpdir(), "platform-plan-"));
  const world = await openWorld({ ...options, mayBeAbsent, folder });
  for (const project of projects) if (only?.includes(project.id) ?? true) world.cloud.register(project);
  const place = (program: string) => ({
    layout: layoutOf(folder),
    providers: world.providers,
    engine,
    programFolder: program,
  });
  const workspace = async (stack: string, { settings, program }: Variation = {}) => {
    const { config } = settingsOf(stack, program ?? root);
    const used = settings ? settings({ ...config }) : config;
    // A pop-up alone finds what it shares; who brings its base up in the same world does so before.
    if (only?.includes(String(used["platform:project"])) ?? true) await assumeShared(world.cloud, used);
    return prepareStack(place(program ?? root), stack, used);
  };
  return {
    world,
    workspace,
    up: async (stack, variation, options) =>
      runEngine(await workspace(stack, variation), "up", { skipPreview: true, ...options }),
    preview: async (stack, variation, options) =>
      runEngine(await workspace(stack, variation), "preview", options),
    destroy: async (stack, options) => runEngine(await workspace(stack), "destroy", options),
    refresh: async (stack) => runEngine(await workspace(stack), "refresh", { skipPreview: true }),
    close: async () => {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settingsOf(stack: string, program: string) {
  if (!stack.startsWith("popup-")) {
    return readStackFile(readFileSync(join(program, `Pulumi.${stack}.yaml`), "utf8"), `Pulumi.${stack}.yaml`);
  }
  const template = readStackFile(
    readFileSync(join(program, "templates/popup.yaml"), "utf8"),
    "templates/popup.yaml",
  );
  return inSlice(template, "popup-0");
}

/** A copy of the program in which files are changed; a change that changes nothing is a mistake of the test. */
export function programCopy(edits: Readonly<Record<string, (text: string) => string>>): string {
  const folder = temporaryFolder("platform-program-");
  copyProgram(root, folder);
  for (const [file, edit] of Object.entries(edits)) {
    const path = join(folder, file);
    const before = readFileSync(path, "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`the edit of ${file} changes nothing`);
    writeFileSync(path, after);
  }
  return folder;
}

/** A folder that is gone when the tests are. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  temporaryFolders.push(folder);
  return folder;
}

const temporaryFolders: string[] = [];
process.once("exit", () => {
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
});

/** `config` with one more value, at a path inside a block: `platform:cluster`, `releaseChannel`. */
export function withSetting(value: unknown, ...path: string[]): (config: Config) => Config {
  return (config) => set(config, path, value);
}

function set(config: Config, [key = "", ...rest]: string[], value: unknown): Config {
  return { ...config, [key]: rest.length === 0 ? value : set({ ...(config[key] as Config) }, rest, value) };
}

/** What the engine plans or did, as `op type name`, without what stays the same. */
export function verdicts(result: EngineResult): string[] {
  return [...new Set(result.steps.filter(({ op }) => op !== "same").map(verdict))].sort();
}

function verdict({ op, type, name }: Step): string {
  return `${op} ${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
}

export function errorsOf(result: EngineResult): string {
  return result.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("\n");
}
