import { accessTokens } from "../google/access-token";
import { endpointOf } from "../google/endpoint";
import { print, printJson, type Terminal } from "../terminal";
import { Deadline } from "./deadline";
import { removeLeftovers } from "./removal";
import { deleteMinutes, journalFor } from "./restore";
import { sourceOf } from "./source";
import { SqlAdmin } from "./sql-admin";

export interface CleanOptions extends Terminal {
  readonly instance?: string;
  /** Hours. */
  readonly olderThan: number;
  /** Seconds. */
  readonly poll: number;
}

/** `platform rehearse clean`: deletes what rehearsals that were killed left in a stack's project. */
export async function clean(checkout: string, stack: string, options: CleanOptions): Promise<void> {
  const { project } = sourceOf(checkout, stack, options.instance);
  const connection = { endpoint: endpointOf("sql"), token: accessTokens(), poll: options.poll };
  await connection.token();
  const admin = new SqlAdmin(connection, project, stack);
  const deadline = new Deadline(deleteMinutes);
  const deleted = await removeLeftovers(admin, options.olderThan, deadline, journalFor(options));
  if (options.json) printJson({ stack, project, deleted });
  else if (deleted.length === 0) print(`no rehearsal of ${stack} left anything in project ${project}`);
}
