import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseSettings } from "../../config/parse";
import { rehearsalPrefix } from "../../config/rehearsal";
import { rawConfigOf, readStackFile } from "../../config/stack-file";
import { stackNameProblem } from "../../config/stacks";
import { CommandFailure, exitCodes } from "../failure";
import type { SqlAdmin } from "./sql-admin";

/** The instance whose backups are restored, as far as it is known without asking Google. */
export interface Source {
  readonly project: string;
  /** Left to be found by its label where nobody named it. */
  readonly instance?: string;
}

/**
 * Where a stack has its database: by `PROJECT:REGION:NAME`, or by the project in the stack's file. Pulumi's state would
 * say the name too, but who can read that can read all of an environment.
 */
export function sourceOf(checkout: string, stack: string, connectionName?: string): Source {
  const wrong = stackNameProblem(stack);
  if (wrong !== undefined) throw new CommandFailure(wrong, exitCodes.wrong);
  if (connectionName !== undefined) return named(connectionName);
  const file = `Pulumi.${stack}.yaml`;
  const settings = parseSettings(rawConfigOf(readStackFile(textOf(checkout, file), file), "placeholder"));
  if (settings.environment !== "delivery" || settings.database === undefined) {
    throw new CommandFailure(
      `${file}: ${stack} has no platform:database, so no backup of it is anywhere`,
      exitCodes.wrong,
    );
  }
  return { project: settings.project };
}

/** The one instance that a stack's program made, by the label that it gives to all it makes. */
export async function findInstance(admin: SqlAdmin): Promise<string> {
  const { project, stack } = admin;
  const found = (await admin.instances()).filter(
    ({ name, instanceType = "CLOUD_SQL_INSTANCE", settings }) =>
      instanceType === "CLOUD_SQL_INSTANCE" &&
      settings?.userLabels["environment"] === stack &&
      !name.startsWith(rehearsalPrefix),
  );
  const [one, ...others] = found.map(({ name }) => name);
  if (one !== undefined && others.length === 0) return one;
  const what = one === undefined ? "no instance" : `several instances (${[one, ...others].join(", ")})`;
  throw new CommandFailure(
    `project ${project} has ${what} with the label environment=${stack}; say which by --instance PROJECT:REGION:NAME`,
  );
}

function named(connectionName: string): Source {
  const [project, region, instance, ...more] = connectionName.split(":");
  if (!project || !region || !instance || more.length > 0 || /[^a-z0-9:-]/.test(connectionName)) {
    throw new CommandFailure(
      `--instance is ${JSON.stringify(connectionName)}; it has to be PROJECT:REGION:NAME, as the stack's output \`database\` says it`,
      exitCodes.wrong,
    );
  }
  return { project, instance };
}

function textOf(checkout: string, file: string): string {
  try {
    return readFileSync(join(checkout, file), "utf8");
  } catch {
    throw new CommandFailure(
      `there is no ${file}; say which instance by --instance PROJECT:REGION:NAME`,
      exitCodes.wrong,
    );
  }
}
