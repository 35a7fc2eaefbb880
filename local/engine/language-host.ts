import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
  type LanguageHandshakeRequest,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { parse } from "yaml";

export interface LanguageHostArgs {
  /** Folder of the Pulumi program; its own SDK runs it, whatever folder the engine works in. */
  programFolder: string;
  /** Arguments of `node` before the program, after those of `Pulumi.yaml`. */
  nodeArgs?: string[];
  /** Variables of the program on top of the few that every program gets. */
  env?: Record<string, string>;
  /** Gets everything the program writes to its standard output and error. */
  onOutput?: (text: string, stream: "stdout" | "stderr") => void;
}

export interface LanguageHost {
  /** For the engine's `--client`. */
  address: string;
  /** Ends the programs that still run, and the server. */
  close(): Promise<void>;
}

/** The settings of `runtime.options` in `Pulumi.yaml`; the engine does not pass them on to a `--client`. */
interface RuntimeOptions {
  typescript?: boolean;
  tsconfig?: string;
  nodeargs?: string;
}

// The SDK's exit code for "the user has been told why"; the engine must add nothing to it.
// https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
const ALREADY_REPORTED = 32;
const KILL_AFTER_MS = 5_000;

/** Runs the program when the engine asks for it, as Pulumi's own language host for Node.js would. */
export async function startLanguageHost(args: LanguageHostArgs): Promise<LanguageHost> {
  const programs = new Set<RunningProgram>();
  let engineAddress = "";

  const implementation = {
    handshake: (
      call: grpc.ServerUnaryCall<LanguageHandshakeRequest, unknown>,
      reply: grpc.sendUnaryData<LanguageHandshakeResponse>,
    ) => {
      engineAddress = call.request.getEngineAddress();
      reply(null, new LanguageHandshakeResponse());
    },
    // Empty lists: the providers are attached, so there is no plugin to install.
    getRequiredPackages: (_: unknown, reply: grpc.sendUnaryData<GetRequiredPackagesResponse>) =>
      reply(null, new GetRequiredPackagesResponse()),
    getRequiredPlugins: (_: unknown, reply: grpc.sendUnaryData<GetRequiredPluginsResponse>) =>
      reply(null, new GetRequiredPluginsResponse()),
    getPluginInfo: (_: unknown, reply: grpc.sendUnaryData<PluginInfo>) =>
      reply(null, new PluginInfo().setVersion("1.0.0")),
    cancel: (_: unknown, reply: grpc.sendUnaryData<unknown>) => {
      for (const program of programs) program.stop();
      reply(null, LanguageRuntimeService.cancel.responseDeserialize(Buffer.alloc(0)));
    },
    run: (call: grpc.ServerUnaryCall<RunRequest, RunResponse>, reply: grpc.sendUnaryData<RunResponse>) => {
      let program: RunningProgram;
      try {
        program = startProgram(args, call.request, engineAddress);
      } catch (error) {
        reply(null, new RunResponse().setError(error instanceof Error ? error.message : String(error)));
        return;
      }
      programs.add(program);
      // Also when the engine was killed: its connection breaks and the call counts as cancelled.
      call.on("cancelled", () => program.stop());
      void program.ended.then((response) => {
        programs.delete(program);
        reply(null, response);
      });
    },
  };

  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(LanguageRuntimeService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const killAll = () => {
    for (const program of programs) program.kill();
  };
  process.on("exit", killAll);

  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      for (const program of programs) program.stop();
      await Promise.all([...programs].map((program) => program.ended));
      process.off("exit", killAll);
      server.forceShutdown();
    },
  };
}

interface RunningProgram {
  ended: Promise<RunResponse>;
  stop(): void;
  kill(): void;
}

function startProgram(args: LanguageHostArgs, request: RunRequest, engineAddress: string): RunningProgram {
  const options = runtimeOptions(args.programFolder);
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeargs?.split(/\s+/).filter((word) => word !== "") ?? []),
      ...(args.nodeArgs ?? []),
      runnerOf(args.programFolder),
      ...programArguments(args.programFolder, request, engineAddress),
    ],
    {
      cwd: args.programFolder,
      env: { ...programEnvironment(request, options), ...args.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child.stdout.setEncoding("utf8").on("data", (text: string) => args.onOutput?.(text, "stdout"));
  child.stderr.setEncoding("utf8").on("data", (text: string) => args.onOutput?.(text, "stderr"));

  let killTimer: NodeJS.Timeout | undefined;
  const ended = endOf(child).finally(() => clearTimeout(killTimer));
  return {
    ended,
    kill: () => void child.kill("SIGKILL"),
    stop: () => {
      child.kill("SIGINT");
      killTimer ??= setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    },
  };
}

function endOf(child: ChildProcess): Promise<RunResponse> {
  return new Promise((resolve) => {
    const response = new RunResponse();
    child.once("error", (error) => resolve(response.setError(`could not run the program: ${error.message}`)));
    // "close" and not "exit": only then has all output been read.
    child.once("close", (code, signal) => {
      if (code === ALREADY_REPORTED) resolve(response.setBail(true));
      else if (code === 0) resolve(response);
      else if (code === null) resolve(response.setError(`the program was ended by ${signal ?? "a signal"}`));
      else resolve(response.setError(`Program exited with non-zero exit code: ${code}`));
    });
  });
}

function runnerOf(programFolder: string): string {
  try {
    return createRequire(join(programFolder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(`the Pulumi SDK is not installed in ${programFolder}; run npm ci there`);
  }
}

function programArguments(programFolder: string, request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  // `main` of Pulumi.yaml may name a folder below the project's.
  const below = info === undefined ? "" : relative(info.getRootDirectory(), info.getProgramDirectory());
  const flag = (name: string, value: string) => (value === "" ? [] : [`--${name}`, value]);
  return [
    ...flag("monitor", request.getMonitorAddress()),
    ...flag("engine", request.getArgsList()[0] ?? engineAddress),
    ...flag("organization", request.getOrganization()),
    ...flag("project", request.getProject()),
    ...flag("root-directory", programFolder),
    ...flag("stack", request.getStack()),
    ...flag("pwd", join(programFolder, below)),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...flag("parallel", String(request.getParallel())),
    info?.getEntryPoint() || ".",
  ];
}

function programEnvironment(request: RunRequest, options: RuntimeOptions): Record<string, string> {
  return {
    ...passedOn(["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL"]),
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(
        request
          .getConfigMap()
          .getEntryList()
          .map(([key, value]) => [oldConfigKey(key), value]),
      ),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

// The form that every version of the SDK reads; the real language host rewrites the keys the same way.
function oldConfigKey(key: string): string {
  const [namespace = "", ...rest] = key.split(":");
  return `${namespace}:config:${(rest[0] === "config" ? rest.slice(1) : rest).join(":")}`;
}

function runtimeOptions(programFolder: string): RuntimeOptions {
  const file = join(programFolder, "Pulumi.yaml");
  if (!existsSync(file)) return {};
  const project = parse(readFileSync(file, "utf8")) as {
    runtime?: string | { options?: RuntimeOptions };
  } | null;
  return typeof project?.runtime === "object" ? (project.runtime.options ?? {}) : {};
}

/** The named variables of this process, those that are set. */
export function passedOn(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
