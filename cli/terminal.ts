import { Listr, ListrLogger, type ListrTask, ProcessOutput } from "listr2";

/** How a command talks: to people on a terminal, or to a machine. */
export interface Terminal {
  /** The result as one JSON document on standard output instead of text. */
  readonly json: boolean;
}

/** Seconds between two lines about the same task where lines cannot be overwritten. */
const quietSeconds = 15;

/**
 * Runs tasks with their progress on standard error; standard output is for the result.
 *
 * A task that fails shows only that it did: whoever runs the tasks says why, once.
 */
export async function runTasks(
  tasks: readonly ListrTask[],
  terminal: Terminal,
  concurrent = false,
): Promise<void> {
  const renderer = terminal.json ? "silent" : process.stderr.isTTY ? "default" : "simple";
  const failures: unknown[] = [];
  const quiet = tasks.map(({ task, ...rest }): ListrTask => ({
    ...rest,
    task: async (context, wrapper) => {
      try {
        await task(context, wrapper);
      } catch (error) {
        failures.push(error);
        throw new Error("see below", { cause: error });
      }
    },
  }));
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const options = {
    renderer,
    concurrent,
    exitOnError: !concurrent,
    registerSignalListeners: false,
    rendererOptions: { logger, showErrorMessage: false },
  };
  await new Listr(quiet, options as ConstructorParameters<typeof Listr>[1]).run().catch((error: unknown) => {
    if (failures.length === 0) throw error;
  });
  if (failures.length > 0) throw failures[0];
}

/** A listener that shows a task's latest line, often on a terminal and now and then in a log. */
export function progressOf(task: { output: string }): (line: string) => void {
  let shown = process.stderr.isTTY ? 0 : Date.now();
  return (line) => {
    const pause = process.stderr.isTTY ? 100 : quietSeconds * 1000;
    if (Date.now() - shown < pause) return;
    shown = Date.now();
    task.output = line;
  };
}

/** Whether the result may be coloured: it goes to a terminal, and nobody said no (https://no-color.org). */
export function coloured(): boolean {
  return process.stdout.isTTY === true && !process.env["NO_COLOR"];
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Rows under their headings, in columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      widths
        .map((width, column) => (line[column] ?? "").padEnd(width))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
