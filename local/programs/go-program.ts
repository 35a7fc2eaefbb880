import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

type Environment = Record<string, string | undefined>;

/** A program that is built on this machine from a Go module whose versions are pinned. */
export interface GoProgram {
  /** Folder with `go.mod` and `go.sum`, and the module's own sources, if any, with no folders below. */
  moduleFolder: string;
  /** Import path of the main package, the module's own or a dependency's. */
  packagePath: string;
  binaryName: string;
  /** @default "" */
  ldflags?: string;
  /** Compiler flags, for example to trade speed of the program for speed of the build. @default "" */
  gcflags?: string;
}

export interface BuildOptions {
  onProgress?: (message: string) => void;
  /** Says where Go and the cache are. @default process.env */
  env?: Environment;
  /** Stops the build; what it had written is removed. */
  signal?: AbortSignal;
}

// The owner touches its lock every second: a lock that is older than this belongs to nobody, even when its
// process id has been given to another process since (process ids start again at 1 in every container).
const LOCK_SILENCE_MS = 30_000;
const HEARTBEAT_MS = 1_000;
const POLL_MS = 200;

/** The folder for what is built on this machine, shared by every working copy. */
export function cacheFolder(env: Environment = process.env): string {
  if (env["PLATFORM_CACHE"]) return env["PLATFORM_CACHE"];
  if (env["XDG_CACHE_HOME"]) return join(env["XDG_CACHE_HOME"], "acme-platform");
  return join(env["HOME"] ?? homedir(), ".cache", "acme-platform");
}

/** The version of Go on PATH, for example `1.26.8`, or nothing when there is none. */
export async function goVersion(env: Environment = process.env): Promise<string | undefined> {
  const described = await describeGo(env);
  return /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(described ?? "")?.[1];
}

/** The path of the built program; builds it when this machine has not yet. */
export async function buildGoProgram(program: GoProgram, options: BuildOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const report = options.onProgress ?? (() => undefined);
  const folder = join(cacheFolder(env), "programs", `${program.binaryName}-${await buildKey(program, env)}`);
  const binary = join(folder, program.binaryName);
  if (existsSync(binary)) return binary;

  mkdirSync(folder, { recursive: true });
  const lock = join(folder, "lock");
  let announced = false;
  while (!takeLock(lock)) {
    options.signal?.throwIfAborted();
    if (!announced)
      report(
        `another command is building ${program.binaryName} (process ${lockOwner(lock)?.pid ?? "?"}), waiting for it`,
      );
    announced = true;
    await wait(POLL_MS);
    if (existsSync(binary)) return binary;
  }
  try {
    if (!existsSync(binary))
      await build(program, { folder, binary, lock, env, report, signal: options.signal });
    return binary;
  } finally {
    rmSync(lock, { force: true });
  }
}

async function buildKey(program: GoProgram, env: Environment): Promise<string> {
  const hash = createHash("sha256");
  const sources = readdirSync(program.moduleFolder).filter((name) => name.endsWith(".go"));
  for (const file of ["go.mod", "go.sum", ...sources.sort()]) {
    // A module without dependencies has no go.sum.
    const content = await readFile(join(program.moduleFolder, file)).catch(() => Buffer.alloc(0));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  hash.update(
    JSON.stringify([
      await describeGo(env),
      program.packagePath,
      program.ldflags ?? "",
      program.gcflags ?? "",
    ]),
  );
  return hash.digest("hex").slice(0, 16);
}

async function describeGo(env: Environment): Promise<string | undefined> {
  try {
    return (await promisify(execFile)("go", ["version"], { env })).stdout.trim();
  } catch {
    return undefined;
  }
}

interface BuildPlace {
  folder: string;
  binary: string;
  lock: string;
  env: Environment;
  report: (message: string) => void;
  signal: AbortSignal | undefined;
}

async function build(program: GoProgram, place: BuildPlace): Promise<void> {
  place.signal?.throwIfAborted();
  // Whoever holds the lock is alone, so any other temporary folder belongs to a build that was killed.
  for (const left of readdirSync(place.folder)) {
    if (left.startsWith("building-")) rmSync(join(place.folder, left), { recursive: true, force: true });
  }
  const temporary = join(place.folder, `building-${process.pid}`);
  // All of this before anything is made, or a signal in between leaves it behind.
  let child: ChildProcess | undefined = undefined as ChildProcess | undefined;
  // SIGINT is the one signal on which Go stops its compilers and removes its work folder.
  const stop = () => child?.kill("SIGINT");
  const cleanUp = () => {
    stop();
    // Go may be writing into it in its last moment.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    rmSync(place.lock, { force: true });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    cleanUp();
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, onSignal);
    process.off("exit", cleanUp);
    place.signal?.removeEventListener("abort", stop);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  process.on("exit", cleanUp);
  place.signal?.addEventListener("abort", stop);
  mkdirSync(temporary);

  const started = Date.now();
  const go = spawn("go", buildArguments(program, join(temporary, program.binaryName)), {
    cwd: program.moduleFolder,
    // Go's own work folder goes where we clean up; a `go.work` above the module must not change the versions.
    env: { ...place.env, GOTMPDIR: temporary, GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child = go;
  const ended = new Promise<number | null>((resolve, reject) =>
    go.once("error", reject).once("close", resolve),
  );

  const lines: string[] = [];
  let compiled = 0;
  let downloaded = 0;
  createInterface({ input: go.stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) downloaded += 1;
    else if (/^[\w.~/-]+$/.test(line)) compiled += 1;
    else lines.push(line);
  });
  const heartbeat = setInterval(() => {
    touch(place.lock);
    const seconds = Math.round((Date.now() - started) / 1000);
    const doing =
      compiled > 0
        ? `, ${compiled} packages compiled`
        : downloaded > 0
          ? `, ${downloaded} modules downloaded`
          : "";
    place.report(`building ${program.binaryName}: ${seconds} s${doing}`);
  }, HEARTBEAT_MS);

  try {
    place.report(`building ${program.binaryName} from ${program.packagePath}`);
    const exitCode = await ended;
    place.signal?.throwIfAborted();
    if (exitCode !== 0) {
      throw new Error(`building ${program.binaryName} with Go failed:\n${lines.slice(-20).join("\n")}`);
    }
    renameSync(join(temporary, program.binaryName), place.binary);
    place.report(`built ${program.binaryName} in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    clearInterval(heartbeat);
    forget();
    rmSync(temporary, { recursive: true, force: true });
  }
}

function buildArguments(program: GoProgram, output: string): string[] {
  const flags = [
    ...(program.ldflags ? ["-ldflags", program.ldflags] : []),
    ...(program.gcflags ? ["-gcflags", program.gcflags] : []),
  ];
  return ["build", "-v", ...flags, "-o", output, program.packagePath];
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify({ pid: process.pid }), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const owner = lockOwner(lock);
  if (owner === undefined || !owner.dead) return false;
  // Of several that find the same dead owner, a rename lets one win; the winner starts over like everyone else.
  const grave = `${lock}-${process.pid}-dead`;
  try {
    renameSync(lock, grave);
    rmSync(grave, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return false;
}

function lockOwner(lock: string): { pid: number; dead: boolean } | undefined {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const text = readFileSync(lock, "utf8");
    // Between its creation and the first write the file is empty.
    const pid = text === "" ? 0 : (JSON.parse(text) as { pid: number }).pid;
    return { pid, dead: age > LOCK_SILENCE_MS || (pid !== 0 && !alive(pid)) };
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody took the lock over; the rename at the end is atomic, so two builds are only wasteful.
  }
}
