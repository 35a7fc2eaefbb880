import { join } from "node:path";

import { type Catalogue, catalogueFolder, readCatalogue } from "../../config/catalogue";
import { nearest } from "../../config/nearest";
import type { ReleaseEntry } from "../../config/releases";
import { compareVersions } from "../../config/version";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import { withRelease } from "./edit";
import { readReleasesFile, type ReleasesFile, replaceFile, stackProblem } from "./files";
import { committedRelease, isShallow, needHistory, whenItHad } from "./history";

/** What is said of every command that changes a release. */
export interface ChangeOptions {
  /** Who does it. */
  readonly by?: string;
  readonly json: boolean;
}

/** One line that has changed, or has not because it says so already. */
export interface Change {
  readonly service: string;
  readonly stack: string;
  readonly file: string;
  /** The version until now, or null where the service did not run. */
  readonly from: string | null;
  /** The version from now on, or null where the service runs no more. */
  readonly to: string | null;
  readonly changed: boolean;
}

/** A service and the file of a stack that is to say another version of it. */
export interface Target {
  readonly checkout: string;
  readonly service: string;
  readonly catalogue: Catalogue;
  readonly file: ReleasesFile;
}

/** Where a version ran before it may run here. */
const ranBefore: Readonly<Record<string, string>> = { production: "staging" };

/**
 * The line that a command is about; every wrong word of the command is told at once.
 *
 * @throws CommandFailure for a word that is wrong, SettingsError for a file that is.
 */
export function targetOf(
  checkout: string,
  service: string,
  option: string,
  stack: string,
  otherProblems: readonly (string | undefined)[] = [],
): Target {
  const catalogue = readCatalogue(join(checkout, catalogueFolder));
  const problems = [
    serviceProblem(catalogue, service),
    stackProblem(checkout, option, stack),
    ...otherProblems,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new CommandFailure(problems.join("\n"), exitCodes.wrong);
  return { checkout, service, catalogue, file: readReleasesFile(checkout, stack, catalogue) };
}

/** Puts a release into its line, or finds it there. */
export function put({ service, file }: Target, entry: ReleaseEntry): Change {
  const present = file.releases[service]?.version;
  const change = { service, stack: file.stack, file: file.file, from: present ?? null, to: entry.version };
  if (present === entry.version) return { ...change, changed: false };
  replaceFile(file.path, withRelease(file.text, service, entry, file.file));
  return { ...change, changed: true };
}

/**
 * Refuses a version that a stack should not get.
 *
 * @throws CommandFailure
 */
export async function refuseVersion(
  target: Target,
  version: string,
  { downgrade }: { readonly downgrade: boolean },
): Promise<void> {
  const { checkout, service, catalogue, file } = target;
  const { stack } = file;
  const present = file.releases[service]?.version;
  if (present === version) return;
  if (present === undefined && catalogue[service]?.retired === true) {
    throw new CommandFailure(
      `${service} is retired and does not run in ${stack}; a service on its way out gets no first version there. ` +
        `Where it stays, take \`retired\` out of ${catalogueFolder}/${service}.yaml`,
      exitCodes.refused,
    );
  }
  if (present !== undefined && compareVersions(version, present) < 0 && !downgrade) {
    throw new CommandFailure(
      `${stack} runs ${service} ${present}, and ${version} is older; where that is meant, say --downgrade, ` +
        `or go back to what ran before: ./platform release rollback ${service} --stack ${stack}`,
      exitCodes.refused,
    );
  }
  const before = ranBefore[stack];
  if (before !== undefined) await refuseSkipped(checkout, service, version, before);
}

/** A version that an earlier environment never had would be tried by customers. */
async function refuseSkipped(
  checkout: string,
  service: string,
  version: string,
  stack: string,
): Promise<void> {
  const question = `what ${stack} ran`;
  await needHistory(checkout, question);
  if ((await whenItHad(checkout, stack, service, version)) !== undefined) return;
  const present = await committedRelease(checkout, stack, service);
  const known = present === undefined ? `${stack} runs no version of it` : `${stack} runs ${present.version}`;
  throw new CommandFailure(
    (await isShallow(checkout))
      ? `no commit that this clone has says that ${stack} ran ${service} ${version} (now ${known}), but the clone is shallow: ` +
          "fetch the rest with git fetch --unshallow, and say it again"
      : `${stack} never ran ${service} ${version}: no commit of this branch has it in catalog/releases/${stack}.yaml (now ${known}). ` +
          `Put it there first, commit it, and let it run: ./platform release set ${service} ${version} --stack ${stack} --build BUILD`,
    exitCodes.refused,
  );
}

/** Says what has changed, and what is to be done with it. */
export function report(change: Change, { json }: { readonly json: boolean }, remark = ""): void {
  if (json) printJson(change);
  else print(textOf(change, remark));
}

function textOf({ service, stack, file, from, to, changed }: Change, remark: string): string {
  if (!changed) return `${stack} has ${service} ${to} already; nothing to change`;
  return [
    `${service} in ${stack}: ${from ?? "—"} → ${to ?? "—"}${remark}`,
    `${file} is changed and not committed: commit that line, and the next \`up\` of ${stack} makes it so.`,
  ].join("\n");
}

/** Why a word names no service, or undefined where it does. */
export function serviceProblem(catalogue: Catalogue, service: string): string | undefined {
  if (Object.hasOwn(catalogue, service)) return undefined;
  const meant = nearest(service, Object.keys(catalogue));
  return (
    `${JSON.stringify(service)} is no service of ${catalogueFolder}; ${meant ? `did you mean ${meant}? ` : ""}` +
    `allowed: ${Object.keys(catalogue).join(", ")}`
  );
}
