import { CommandFailure } from "../failure";
import { print, printJson, progressOf, runTasks, table } from "../terminal";
import { removeWhole } from "./down";
import { orphans } from "./leftovers";
import { fromNow } from "./lifetime";
import { recordsIn } from "./list";
import { nameOf } from "./name";
import type { Found, Place } from "./place";
import { placeOf, type PopupOptions } from "./places";
import { isExpired, planReaping, type ReapPlan } from "./reap-plan";
import { isProved, type PopupRecord, recordOf } from "./record";
import { popupProject } from "./settings";

export interface ReapOptions extends PopupOptions {
  readonly yes: boolean;
  readonly atMost: number;
  /** Minutes after which no other removal is begun. */
  readonly for: number;
}

interface Outcome {
  readonly stack: string;
  readonly outcome: "removed" | "would be removed" | "kept" | "failed" | "not certain";
  readonly why: string;
}

/**
 * `platform popup reap`: removes pop-ups that have expired, each on its own, and finishes what was begun. Without `yes` it
 * only says what it would do. Whatever needs a person ends it with a failure, after all else is done.
 */
export async function reap(checkout: string, options: ReapOptions): Promise<void> {
  const place = placeOf(checkout, options);
  await place.ready();
  const now = new Date();
  const plan = planReaping(await recordsIn(place), now, options.atMost);
  const removed = options.yes
    ? await removeAll(place, popupProject(checkout), plan, options)
    : plan.remove.map(({ stack, expires }): Outcome => ({
        stack,
        outcome: "would be removed",
        why: `expired ${fromNow(expires, now)}`,
      }));
  const nobodys = orphans(await place.inventory(), await place.stacks());
  const outcomes: Outcome[] = [
    ...removed,
    ...plan.keep.map(({ stack, expires }): Outcome => ({
      stack,
      outcome: "kept",
      why: `${expires < now ? "expired" : "expires"} ${fromNow(expires, now)}`,
    })),
    ...plan.report.map(({ stack, problem }): Outcome => ({ stack, outcome: "not certain", why: problem })),
  ];
  report(outcomes, nobodys, plan.tooMany, options);
  const problems = [
    ...outcomes
      .filter(({ outcome }) => outcome === "failed" || outcome === "not certain")
      .map(({ stack, why }) => `${stack}: ${why}`),
    ...(plan.tooMany > 0
      ? [
          `${plan.tooMany} have expired, and at most ${options.atMost} go in one run: none of them was removed; look whether that can be, and say --at-most ${plan.tooMany}`,
        ]
      : []),
    ...(nobodys.length > 0
      ? [`${nobodys.length} things are called after pop-ups that have no stack:\n${lines(nobodys)}`]
      : []),
  ];
  if (problems.length > 0) throw new CommandFailure(problems.join("\n"), undefined, true);
}

async function removeAll(
  place: Place,
  project: string,
  plan: ReapPlan,
  options: ReapOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const deadline = Date.now() + options.for * 60_000;
  for (const record of plan.remove) {
    const { stack } = record;
    if (Date.now() > deadline) {
      outcomes.push({ stack, outcome: "kept", why: "there was no time left; the next run goes on" });
      continue;
    }
    try {
      await runTasks(
        [
          {
            title: `Removing ${stack}`,
            task: async (_, task) => {
              const why = await removeIfStillExpired(place, record, project, progressOf(task));
              outcomes.push({ stack, ...why });
            },
          },
        ],
        options,
      );
    } catch (error) {
      // One that cannot be removed takes no other's turn.
      outcomes.push({
        stack,
        outcome: "failed",
        why: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return outcomes;
}

/** Much may have happened since it was planned, which may be hours ago: whatever is not certain now stays. */
export async function removeIfStillExpired(
  place: Place,
  planned: PopupRecord,
  project: string,
  onProgress: (line: string) => void,
): Promise<Pick<Outcome, "outcome" | "why">> {
  const { stack } = planned;
  if (!(await place.stacks()).includes(stack)) return { outcome: "removed", why: "somebody else did it" };
  const before = recordOf(stack, await place.tags(stack));
  if (!isProved(before)) return { outcome: "not certain", why: before.problem };
  if (before.made.getTime() !== planned.made.getTime()) {
    return { outcome: "kept", why: "it is another one of the same name" };
  }
  if (before.phase !== "going") {
    await place.setTags(stack, { "popup:phase": "going" });
    const now = recordOf(stack, await place.tags(stack));
    if (!isProved(now) || !isExpired(now.expires, new Date())) {
      await place.setTags(stack, { "popup:phase": before.phase });
      return { outcome: "kept", why: "it was given more time just now" };
    }
  }
  await removeWhole(place, stack, project, onProgress);
  return { outcome: "removed", why: "nothing carries its name" };
}

function report(
  outcomes: readonly Outcome[],
  nobodys: readonly Found[],
  tooMany: number,
  options: ReapOptions,
): void {
  if (options.json) {
    printJson({ popups: outcomes, orphans: nobodys.map(({ name }) => name), tooMany });
  } else if (outcomes.length === 0) {
    print("there are no pop-ups");
  } else {
    print(
      table(
        ["NAME", "OUTCOME", "WHY"],
        outcomes.map(({ stack, outcome, why }) => [nameOf(stack), outcome, why.split("\n")[0] ?? ""]),
      ),
    );
    if (!options.yes && outcomes.some(({ outcome }) => outcome === "would be removed")) {
      print("Nothing was removed; say --yes to do it");
    }
  }
}

function lines(found: readonly Found[]): string {
  return found.map(({ name }) => `  ${name}`).join("\n");
}
