/** Copies of the service in templates/service, as a team makes them its own, with what it needs to run. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { root } from "./settings";

const template = join(root, "templates/service");
/** Folders that are made from the files. */
const made = ["node_modules", "dist", "reports", "build"];

/** What a command said, and how it ended. */
export interface Said {
  readonly exitCode: number;
  readonly output: string;
}

/** A repository of a service of this name, whose packages are installed. */
export async function copyOfTemplate(name: string): Promise<string> {
  await promisify(execFile)(join(root, "scripts/install.sh"), [template]);
  const folder = mkdtempSync(join(tmpdir(), "service-"));
  cpSync(template, folder, {
    recursive: true,
    filter: (path) => !made.includes(path.slice(template.length + 1).split("/")[0] ?? ""),
  });
  for (const file of filesIn(folder))
    rewrite(join(folder, file), (text) => text.replaceAll("example-service", name));
  symlinkSync(join(template, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Paths of all files of a folder, but none of what is installed or made. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !made.includes(path.split("/")[0] ?? ""));
}

/** Changes a file; a change that changes nothing is a mistake in the test. */
export function rewrite(path: string, change: (text: string) => string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, change(text));
}

/** Runs a program to its end, in a folder. */
export async function runIn(
  folder: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...ownEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collected(child);
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode: exitCode ?? -1, output: output.text };
}

function collected(child: ChildProcess): { text: string } {
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (output.text += chunk.toString()));
  }
  return output;
}

/** A program that goes on until it is stopped. */
export interface Running {
  readonly output: { text: string };
  /** Sends SIGTERM, and gives the exit code. */
  stop(): Promise<number | null>;
}

export function startIn(
  folder: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: folder, env: { ...ownEnvironment(), ...env } });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    output: collected(child),
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      process.off("exit", kill);
      return child.exitCode;
    },
  };
}

/** Programs that stand before the real ones on PATH: shell scripts by their names. */
export function withPrograms(folder: string, programs: Readonly<Record<string, string>>): string {
  const place = join(folder, "build/programs");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(place, name), 0o755);
  }
  return `${place}:${process.env["PATH"] ?? ""}`;
}

/** Without what a make around these tests tells the makes that it calls: one in a test is called by nobody. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const ofMake = ["MAKEFLAGS", "MFLAGS", "MAKELEVEL"];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofMake.includes(name)));
}
