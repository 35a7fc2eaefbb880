import { CommandFailure, Interrupted } from "../failure";
import { accessTokens } from "../google/access-token";
import { endpointOf } from "../google/endpoint";
import { print, printJson, type Terminal } from "../terminal";
import { Journal } from "./journal";
import { type Rehearsal, rehearse } from "./rehearse";
import { untilStopped } from "./signals";
import { findInstance, sourceOf } from "./source";
import { SqlAdmin } from "./sql-admin";

export interface RestoreOptions extends Terminal {
  readonly instance?: string;
  /** Hours. */
  readonly maxAge: number;
  /** Minutes. */
  readonly deadline: number;
  /** Seconds. */
  readonly poll: number;
}

/** Minutes for the deletion, which goes on when all else is over. */
export const deleteMinutes = 30;

/** Hours after which what a rehearsal made is left over, and of none that is still at work. */
export const leftoverHours = 24;

/** `platform rehearse restore`: proves that a stack's newest backup can be restored, and leaves nothing of the proof. */
export async function restore(checkout: string, stack: string, options: RestoreOptions): Promise<void> {
  const source = sourceOf(checkout, stack, options.instance);
  const connection = { endpoint: endpointOf("sql"), token: accessTokens(), poll: options.poll };
  await connection.token();
  const admin = new SqlAdmin(connection, source.project, stack);
  const journal = journalFor(options);
  const limits = {
    backupHours: options.maxAge,
    restoreMinutes: options.deadline,
    deleteMinutes,
    leftoverHours,
  };
  const { rehearsal, interrupted } = await untilStopped(async (stop) => {
    const find = () =>
      source.instance === undefined ? findInstance(admin) : Promise.resolve(source.instance);
    return { rehearsal: await rehearse(admin, find, limits, journal, stop), interrupted: stop.aborted };
  });
  const passed = rehearsal.problems.length === 0;
  if (options.json) {
    printJson({ stack, project: source.project, passed, ...rehearsal, journal: journal.entries });
  } else if (passed) {
    print(summaryOf(stack, rehearsal));
  }
  if (!passed) {
    const message = rehearsal.problems.join("\n");
    throw interrupted
      ? new Interrupted(message, undefined, options.json)
      : new CommandFailure(message, undefined, options.json);
  }
}

/** Progress goes where it is not in the way of a document. */
export function journalFor({ json }: Terminal): Journal {
  return new Journal((line) => {
    if (!json) process.stderr.write(`${line}\n`);
  });
}

function summaryOf(stack: string, { source, backup, databases }: Rehearsal): string {
  const count = databases?.expected.length ?? 0;
  return `${stack}: backup ${backup?.id} of ${source}, ended ${backup?.endTime}, can be restored (${count} databases); nothing of the rehearsal is left`;
}
