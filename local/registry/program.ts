import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type BuildOptions, buildGoProgram } from "../programs/go-program";

/** The module that pins the registry; its `go.mod` is the only place where the version is written. */
const moduleFolder = join(__dirname, "..", "..", "tools", "registry");

/**
 * The path of the registry's program, built with Go when this machine has not yet: half a minute, once. Whether there
 * is a Go to build it with is asked for the clusters, which take the same one.
 */
export function buildRegistry(options: BuildOptions = {}): Promise<string> {
  return buildGoProgram(
    {
      moduleFolder,
      packagePath: ".",
      binaryName: "registry",
      ldflags: "-s -w",
      // As for the clusters: the build is what is waited for.
      gcflags: "all=-N -l -dwarf=false",
    },
    options,
  );
}

/** The version that is built, without the leading `v`. */
export function pinnedRegistry(): string {
  const text = readFileSync(join(moduleFolder, "go.mod"), "utf8");
  const version = /distribution\/distribution\/v3 v(\d\S*)/.exec(text)?.[1];
  if (version === undefined) throw new Error("tools/registry/go.mod names no version of distribution");
  return version;
}
