import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface ProcessArgs {
  /** What it is, and the first argument of the program. */
  name: string;
  program: string;
  args: readonly string[];
  folder: string;
  env: Record<string, string>;
  /** File that takes both its streams; that of the run before is lost. */
  log: string;
}

/** A process of a control plane that is gone. */
export interface ProcessEnd {
  name: string;
  /** For example "exit code 1" or "SIGKILL". */
  reason: string;
  /** The last lines that it said. */
  tail: string;
}

/** One running part of a control plane. It ends with the process that started it, however that one goes. */
export interface ManagedProcess {
  name: string;
  pid: number | undefined;
  ended: Promise<ProcessEnd>;
  /** Ends it and waits until it is gone. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** How long a part may take to end, in milliseconds, before it is killed: etcd keeps what was written all the same. */
const graceMilliseconds = 10_000;

/** How many lines of a log tell why a process ended. */
const tailLines = 20;

export function startProcess({ name, program, args, folder, env, log }: ProcessArgs): ManagedProcess {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, "w", 0o600);
  const child = spawn(program, ["--until-stdin-closes", name, ...args], {
    cwd: folder,
    env,
    // Nothing is ever written to the pipe: the system closes it when this process is gone.
    stdio: ["pipe", output, output],
    // A group of its own: Ctrl-C in a terminal reaches the whole group, and they must end in their order.
    detached: true,
  });
  closeSync(output);
  child.stdin?.on("error", () => undefined);

  let running = true;
  const ended = new Promise<ProcessEnd>((resolve) => {
    const end = (reason: string) => {
      running = false;
      resolve({ name, reason, tail: tailOf(log) });
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  });
  return {
    name,
    pid: child.pid,
    ended,
    stop: async (signal = "SIGTERM") => {
      if (!running) return;
      child.kill(signal);
      const kill = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** "kube-apiserver ended by itself (exit code 1); its log ends with:" and the lines. */
export function describeEnd({ name, reason, tail }: ProcessEnd): string {
  return `${name} ended by itself (${reason}); its log ends with:\n${tail}`;
}

function tailOf(log: string): string {
  try {
    return readFileSync(log, "utf8").trimEnd().split("\n").slice(-tailLines).join("\n");
  } catch {
    return "";
  }
}
