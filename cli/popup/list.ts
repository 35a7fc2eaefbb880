import { CommandFailure } from "../failure";
import { print, printJson, table } from "../terminal";
import { fromNow, written } from "./lifetime";
import { nameOf } from "./name";
import type { Place } from "./place";
import { placeOf, type PopupOptions } from "./places";
import { isProved, type PopupRecord, recordOf, type Unproved } from "./record";

/** `platform popup list`: which pop-ups there are, whose, and until when. */
export async function list(checkout: string, options: PopupOptions): Promise<void> {
  const records = await recordsIn(placeOf(checkout, options));
  if (options.json) {
    printJson({
      popups: records.map((record) =>
        isProved(record)
          ? { ...record, made: written(record.made), expires: written(record.expires) }
          : record,
      ),
    });
    return;
  }
  if (records.length === 0) {
    print("there are no pop-ups");
    return;
  }
  const now = new Date();
  print(
    table(
      ["NAME", "OWNER", "RUNS", "EXPIRES", "STATE"],
      records.map((record) =>
        isProved(record)
          ? [
              nameOf(record.stack),
              record.owner,
              runs(record),
              fromNow(record.expires, now),
              stateOf(record, now),
            ]
          : [nameOf(record.stack), "?", "?", "?", record.problem],
      ),
    ),
  );
}

/** Every pop-up there is, with its record where that says for certain what it is. */
export async function recordsIn(place: Place): Promise<(PopupRecord | Unproved)[]> {
  const records: (PopupRecord | Unproved)[] = [];
  for (const stack of (await place.stacks()).sort()) {
    try {
      records.push(recordOf(stack, await place.tags(stack)));
    } catch (error) {
      // One that has gone meanwhile, or cannot be read, is nothing about the others.
      if (!(error instanceof CommandFailure)) throw error;
      if (!(await place.stacks()).includes(stack)) continue;
      records.push({ stack, problem: `its record cannot be read: ${error.message.split("\n")[0] ?? ""}` });
    }
  }
  return records;
}

function runs({ from, versions }: PopupRecord): string {
  return [from, ...Object.entries(versions).map(([service, version]) => `${service} ${version}`)].join(", ");
}

function stateOf({ phase, expires }: PopupRecord, now: Date): string {
  if (phase === "going") return "being removed";
  if (expires < now) return "expired";
  return phase === "up" ? "up" : "half made";
}
