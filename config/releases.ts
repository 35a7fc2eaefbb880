import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

import type { Catalogue } from "./catalogue";
import { nearest } from "./nearest";
import { explain, SettingsError, type Shape } from "./problems";

/**
 * A version in full, as semver.org has it but for build metadata: an OCI tag has no `+`.
 * https://semver.org
 */
export const exactVersion = z
  .string()
  .max(60, "at most 60 characters")
  .regex(
    /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?$/,
    "one exact version, for example 1.4.2 or 1.5.0-pr.57; no ranges and no v before it",
  );

/** Where the files of releases are in a checkout, one `STACK.yaml` each. */
export const releasesFolder = "catalog/releases";

/** Which version of a service runs, and where it came from. */
export const releaseEntry = z.strictObject({
  version: exactVersion.describe("Version of its chart, and with it of its image."),
  by: z.string().min(1).max(100).describe("Who put it here."),
  build: z.string().min(1).max(200).describe("What build made it, or why it was put here."),
});

export type ReleaseEntry = z.infer<typeof releaseEntry>;

/** The version that runs of each service; one that is not named does not run. */
export type Releases = Readonly<Record<string, ReleaseEntry>>;

/**
 * The versions that run in an environment, one line a service.
 *
 * @throws SettingsError with all its problems.
 */
export function readReleases(path: string, place: string, catalogue: Catalogue): Releases {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new SettingsError(place, ["it is not there; where nothing runs yet, it holds only {}"]);
  }
  return parseReleases(text, place, catalogue);
}

/** As `readReleases`, of a text. */
export function parseReleases(text: string, place: string, catalogue: Catalogue): Releases {
  let values: unknown;
  try {
    values = parse(text);
  } catch (error) {
    throw new SettingsError(place, [`it is not YAML: ${(error as Error).message.split("\n")[0]}`]);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new SettingsError(place, [
      "it must be a block with a line for each service; where nothing runs, {}",
    ]);
  }
  const strangers = Object.keys(values).filter((name) => !Object.hasOwn(catalogue, name));
  const result = releasesFile.safeParse(values);
  const reading = {
    prefix: "",
    values: values as Record<string, unknown>,
    encrypted: new Set<string>(),
    shape: z.toJSONSchema(releasesFile) as Shape,
  };
  const problems = [
    ...strangers.map((name) => stranger(name, catalogue)),
    ...(result.error?.issues ?? []).flatMap((issue) => explain(issue, reading)),
  ];
  if (problems.length > 0 || !result.success) throw new SettingsError(place, problems);
  return result.data;
}

/** A whole file. */
export const releasesFile = z.record(z.string(), releaseEntry);

function stranger(name: string, catalogue: Catalogue): string {
  const meant = nearest(name, Object.keys(catalogue));
  return (
    `${name} is no service of catalog/services; ${meant ? `did you mean ${meant}? ` : ""}` +
    `write catalog/services/${name}.yaml, or remove this line`
  );
}
