import { spawn } from "node:child_process";
import { join } from "node:path";

import type { ControlPlane } from "./control-plane";

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** What the command reads from standard input, for example objects for `apply -f -`. @default "" */
  input?: string;
  /** Who runs it: the path of another kubeconfig. @default the admin's */
  kubeconfig?: string;
}

type Cluster = Pick<ControlPlane, "folder" | "programs" | "adminKubeconfig">;

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
  { input = "", kubeconfig = adminKubeconfig }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(program, args, { env: commandEnvironment(join(folder, "home"), kubeconfig) });
  const result: CommandResult = { exitCode: -1, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  // A command that fails early reads nothing of it.
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child
      .once("error", reject)
      .once("close", (code, signal) =>
        signal === null
          ? resolve({ ...result, exitCode: code ?? -1 })
          : reject(new Error(`${args.slice(0, 2).join(" ")} was ended by ${signal}`)),
      );
  });
}

function commandEnvironment(home: string, kubeconfig: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    KUBECONFIG: kubeconfig,
    KUBERC: "off",
    HELM_CACHE_HOME: join(home, "helm", "cache"),
    HELM_CONFIG_HOME: join(home, "helm", "config"),
    HELM_DATA_HOME: join(home, "helm", "data"),
  };
}
