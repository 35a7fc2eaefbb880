import { spawn } from "node:child_process";
import { constants } from "node:os";
import { pathToFileURL } from "node:url";

import { passedOn } from "./language-host";

/** One stack of one program, and where the engine finds everything that belongs to it. */
export interface Workspace {
  /** The `pulumi` command, as `findEngine` gives it. */
  engine: string;
  /** Holds the copies of `Pulumi.yaml` and `Pulumi.STACK.yaml` that the engine reads and writes. */
  folder: string;
  /** Holds the program that is run. */
  programFolder: string;
  stack: string;
  /** Holds the state, as the `file://` backend lays it out. */
  backendFolder: string;
  passphrase: string;
  /** Port of the server that stands in for each provider plugin. */
  providers: Record<string, number>;
  /** The engine's own folder, its `PULUMI_HOME`. */
  home: string;
  /**
   * Variables that real plugins need, for example to find and trust a cluster.
   * @default none
   */
  pluginEnvironment?: Readonly<Record<string, string>>;
}

export interface CommandOptions {
  /** Variables on top of the engine's own. */
  env?: Record<string, string>;
  onOutput?: (text: string) => void;
  /** Gets the number of the engine's process as soon as there is one. */
  onStarted?: (pid: number) => void;
  /** Asks the engine to finish what it is doing and stop. */
  signal?: AbortSignal;
  /** How long the engine may take to stop before it is killed. @default 120 */
  graceSeconds?: number;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Both streams in the order in which they arrived. */
  output: string;
  interrupted: boolean;
}

/** Runs one `pulumi` command on the workspace's stack. */
export function runCommand(
  workspace: Workspace,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(workspace.engine, [...args, "--non-interactive", "--color", "never"], {
    cwd: workspace.folder,
    env: { ...engineEnvironment(workspace), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and a second SIGINT makes the engine
    // give up at once and leave pending operations behind.
    detached: true,
  });
  if (child.pid !== undefined) options.onStarted?.(child.pid);
  const result: CommandResult = { exitCode: -1, stdout: "", stderr: "", output: "", interrupted: false };
  const keep = (stream: "stdout" | "stderr") => (text: string) => {
    result[stream] += text;
    result.output += text;
    options.onOutput?.(text);
  };
  child.stdout.setEncoding("utf8").on("data", keep("stdout"));
  child.stderr.setEncoding("utf8").on("data", keep("stderr"));

  let killTimer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    if (result.interrupted) return;
    result.interrupted = true;
    child.kill("SIGINT");
    killTimer = setTimeout(() => child.kill("SIGKILL"), (options.graceSeconds ?? 120) * 1000);
  };
  const leave = () => child.kill("SIGINT");
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", interrupt).on("exit", leave);
  options.signal?.addEventListener("abort", interrupt);
  if (options.signal?.aborted) interrupt();

  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ ...result, exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
  return ended.finally(() => {
    clearTimeout(killTimer);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("SIGHUP", interrupt).off("exit", leave);
    options.signal?.removeEventListener("abort", interrupt);
  });
}

/** The same as `runCommand`, for commands whose failure means that something is broken. */
export async function runOrThrow(
  workspace: Workspace,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(workspace, args, options);
  if (result.exitCode !== 0) {
    throw new Error(
      `pulumi ${args.slice(0, 2).join(" ")} of ${workspace.stack} failed with exit code ${result.exitCode}:\n${result.output.trim()}`,
    );
  }
  return result;
}

function engineEnvironment(workspace: Workspace): Record<string, string> {
  return {
    // USER: the engine writes it into its lock files and fails where the user id has no name.
    ...passedOn(["PATH", "HOME", "TMPDIR", "USER"]),
    PULUMI_HOME: workspace.home,
    PULUMI_BACKEND_URL: backendUrl(workspace.backendFolder),
    PULUMI_CONFIG_PASSPHRASE: workspace.passphrase,
    PULUMI_DEBUG_PROVIDERS: Object.entries(workspace.providers)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    // Without this the engine has no `--event-log`.
    PULUMI_DEBUG_COMMANDS: "true",
    // Everything that would leave this machine.
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_NEO: "false",
    // Plugins of the user's own installation must not be mixed in.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    ...workspace.pluginEnvironment,
  };
}

/** The backend keeps a file of metadata beside each state and does not write it whole or not at all: none is safer. */
function backendUrl(folder: string): string {
  return `${pathToFileURL(folder).href}?metadata=skip`;
}
