import { randomBytes } from "node:crypto";

import { suffixBytes } from "../../config/names";
import { rehearsalName } from "../../config/rehearsal";
import { CommandFailure } from "../failure";
import type { BackupRun, Instance } from "./answers";
import { Deadline } from "./deadline";
import type { Journal } from "./journal";
import { leftOf, remove, removeLeftovers } from "./removal";
import type { SqlAdmin } from "./sql-admin";
import { temporaryInstance } from "./temporary-instance";

export interface Limits {
  /** How old the newest backup may be. */
  readonly backupHours: number;
  /** Minutes for making, restoring and comparing. */
  readonly restoreMinutes: number;
  /** Minutes for each deletion. */
  readonly deleteMinutes: number;
  /** How old what an earlier rehearsal left has to be before it is taken for left, and not for another one at work. */
  readonly leftoverHours: number;
}

/** What is known by the end, however it ended. */
export interface Rehearsal {
  source?: string;
  backup?: { id: string; endTime: string };
  /** What the backup was restored into. */
  temporary?: string;
  /** Databases of the source, and what the restored one has of them. */
  databases?: { expected: string[]; missing: string[] };
  /** What was left by earlier ones and is deleted now. */
  leftovers: string[];
  readonly problems: string[];
}

/**
 * Restores the newest backup of an instance into one made for that, compares, and takes it away again whatever
 * happened. What went wrong is in the result: more than one thing may.
 */
export async function rehearse(
  admin: SqlAdmin,
  find: () => Promise<string>,
  limits: Limits,
  journal: Journal,
  stop: AbortSignal,
): Promise<Rehearsal> {
  const rehearsal: Rehearsal = { leftovers: [], problems: [] };
  const attempt = async (step: () => Promise<void>) => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      // Where Google does not answer, it is the same one each time.
      if (!rehearsal.problems.includes(error.message)) rehearsal.problems.push(error.message);
    }
  };
  await attempt(async () => {
    const deadline = new Deadline(limits.deleteMinutes);
    rehearsal.leftovers = await removeLeftovers(admin, limits.leftoverHours, deadline, journal);
  });
  const name = rehearsalName(admin.stack, randomBytes(suffixBytes).toString("hex"));
  try {
    await attempt(() => restore(admin, name, find, limits, journal, stop, rehearsal));
  } finally {
    if (rehearsal.temporary !== undefined) {
      await attempt(() => remove(admin, name, new Deadline(limits.deleteMinutes), journal));
    }
  }
  await attempt(() => proveNothingIsLeft(admin, name, journal));
  return rehearsal;
}

async function restore(
  admin: SqlAdmin,
  name: string,
  find: () => Promise<string>,
  limits: Limits,
  journal: Journal,
  stop: AbortSignal,
  rehearsal: Rehearsal,
): Promise<void> {
  const deadline = new Deadline(limits.restoreMinutes, stop);
  const instance = await find();
  rehearsal.source = instance;
  const source = await admin.instance(instance);
  const backup = await freshBackup(admin, instance, limits.backupHours);
  rehearsal.backup = backup;
  journal.add(`the newest backup of ${instance} is ${backup.id}, ended ${backup.endTime}`);
  // Before the restore, which takes long: what is made meanwhile is in no backup.
  const expected = await namesOf(admin, instance);

  deadline.check("nothing was made");
  // From here on there may be one, also when the answer gets lost.
  rehearsal.temporary = name;
  await make(admin, name, source, limits, deadline, journal);
  const restoring = `restoring backup ${backup.id} into ${name}`;
  deadline.check(restoring);
  await admin.wait(await admin.restore(name, { instance, backup: backup.id }), restoring, deadline);
  journal.add(`restored backup ${backup.id} into ${name}`);

  const restored = await namesOf(admin, name);
  const missing = expected.filter((database) => !restored.includes(database));
  rehearsal.databases = { expected, missing };
  if (missing.length > 0) {
    throw new CommandFailure(
      `backup ${backup.id} of ${instance} was restored without ${missing.join(", ")}; was it made after ${backup.endTime}?`,
    );
  }
  journal.add(`${name} has every database of ${instance}: ${expected.join(", ")}`);
}

async function make(
  admin: SqlAdmin,
  name: string,
  source: Instance,
  { restoreMinutes, deleteMinutes }: Limits,
  deadline: Deadline,
  journal: Journal,
): Promise<void> {
  const expires = new Date(Date.now() + (restoreMinutes + deleteMinutes) * 60_000);
  const { tier, dataDiskSizeGb } = source.settings;
  await admin.wait(await admin.insert(temporaryInstance(name, source, expires)), `making ${name}`, deadline);
  journal.add(`made ${name}: ${source.databaseVersion}, ${tier}, ${dataDiskSizeGb} GB`);
}

async function freshBackup(
  admin: SqlAdmin,
  instance: string,
  hours: number,
): Promise<{ id: string; endTime: string }> {
  const look = `look why: gcloud sql backups list --instance ${instance} --project ${admin.project}`;
  const { id, endTime } = (await admin.newestBackup(instance)) ?? ({} as Partial<BackupRun>);
  if (id === undefined || endTime === undefined) {
    throw new CommandFailure(`${instance} has no backup that succeeded; ${look}`);
  }
  const age = (Date.now() - Date.parse(endTime)) / 3_600_000;
  if (age > hours) {
    throw new CommandFailure(
      `the newest backup of ${instance} that succeeded, ${id}, ended ${endTime}, ${Math.floor(age)} hours ago; ${hours} are allowed (--max-age); ${look}`,
    );
  }
  return { id, endTime };
}

async function namesOf(admin: SqlAdmin, instance: string): Promise<string[]> {
  return (await admin.databases(instance)).map(({ name }) => name).sort();
}

async function proveNothingIsLeft(admin: SqlAdmin, own: string, journal: Journal): Promise<void> {
  // Of our own the removal has said it, with what to do.
  const left = (await leftOf(admin)).filter(({ name }) => name !== own);
  if (left.length > 0) {
    const named = left.map(({ name, createTime }) => `${name} (made ${createTime ?? "nobody knows when"})`);
    throw new CommandFailure(
      `rehearsals of ${admin.stack} left ${named.join(", ")} in project ${admin.project}; when no other is at work: ./platform rehearse clean ${admin.stack} --older-than 0`,
    );
  }
  journal.add(`no instance of a rehearsal of ${admin.stack} is left in project ${admin.project}`);
}
