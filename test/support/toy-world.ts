import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EngineNotFound, findEngine } from "../../local/engine/find";
import type { Workspace } from "../../local/engine/run";
import { startToyProvider, type ToyProvider } from "./toy-provider";

/** A tiny program, its stack and the toy cloud below it, all in a temporary folder. */
export interface ToyWorld {
  workspace: Workspace;
  toy: ToyProvider;
  /** Replaces the program's `index.ts`; `Thing` and `pulumi` are in scope. */
  program(body: string): void;
  remove(): void;
}

const PREAMBLE = `
import * as pulumi from "@pulumi/pulumi";
class Thing extends pulumi.CustomResource {
  constructor(name: string, args: Record<string, unknown>, opts?: pulumi.CustomResourceOptions) {
    super("toy:index:Thing", name, args as pulumi.Inputs, opts);
  }
}
`;

/** The engine of this machine, or nothing where it can neither be found nor built. */
export async function engineOrNothing(): Promise<string | undefined> {
  try {
    return (await findEngine()).command;
  } catch (error) {
    if (error instanceof EngineNotFound) return undefined;
    throw error;
  }
}

export async function startToyWorld(engine: string, stackSettings = "{}"): Promise<ToyWorld> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "toy world ")));
  const folders = {
    folder: join(root, "copy"),
    programFolder: join(root, "program"),
    backendFolder: join(root, "state"),
    home: join(root, "home"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const project = "name: toy\nruntime:\n  name: nodejs\n";
  writeFileSync(join(folders.folder, "Pulumi.yaml"), project);
  writeFileSync(join(folders.folder, "Pulumi.staging.yaml"), stackSettings);
  writeFileSync(join(folders.programFolder, "Pulumi.yaml"), project);
  writeFileSync(
    join(folders.programFolder, "package.json"),
    JSON.stringify({ name: "toy", main: "index.ts" }),
  );
  writeFileSync(
    join(folders.programFolder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        module: "nodenext",
        moduleResolution: "nodenext",
        strict: true,
        noCheck: true,
      },
    }),
  );
  symlinkSync(join(__dirname, "..", "..", "node_modules"), join(folders.programFolder, "node_modules"));

  const toy = await startToyProvider();
  const world: ToyWorld = {
    workspace: { engine, ...folders, stack: "staging", passphrase: "toy", providers: { toy: toy.port } },
    toy,
    program: (body) => writeFileSync(join(folders.programFolder, "index.ts"), PREAMBLE + body),
    remove: () => {
      toy.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  world.program("");
  return world;
}
