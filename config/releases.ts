import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import type { Catalogue } from "./catalogue";
import { nearest } from "./nearest";
import { explain, SettingsError, type Shape } from "./problems";
import type { ServicesSettings } from "./settings";
import { exactVersion } from "./version";

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
 * The versions that run by these settings: those of the file in `folder` that they name, and in place of some of them
 * those that the settings have themselves.
 *
 * @throws SettingsError with all problems of the file, or of the versions.
 */
export function releasesOf(
  { releases, versions = {} }: ServicesSettings,
  folder: string,
  catalogue: Catalogue,
): Releases {
  const file = `${releases}.yaml`;
  const committed = readReleases(join(folder, file), `${releasesFolder}/${file}`, catalogue);
  const strangers = Object.keys(versions).filter((name) => !Object.hasOwn(catalogue, name));
  if (strangers.length > 0) {
    throw new SettingsError(
      "platform:services.versions",
      strangers.map((name) => stranger(name, catalogue)),
    );
  }
  const own = Object.entries(versions).map(([name, version]) => [
    name,
    { version, by: "the settings", build: "platform:services.versions" },
  ]);
  return { ...committed, ...(Object.fromEntries(own) as Releases) };
}

/**
 * The versions of a file, one line a service.
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
