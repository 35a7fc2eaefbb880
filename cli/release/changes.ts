import { join } from "node:path";

import { catalogueFolder, readCatalogue } from "../../config/catalogue";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, type Terminal } from "../terminal";
import { readReleasesFile, stackProblem } from "./files";
import { needHistory, versionsAt } from "./history";

export interface ChangesOptions extends Terminal {
  readonly stack: string;
  /** Commit to compare with. */
  readonly since: string;
}

/** A service that has another version than it had. */
export interface ServiceChange {
  readonly service: string;
  /** Null where it did not run. */
  readonly from: string | null;
  /** Null where it runs no more. */
  readonly to: string | null;
}

/** `platform release changes`: which services have another version in an environment's file than in an older commit. */
export async function changes(checkout: string, { stack, since, json }: ChangesOptions): Promise<void> {
  const problem = stackProblem(checkout, "--stack", stack);
  if (problem !== undefined) throw new CommandFailure(problem, exitCodes.wrong);
  const file = readReleasesFile(checkout, stack, readCatalogue(join(checkout, catalogueFolder)));
  await needHistory(checkout, `what ${stack} had`);
  const found = changesBetween(
    await versionsAt(checkout, stack, since),
    Object.fromEntries(Object.entries(file.releases).map(([service, { version }]) => [service, version])),
  );
  if (json) printJson({ stack, since, changes: found });
  else print(textOf(stack, found));
}

/** In the order of the newer file, then what is gone. */
export function changesBetween(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): ServiceChange[] {
  return [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .map((service) => ({ service, from: before[service] ?? null, to: now[service] ?? null }))
    .filter(({ from, to }) => from !== to);
}

function textOf(stack: string, found: readonly ServiceChange[]): string {
  if (found.length === 0) return `${stack} has every service as it had`;
  return found.map(({ service, from, to }) => `${service}: ${from ?? "—"} → ${to ?? "—"}`).join("\n");
}
