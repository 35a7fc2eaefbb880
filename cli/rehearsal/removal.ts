import { isRehearsal } from "../../config/rehearsal";
import { CommandFailure } from "../failure";
import type { ListedInstance } from "./answers";
import type { Deadline } from "./deadline";
import type { Journal } from "./journal";
import { ApiRefusal, type SqlAdmin } from "./sql-admin";

/** What rehearsals of the stack have made and not taken away. */
export async function leftOf(admin: SqlAdmin): Promise<ListedInstance[]> {
  return (await admin.instances()).filter(({ name }) => isRehearsal(admin.stack, name));
}

/** Deletes what earlier rehearsals left, where it is older than a number of hours; gives the names. */
export async function removeLeftovers(
  admin: SqlAdmin,
  olderThanHours: number,
  deadline: Deadline,
  journal: Journal,
): Promise<string[]> {
  const oldest = Date.now() - olderThanHours * 3_600_000;
  const left = (await leftOf(admin)).filter(
    // Without a time it is of nobody's business but ours, and nobody knows how old.
    ({ createTime }) => createTime === undefined || Date.parse(createTime) <= oldest,
  );
  for (const { name, createTime = "nobody knows when" } of left) {
    journal.add(`${name} was left by an earlier rehearsal (made ${createTime})`);
    await remove(admin, name, deadline, journal);
  }
  return left.map(({ name }) => name);
}

/**
 * Deletes an instance, and looks whether it is gone: until the list says so, whatever the call for it was answered.
 * Google deletes nothing that another operation is at work on, so this waits for that one too.
 */
export async function remove(
  admin: SqlAdmin,
  name: string,
  deadline: Deadline,
  journal: Journal,
): Promise<void> {
  const what = `deleting ${name}`;
  const problems = new Set<string>();
  try {
    while ((await leftOf(admin)).some((left) => left.name === name)) {
      if (problems.size > 0) await admin.pause(deadline, what);
      deadline.check(what);
      try {
        await admin.wait(await admin.delete(name), what, deadline);
        journal.add(`deleted ${name}`);
        return await untilGone(admin, name, deadline);
      } catch (error) {
        if (isFinal(error)) throw error;
        problems.add((error as Error).message);
      }
    }
  } catch (error) {
    problems.add((error as Error).message);
    throw new CommandFailure(
      `${name} is still in project ${admin.project} and costs money, since ${[...problems].join("; ")}; look, and delete it: gcloud sql instances delete ${name} --project ${admin.project}`,
    );
  }
}

async function untilGone(admin: SqlAdmin, name: string, deadline: Deadline): Promise<void> {
  while ((await leftOf(admin)).some((left) => left.name === name)) {
    await admin.pause(deadline, `waiting for the list without ${name}`);
  }
}

/** What no second try would change: we may not, or we said it wrong. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiRefusal)) return !(error instanceof CommandFailure);
  return error.status < 500 && ![404, 409, 429].includes(error.status);
}
