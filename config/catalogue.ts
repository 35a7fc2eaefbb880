import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { explain, SettingsError, type Shape } from "./problems";

/** What one microservice needs from an environment. */
export const serviceEntry = z.strictObject({
  owner: z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "a team's name: lower case letters, digits and dashes")
    .describe("Team that answers for the service."),
  stores: z.array(z.enum(["postgres"])).describe("Data stores it owns; each service has its own database."),
  retired: z
    .boolean()
    .default(false)
    .describe(
      "First step of removing a service: its data loses its protection. The second is removing this file.",
    ),
});

export type ServiceEntry = z.infer<typeof serviceEntry>;

/** Services by name. */
export type Catalogue = Readonly<Record<string, ServiceEntry>>;

/** A service's name becomes part of account ids and host names, which leave it this much room. */
const serviceName = /^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

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

function readEntry(folder: string, file: string): ServiceEntry {
  const place = `catalog/services/${file}`;
  if (!serviceName.test(file.replace(/\.yaml$/, ""))) {
    throw new SettingsError(place, [
      "a service's name is 1-20 lower case letters, digits and single dashes, starting with a letter; rename the file",
    ]);
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
