import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { buildGoProgram, type GoProgram, goVersion } from "../programs/go-program";
import { compareVersions, versionNumbers } from "../programs/versions";

type Environment = Record<string, string | undefined>;

/** The Pulumi command that is used on this machine, and where it comes from. */
export interface Engine {
  command: string;
  version: string;
  origin: "path" | "built";
  /** What was found on PATH and not used, for example "pulumi 3.100.0 on PATH is older than 3.259.0". */
  passedOver?: string;
}

export interface FindEngineOptions {
  onProgress?: (message: string) => void;
  /** @default process.env */
  env?: Environment;
  signal?: AbortSignal;
}

/** No usable `pulumi` on this machine, and no Go to build one with; the message says what to install. */
export class EngineNotFound extends Error {
  public override readonly name = "EngineNotFound";
}

/** The module that pins the engine; its `go.mod` is the only place where the version is written. */
const ENGINE_MODULE = join(__dirname, "..", "..", "tools", "engine");

/** The real Pulumi engine: the one on PATH when it is recent enough, else one built with Go. */
export async function findEngine(options: FindEngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const pinned = pinnedVersions();
  const minimum = minimumVersion(pinned.engine);

  const onPath = commandOnPath("pulumi", env);
  const installed = onPath === undefined ? undefined : await versionOf(onPath, env);
  const objection = objectionTo(installed, minimum);
  if (onPath !== undefined && installed !== undefined && objection === undefined) {
    return { command: onPath, version: installed, origin: "path" };
  }

  const go = await goVersion(env);
  if (go === undefined || compareVersions(go, pinned.go) < 0) {
    throw new EngineNotFound(
      [
        `looked for pulumi ${minimum} or newer on PATH, and for Go ${pinned.go} or newer to build it with`,
        `found: ${objection}, ${go === undefined ? "no Go on PATH" : `Go ${go} is older than ${pinned.go}`}`,
        `install pulumi ${minimum} or newer, or Go ${pinned.go} or newer`,
      ].join("\n"),
    );
  }
  options.onProgress?.(`${objection}; using pulumi ${pinned.engine}, built with Go ${go}`);
  const command = await buildGoProgram(engineProgram(pinned.engine), options);
  return {
    command,
    version: pinned.engine,
    origin: "built",
    ...(installed === undefined ? {} : { passedOver: objection ?? "" }),
  };
}

/** The oldest engine that is used: the minor version that the tests run with, since nothing else was tried. */
export function minimumVersion(pinned: string): string {
  const [major = 0, minor = 0] = versionNumbers(pinned);
  return `${major}.${minor}.0`;
}

function pinnedVersions(): { engine: string; go: string } {
  const text = readFileSync(join(ENGINE_MODULE, "go.mod"), "utf8");
  const engine = /^\s*(?:require\s+)?github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/m.exec(text)?.[1];
  const go = /^go (\S+)/m.exec(text)?.[1];
  if (engine === undefined || go === undefined)
    throw new Error("tools/engine/go.mod names no version of github.com/pulumi/pulumi/pkg/v3 or of Go");
  return { engine, go };
}

function engineProgram(version: string): GoProgram {
  return {
    moduleFolder: ENGINE_MODULE,
    packagePath: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    binaryName: "pulumi",
    // Without the version the SDK takes the engine for a development build and refuses it.
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`,
  };
}

function commandOnPath(name: string, env: Environment): string | undefined {
  const candidates = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  return candidates.find((file) => existsSync(file));
}

async function versionOf(command: string, env: Environment): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

function objectionTo(installed: string | undefined, minimum: string): string | undefined {
  if (installed === undefined) return "no pulumi on PATH";
  if (compareVersions(installed, minimum) < 0) return `pulumi ${installed} on PATH is older than ${minimum}`;
  // A new major version may speak another protocol.
  if (versionNumbers(installed)[0] !== versionNumbers(minimum)[0])
    return `pulumi ${installed} on PATH is of another major version than ${minimum}`;
  return undefined;
}
