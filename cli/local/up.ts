import type { ListrTask } from "listr2";

import { longLivedStacks } from "../../config/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, progressOf, runTasks, table } from "../terminal";
import { absentLines } from "./absent-releases";
import { bringUp, type StackReport } from "./bring-up";
import { inOrder } from "./order";
import { baseOf, isBaseUp } from "./popups-base";
import { type LocalOptions, openSession, provideCharts, root, type Session, worldLayout } from "./session";
import { chooseStacks, type ChosenStack } from "./settings";

/** `platform local up`: the stacks are up in the world afterwards, as the settings in the checkout describe them. */
export async function up(names: readonly string[], options: LocalOptions): Promise<void> {
  const layout = worldLayout(options);
  const asked = chooseStacks(root, layout, names.length > 0 ? names : longLivedStacks);
  const base = baseOf(asked, layout);
  const session = await openSession(options, [...base, ...asked]);
  const stacks = (await isBaseUp(session, asked)) ? asked : [...base, ...asked];

  const reports: StackReport[] = [];
  const failures: CommandFailure[] = [];
  for (const wave of inOrder(stacks)) {
    await bringUpTogether(session, wave, options, reports, failures);
    if (failures.length > 0) break;
  }
  report(stacks, reports, failures, options);
}

async function bringUpTogether(
  session: Session,
  stacks: readonly ChosenStack[],
  options: LocalOptions,
  reports: StackReport[],
  failures: CommandFailure[],
): Promise<void> {
  const tasks = stacks.map(({ name, file, settings }): ListrTask => ({
    title: name,
    task: async (_, task) => {
      try {
        await provideCharts(session, settings, progressOf(task));
        const done = await bringUp(session, name, file.config, progressOf(task));
        reports.push(done);
        task.title = `${name}: ${summary(done)}`;
      } catch (error) {
        failures.push(asFailure(name, error));
        throw error;
      }
    },
  }));
  // Each failure is reported at the end, beside what worked.
  await runTasks(tasks, options, true).catch(() => undefined);
}

function report(
  stacks: readonly ChosenStack[],
  reports: readonly StackReport[],
  failures: readonly CommandFailure[],
  options: LocalOptions,
): void {
  const untried = stacks.length - reports.length - failures.length;
  if (options.json) {
    printJson({ stacks: reports, failures: failures.map(({ message }) => message), untried });
  } else if (reports.length > 0) {
    print(
      table(
        ["STACK", "RESOURCES", "CHANGES", "CLUSTER", "DATABASE", "TIME"],
        reports.map((done) => [
          done.stack,
          String(done.resources),
          summary(done),
          shown(done.outputs["cluster"]),
          shown(done.outputs["database"]),
          `${done.seconds.toFixed(1)} s`,
        ]),
      ),
    );
    for (const { stack, absent } of reports) for (const line of absentLines(stack, absent)) print(line);
  }
  if (failures.length === 0) return;
  const rest = untried > 0 ? [`${untried} more not tried, since they need what failed.`] : [];
  const code = failures.every(({ exitCode }) => exitCode === exitCodes.refused)
    ? exitCodes.refused
    : exitCodes.failed;
  throw new CommandFailure([...failures.map(({ message }) => message), ...rest].join("\n\n"), code, true);
}

/** What nobody foresaw keeps its stack trace: it is a fault of this program. */
function asFailure(stack: string, error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  return new CommandFailure(`${stack} failed: ${error instanceof Error ? error.stack : String(error)}`);
}

function summary({ changes }: StackReport): string {
  const done = Object.entries(changes).filter(([op]) => op !== "same");
  return done.length === 0 ? "no changes" : done.map(([op, count]) => `${count} ${op}`).join(", ");
}

function shown(output: unknown): string {
  return typeof output === "string" ? output : "-";
}
