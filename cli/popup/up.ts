import { authorOf, textProblem } from "../release/author";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, progressOf, runTasks } from "../terminal";
import { after, fromNow, lifeOf, usualLife, written } from "./lifetime";
import { nameFor, nameOf, stackOf } from "./name";
import type { Place } from "./place";
import { type PopupOptions, placeOf } from "./places";
import { isProved, type PopupRecord, recordOf, tagsOf } from "./record";
import { popupSettings, type Wish } from "./settings";

export interface UpOptions extends PopupOptions {
  readonly for?: string;
  readonly from?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly ttl?: string;
  readonly by?: string;
}

/** `platform popup up`: the pop-up is there afterwards with what was asked for, and goes by itself when it expires. */
export async function up(checkout: string, name: string | undefined, options: UpOptions): Promise<void> {
  const stack = stackOf(nameAsked(name, options.for));
  const life = options.ttl === undefined ? undefined : lifeOf(options.ttl);
  const owner = await authorOf(checkout, options.by);
  const wrong = textProblem("by", owner);
  if (wrong !== undefined) throw new CommandFailure(wrong, exitCodes.wrong);
  const wish: Wish = {
    versions: options.set ?? {},
    ...(options.from !== undefined && { from: options.from }),
  };
  // Whatever is wrong is said before anything is made; any slice is as good as another for that.
  popupSettings(checkout, stack, "popup-0", wish);

  const place = placeOf(checkout, options);
  await place.ready();
  let outputs: Readonly<Record<string, unknown>> = {};
  let record: PopupRecord | undefined;
  await runTasks(
    [
      {
        title: `Bringing up ${stack}`,
        task: async (_, task) => {
          const known = await knownRecord(place, stack);
          const now = new Date();
          record = {
            stack,
            owner: known?.owner ?? owner,
            made: known?.made ?? now,
            expires: expiry(known, life, now),
            from: "",
            versions: wish.versions,
            slice: known?.slice ?? "",
            phase: "making",
          };
          record = await recorded(place, checkout, record, wish);
          const { file } = popupSettings(checkout, stack, record.slice, wish);
          outputs = await place.up(stack, file, progressOf(task)).catch((error: unknown) => {
            throw halfMade(stack, record?.expires ?? now, error);
          });
          if ((await place.tags(stack))["popup:phase"] === "going") throw beingRemoved(stack);
          await place.setTags(stack, { "popup:phase": "up" });
        },
      },
    ],
    options,
  );
  if (!record) throw new Error(`${stack} is up without a record`);
  report(record, outputs, options);
}

function nameAsked(name: string | undefined, pullRequest: string | undefined): string {
  if ((name === undefined) === (pullRequest === undefined)) {
    throw new CommandFailure(
      "name the pop-up, or say --for SERVICE/NUMBER and its name comes from the pull request; one of the two",
      exitCodes.wrong,
    );
  }
  return name ?? nameFor(pullRequest ?? "");
}

/** What is known of a stack that is there; nothing of a new one. */
async function knownRecord(place: Place, stack: string): Promise<PopupRecord | undefined> {
  if (!(await place.stacks()).includes(stack)) return undefined;
  const tags = await place.tags(stack);
  const isEmpty = !Object.keys(tags).some((tag) => tag.startsWith("popup:"));
  // A command that was killed between making the stack and writing its record has made nothing else.
  if (isEmpty && (await place.state(stack)).length === 0) return undefined;
  const record = recordOf(stack, tags);
  if (!isProved(record)) {
    throw new CommandFailure(
      `${stack} is there, but ${record.problem}; take another name, or remove it: platform popup down ${nameOf(stack)}`,
      exitCodes.refused,
    );
  }
  if (record.phase === "going") {
    throw beingRemoved(stack);
  }
  return record;
}

/** Who asks again never shortens what is left; `extend` may. */
function expiry(known: PopupRecord | undefined, life: number | undefined, now: Date): Date {
  const asked = after(now, life ?? lifeOf(usualLife));
  const least = life === undefined ? now : asked;
  return known && known.expires > least ? known.expires : asked;
}

/** Writes down whose it is and until when, before there is anything else of it. */
async function recorded(
  place: Place,
  checkout: string,
  record: PopupRecord,
  wish: Wish,
): Promise<PopupRecord> {
  const { stack } = record;
  for (;;) {
    const slice = record.slice === "" ? await place.slice(stack) : record.slice;
    if (slice === undefined) {
      throw new CommandFailure(
        "every slice of the address plan has a pop-up; remove one first: platform popup list",
        exitCodes.refused,
      );
    }
    const { file, from } = popupSettings(checkout, stack, slice, wish);
    const complete = { ...record, slice, from };
    await place.create(stack, file);
    const { "popup:phase": phase, ...tags } = tagsOf(complete);
    await place.setTags(stack, tags);
    // Who removes it says so first, and looks again before anything goes: one of the two sees the other.
    if ((await place.tags(stack))["popup:phase"] === "going") throw beingRemoved(stack);
    await place.setTags(stack, { "popup:phase": phase ?? "making" });
    // Somebody else may have taken it at the same time.
    if (record.slice !== "" || (await place.slice(stack)) === slice) return complete;
  }
}

function beingRemoved(stack: string): CommandFailure {
  return new CommandFailure(
    `${stack} is being removed; wait until it is gone, or finish it: platform popup down ${nameOf(stack)}`,
    exitCodes.refused,
  );
}

function halfMade(stack: string, expires: Date, error: unknown): unknown {
  if (!(error instanceof CommandFailure)) return error;
  return new CommandFailure(
    `${error.message}\n${stack} is half made and is removed after ${written(expires)}; ask for it again to go on, or remove it now: platform popup down ${nameOf(stack)}`,
    error.exitCode,
  );
}

function report(record: PopupRecord, outputs: Readonly<Record<string, unknown>>, options: UpOptions): void {
  const { stack, owner, from, versions, expires } = record;
  if (options.json) {
    printJson({ stack, owner, from, versions, expires: written(expires), outputs });
    return;
  }
  const own = Object.entries(versions).map(([service, version]) => `${service} ${version}`);
  print(`${stack} is up: what ${from} runs${own.length > 0 ? `, but ${own.join(", ")}` : ""}`);
  const { urls, connect } = outputs as { urls?: Readonly<Record<string, string>>; connect?: string };
  for (const url of Object.values(urls ?? {})) print(`  ${url}`);
  if (connect !== undefined && options.world === undefined) print(`  ${connect}`);
  if (options.world !== undefined)
    print(`  ./platform local kubectl ${stack} --world ${options.world} get pods --all-namespaces`);
  print(
    `It is removed after ${written(expires)} (${fromNow(expires, new Date())}). More time: platform popup extend ${nameOf(stack)} --ttl 8h`,
  );
}
