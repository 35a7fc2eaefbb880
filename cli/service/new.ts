import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { Document } from "yaml";

import { readCatalogue } from "../../config/catalogue";
import { serviceEntry, serviceNameProblem } from "../../config/service";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";

export interface NewOptions {
  readonly owner: string;
  readonly repository: string;
  readonly to?: string;
  readonly expose?: string;
  readonly json: boolean;
}

/** What stands in the template wherever the service's name belongs, and its team's. */
export const placeholders = { name: "example-service", owner: "example-team" };

/** Folders of the template that are made from its files; a clone that worked in it has them. */
const made = ["node_modules", "dist", "reports", "build"];

/** The stores that the template's code uses. */
const stores = ["postgres", "redis"];

/** `platform service new`: a repository that can be built at once, and its entry in the catalogue. */
export function newService(checkout: string, name: string, options: NewOptions): void {
  const services = join(checkout, "catalog", "services");
  const file = join(services, `${name}.yaml`);
  const problem = serviceNameProblem(name);
  if (problem !== undefined) throw wrong(`${JSON.stringify(name)}: ${problem}`);
  if (existsSync(file)) throw wrong(`catalog/services/${name}.yaml is there already; take another name`);
  const folder = resolve(options.to ?? join(dirname(checkout), name));
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw wrong(`${folder} is there already and not empty; move it away, or say --to FOLDER`);
  }
  if (`${folder}/`.startsWith(`${checkout}/`)) {
    throw wrong(`${folder} is inside this repository; a service has its own, say --to FOLDER`);
  }
  const entry = entryOf(name, options);

  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(join(dirname(folder), ".service-"));
  try {
    fill(join(checkout, "templates", "service"), draft, { name, owner: options.owner });
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  try {
    writeFileSync(file, entry, { flag: "wx" });
    // With its neighbours: what only shows beside them is refused before anybody builds on it.
    readCatalogue(services);
  } catch (error) {
    rmSync(file, { force: true });
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  tell(name, folder, options.json);
}

/** The catalogue's file for a service that uses what the template's code uses. */
function entryOf(name: string, { owner, repository, expose }: NewOptions): string {
  const [, host, path] = /^([^/]+)(\/.*)?$/.exec(expose ?? "") ?? [];
  const values = {
    owner,
    repository,
    stores,
    ...(host !== undefined && { exposes: { host, ...(path !== undefined && { path }) } }),
    environments: { popups: { replicas: { min: 1, max: 1 } } },
  };
  const checked = serviceEntry.safeParse(values);
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path: key, message }) => `--${optionOf(String(key[0]))} is wrong: ${message}`,
    );
    throw wrong(`${name} cannot be made:\n  - ${problems.join("\n  - ")}`);
  }
  const document = new Document(values);
  document.commentBefore = " yaml-language-server: $schema=../../schemas/service.schema.json";
  return document.toString({ lineWidth: 110 });
}

function optionOf(key: string): string {
  return key === "exposes" ? "expose" : key;
}

/** Copies the template with the service's and its team's names in their places. */
function fill(template: string, folder: string, { name, owner }: typeof placeholders): void {
  cpSync(template, folder, {
    recursive: true,
    filter: (source) => !made.includes(source.slice(template.length + 1).split("/")[0] ?? ""),
  });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    const named = text.replaceAll(placeholders.name, name).replaceAll(placeholders.owner, owner);
    if (named !== text) writeFileSync(path, named);
  }
}

function tell(name: string, folder: string, json: boolean): void {
  const entry = `catalog/services/${name}.yaml`;
  const place = relative(process.cwd(), folder) || ".";
  if (json) {
    printJson({ service: name, folder, entry });
    return;
  }
  print(
    [
      `${place}  the repository of ${name}: make it one with git init`,
      `${entry}  what ${name} needs from an environment`,
      "",
      "Next:",
      `  ./platform service check ${place}`,
      `  review ${entry}, and open a pull request with it`,
      `  push the repository; docs/onboarding.md goes on from there`,
    ].join("\n"),
  );
}

function wrong(message: string): CommandFailure {
  return new CommandFailure(message, exitCodes.wrong);
}
