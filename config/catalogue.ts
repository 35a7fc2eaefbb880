import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { catalogueProblems } from "./catalogue-rules";
import { explain, SettingsError, type Shape } from "./problems";
import { type ServiceEntry, serviceEntry, serviceNameProblem } from "./service";

/** Services by name. */
export type Catalogue = Readonly<Record<string, ServiceEntry>>;

/** Where the catalogue is in a checkout. */
export const catalogueFolder = "catalog/services";

/**
 * The catalogue in a folder: one `NAME.yaml` a service, in the order of their names.
 *
 * @throws SettingsError with everything that is wrong in any of its files, and between them.
 */
export function readCatalogue(folder: string): Catalogue {
  const all = readdirSync(folder).sort();
  const strangers = all.filter((file) => file.endsWith(".yml"));
  const read = all
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({ name: file.replace(/\.yaml$/, ""), ...readEntry(folder, file) }));
  const catalogue = Object.fromEntries(
    read.flatMap(({ name, entry }) => (entry === undefined ? [] : [[name, entry]])),
  );
  const found = [
    ...strangers.map((file) => ({
      file,
      problems: ["only NAME.yaml is read here; rename or remove it"],
    })),
    ...read.map(({ name, problems }) => ({ file: `${name}.yaml`, problems })),
    ...catalogueProblems(
      catalogue,
      read.map(({ name }) => name),
    ).map(({ service, problem }) => ({ file: `${service}.yaml`, problems: [problem] })),
  ].filter(({ problems }) => problems.length > 0);
  if (found.length > 0) throw refusal(found);
  return catalogue;
}

/** The services that call one, which has to let them in. */
export function callersOf(catalogue: Catalogue, name: string): string[] {
  return Object.keys(catalogue).filter((caller) => catalogue[caller]?.calls.includes(name));
}

interface Found {
  readonly file: string;
  readonly problems: readonly string[];
}

/** Names the file once where it is only one. */
function refusal(found: readonly Found[]): SettingsError {
  const files = new Set(found.map(({ file }) => file));
  const [only = ""] = files;
  return files.size === 1
    ? new SettingsError(
        `${catalogueFolder}/${only}`,
        found.flatMap(({ problems }) => problems),
      )
    : new SettingsError(
        catalogueFolder,
        found.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
      );
}

interface Read {
  /** Left out where the file cannot be used. */
  readonly entry?: ServiceEntry;
  readonly problems: readonly string[];
}

function readEntry(folder: string, file: string): Read {
  const wrongName = serviceNameProblem(file.replace(/\.yaml$/, ""));
  const misnamed = wrongName === undefined ? [] : [`${wrongName}; rename the file`];
  let values: unknown;
  try {
    values = parse(readFileSync(join(folder, file), "utf8"));
  } catch (error) {
    return {
      problems: [...misnamed, `it is not YAML: ${(error as Error).message.split("\n")[0]}`],
    };
  }
  if (typeof values !== "object" || values === null) {
    const keys = Object.keys(serviceEntry.shape).join(", ");
    return { problems: [...misnamed, `it must be a block with the keys ${keys}`] };
  }
  const result = serviceEntry.safeParse(values);
  if (result.success) return { entry: result.data, problems: misnamed };
  const reading = {
    prefix: "",
    values: values as Record<string, unknown>,
    encrypted: new Set<string>(),
    shape: z.toJSONSchema(serviceEntry) as Shape,
  };
  return { problems: [...misnamed, ...result.error.issues.flatMap((issue) => explain(issue, reading))] };
}
