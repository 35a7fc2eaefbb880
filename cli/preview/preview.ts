import { SettingsError } from "../../config/problems";
import { longLivedStacks, stackNameProblem } from "../../config/stacks";
import { EngineNotFound, findEngine } from "../../local/engine/find";
import { CommandFailure, exitCodes, Interrupted } from "../failure";
import { coloured, print, printJson, progressOf, runTasks, type Terminal } from "../terminal";
import { type FailedComparison, isRefused, openComparison, type StackComparison } from "./comparison";
import { documentOf } from "./document";
import { baseOf, isEdited } from "./repository";
import { comparisonText, headingText } from "./text";

export interface PreviewOptions extends Terminal {
  /** A branch, tag or commit; the change is what came since `HEAD` left it. */
  readonly base: string;
  /** @default all that live for good */
  readonly stack?: readonly string[];
  /** List every new resource, however many. */
  readonly all: boolean;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `platform preview`: what a change does to every stack, by the engine's own plan, without an account. */
export async function preview(checkout: string, options: PreviewOptions): Promise<void> {
  const stacks = [...new Set(options.stack ?? longLivedStacks)];
  const wrong = stacks.map(stackNameProblem).filter((problem) => problem !== undefined);
  if (wrong.length > 0) throw new CommandFailure(wrong.join("\n"), exitCodes.wrong);
  const base = await baseOf(checkout, options.base);
  const heading = { base, edited: await isEdited(checkout) };
  const engine = await findEngineWithProgress(options);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  // Between two commands of the engine nobody else listens, and the folders at work would stay.
  for (const signal of signals) process.on(signal, interrupt);
  const comparison = openComparison({ checkout, base, engine, signal: stop.signal });
  const done: (StackComparison | FailedComparison)[] = [];
  try {
    await runTasks(
      stacks.map((stack) => ({
        title: `Comparing ${stack}`,
        task: async (_, task) => {
          const one = await comparison
            .stack(stack, progressOf(task))
            .catch((error: unknown) => failed(stack, error));
          done.push(one);
        },
      })),
      options,
      true,
    );
  } finally {
    comparison.close();
    for (const signal of signals) process.off(signal, interrupt);
  }
  done.sort((a, b) => stacks.indexOf(a.stack) - stacks.indexOf(b.stack));
  if (options.json) printJson(documentOf(heading, done));
  else {
    print(
      [
        headingText(heading),
        ...done.map((one) => comparisonText(one, { all: options.all, colours: coloured() })),
      ].join("\n\n"),
    );
  }
  conclude(done);
}

/** Says in the exit code what a pipeline has to know; the text has said it already. No plan is worse than a refused one. */
function conclude(done: readonly (StackComparison | FailedComparison)[]): void {
  const failures = done.filter((one) => "message" in one);
  const refused = done.filter((one) => !("message" in one) && isRefused(one));
  if (failures.length + refused.length === 0) return;
  const named = (ones: readonly { stack: string }[]) => ones.map(({ stack }) => stack).join(", ");
  const worst = failures.find(({ exitCode }) => exitCode !== exitCodes.failed) ?? failures[0];
  throw new CommandFailure(
    [
      ...(failures.length > 0 ? [`no plan for ${named(failures)}`] : []),
      ...(refused.length > 0
        ? [`\`up\` refuses this in ${named(refused)}: it would take away what is guarded`]
        : []),
    ].join("\n"),
    worst?.exitCode ?? exitCodes.refused,
    true,
  );
}

function failed(stack: string, error: unknown): FailedComparison {
  if (error instanceof Interrupted) throw error;
  if (error instanceof SettingsError) return { stack, message: error.message, exitCode: exitCodes.wrong };
  if (error instanceof CommandFailure) return { stack, message: error.message, exitCode: error.exitCode };
  // Whatever it is, the other stacks have their plans.
  const message = error instanceof Error ? error.message : String(error);
  return { stack, message, exitCode: exitCodes.failed };
}

async function findEngineWithProgress(terminal: Terminal): Promise<{ command: string; version: string }> {
  let engine = { command: "", version: "" };
  const task = {
    title: "Pulumi engine",
    task: async (_: unknown, task: { output: string; title: string }) => {
      engine = await findEngine({ onProgress: progressOf(task) });
      task.title = `Pulumi engine ${engine.version}`;
    },
  };
  try {
    await runTasks([task], terminal);
  } catch (error) {
    if (error instanceof EngineNotFound) throw new CommandFailure(error.message);
    throw error;
  }
  return engine;
}
