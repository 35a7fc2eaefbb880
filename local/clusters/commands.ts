import { spawn } from "node:child_process";
import { join } from "node:path";

import type { ControlPlane } from "./control-plane";
import { leashed } from "./leash";

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Why it did not end by itself; absent when it did. */
  stopped?: "told" | "late";
}

export interface CommandOptions {
  /** What the command reads from standard input, for example objects for `apply -f -`. @default "" */
  input?: string;
  /** Who runs it: the path of another kubeconfig. @default the admin's */
  kubeconfig?: string;
  /** Tells the command to end: it may tidy up for ten seconds, then it is killed. */
  signal?: AbortSignal;
  /** Seconds after which the command is told to end. @default never */
  timeoutSeconds?: number;
  /** Beside what every command gets. */
  env?: Readonly<Record<string, string>>;
}

type Cluster = Pick<ControlPlane, "folder" | "programs" | "adminKubeconfig">;

const graceMilliseconds = 10_000;

/** Runs the real kubectl on a cluster; the user's own settings and caches stay out of it. */
export function kubectl(cluster: Cluster, args: readonly string[], options: CommandOptions = {}) {
  return run(cluster, cluster.programs.kubernetes, ["kubectl", ...args], options);
}

/** Runs the real Helm on a cluster; the user's own settings, caches and plugins stay out of it. */
export function helm(cluster: Cluster, args: readonly string[], options: CommandOptions = {}) {
  return run(cluster, cluster.programs.helm, args, options);
}

function run(
  { folder, adminKubeconfig }: Cluster,
  program: string,
  args: readonly string[],
  { input = "", kubeconfig = adminKubeconfig, signal, timeoutSeconds, env }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const { command, stdio } = leashed(program, args);
  const child = spawn(command[0], command.slice(1), {
    env: { ...commandEnvironment(join(folder, "home"), kubeconfig), ...env },
    stdio,
    // A group of its own, so that the program is reached beside its leash.
    detached: true,
  });
  const result: CommandResult = { exitCode: -1, stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  // A command that fails early reads nothing of it.
  child.stdin?.on("error", () => undefined).end(input);

  const timers: NodeJS.Timeout[] = [];
  const stop = (why: "told" | "late") => {
    result.stopped ??= why;
    endGroup(child.pid, "SIGTERM");
    timers.push(setTimeout(() => endGroup(child.pid, "SIGKILL"), graceMilliseconds));
  };
  const told = () => stop("told");
  signal?.addEventListener("abort", told, { once: true });
  if (timeoutSeconds !== undefined) timers.push(setTimeout(() => stop("late"), timeoutSeconds * 1000));

  return new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject).once("close", (code, killed) => {
      const end = endOf(code, killed);
      if (typeof end === "number" || result.stopped) {
        resolve({ ...result, exitCode: typeof end === "number" ? end : -1 });
      } else reject(new Error(`${args.slice(0, 2).join(" ")} was ended by ${end}`));
    });
  }).finally(() => {
    signal?.removeEventListener("abort", told);
    for (const timer of timers) clearTimeout(timer);
  });
}

/** An exit code, or the signal that ended it; a shell tells of the signal by a code above 128. */
function endOf(code: number | null, signal: NodeJS.Signals | null): number | string {
  if (signal !== null) return signal;
  if (code !== null && code > 128) return `signal ${code - 128}`;
  return code ?? -1;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

function commandEnvironment(home: string, kubeconfig: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    KUBECONFIG: kubeconfig,
    KUBERC: "off",
    // Also for those who need the home of the user.
    KUBECACHEDIR: join(home, ".kube", "cache"),
    HELM_CACHE_HOME: join(home, "helm", "cache"),
    HELM_CONFIG_HOME: join(home, "helm", "config"),
    HELM_DATA_HOME: join(home, "helm", "data"),
  };
}
