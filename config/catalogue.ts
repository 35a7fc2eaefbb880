import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { explain, SettingsError, type Shape } from "./problems";
import { type ServiceEntry, serviceEntry, serviceName, serviceNameRule } from "./service";

/** Services by name. */
export type Catalogue = Readonly<Record<string, ServiceEntry>>;

/** Accounts and logins that an environment makes beside those of its services, and PostgreSQL's own databases. */
const takenNames: readonly string[] = [
  "nodes",
  "migrator",
  "main-migrator",
  "postgres",
  "template0",
  "template1",
  "cloudsqladmin",
];

/**
 * The catalogue in a folder: one `NAME.yaml` a service, in the order of their names.
 *
 * @throws SettingsError for the first file that cannot be used, with all its problems.
 */
export function readCatalogue(folder: string): Catalogue {
  const all = readdirSync(folder).sort();
  const files = all.filter((file) => file.endsWith(".yaml"));
  const strangers = all.filter((file) => file.endsWith(".yml"));
  if (strangers.length > 0) {
    throw new SettingsError("catalog/services", [
      `${strangers.join(", ")}: only NAME.yaml is read here; rename or remove it`,
    ]);
  }
  return Object.fromEntries(files.map((file) => [file.replace(/\.yaml$/, ""), readEntry(folder, file)]));
}

/** The services that call one, which has to let them in. */
export function callersOf(catalogue: Catalogue, name: string): string[] {
  return Object.keys(catalogue).filter((caller) => catalogue[caller]?.calls.includes(name));
}

function readEntry(folder: string, file: string): ServiceEntry {
  const place = `catalog/services/${file}`;
  if (!serviceName.safeParse(file.replace(/\.yaml$/, "")).success) {
    throw new SettingsError(place, [`${serviceNameRule}; rename the file`]);
  }
  if (takenNames.includes(file.replace(/\.yaml$/, ""))) {
    throw new SettingsError(place, [
      "every environment has an account or a database of this name; rename the file",
    ]);
  }
  let values: unknown;
  try {
    values = parse(readFileSync(join(folder, file), "utf8"));
  } catch (error) {
    throw new SettingsError(place, [`it is not YAML: ${(error as Error).message.split("\n")[0]}`]);
  }
  if (typeof values !== "object" || values === null) {
    throw new SettingsError(place, [
      `it must be a block with the keys ${Object.keys(serviceEntry.shape).join(", ")}`,
    ]);
  }
  const result = serviceEntry.safeParse(values);
  if (result.success) return result.data;
  const reading = {
    prefix: "",
    values: values as Record<string, unknown>,
    encrypted: new Set<string>(),
    shape: z.toJSONSchema(serviceEntry) as Shape,
  };
  throw new SettingsError(
    place,
    result.error.issues.flatMap((issue) => explain(issue, reading)),
  );
}
