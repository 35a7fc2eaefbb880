import { Command, InvalidArgumentError, type OutputConfiguration } from "commander";

export interface Flags {
  readonly repeats: number;
  readonly stacks: readonly string[];
  /** Sizes of the generated catalogues, smallest first. */
  readonly services: readonly number[];
  /** Whether the diff of a pull request is measured. */
  readonly diff: boolean;
  /** Whether real clusters are measured. */
  readonly clusters: boolean;
  readonly print: boolean;
}

/** One stack of each kind. */
export const measuredStacks = ["ci", "staging", "production", "popup-bench"];

/** More than any product has; a round of so many takes hours. */
const mostServices = 1_000;

const nothing = "none";

/**
 * What the command line asks for.
 *
 * @throws CommanderError after its message was printed; its exit code is 0 when that was the help.
 */
export function readFlags(args: readonly string[], output: OutputConfiguration = {}): Flags {
  const command = new Command("npm run bench --")
    .description(
      "Measures the program on the real engine against the bare engine, and writes the figures into docs/performance.md",
    )
    .option("--repeats <number>", "rounds that count; a first one warms up", repeatsOf, 5)
    .option(
      "--stacks <names>",
      `which of ${measuredStacks.join(", ")}, or "${nothing}"`,
      stacksOf,
      measuredStacks,
    )
    .option(
      "--services <numbers>",
      `sizes of generated catalogues for production, or "${nothing}"`,
      servicesOf,
      [10, 50, 200],
    )
    .option("--no-diff", "without the diff of a pull request")
    .option("--no-clusters", "without real clusters, which take Go")
    .option("--print", "print the figures and leave docs/performance.md as it is", false)
    .addHelpText(
      "after",
      "\nExamples:\n  npm run bench\n  npm run bench -- --repeats 1 --stacks staging --services none --no-clusters --print",
    )
    .showHelpAfterError()
    .configureOutput(output)
    .exitOverride();
  return command.parse(args, { from: "user" }).opts<Flags>();
}

function repeatsOf(text: string): number {
  return wholeNumber(text, 100);
}

function stacksOf(text: string): string[] {
  return listOf(text).map((name) => {
    if (!measuredStacks.includes(name))
      throw allowed(`${measuredStacks.join(", ")}, separated by commas, or ${nothing} alone`);
    return name;
  });
}

function servicesOf(text: string): number[] {
  return listOf(text)
    .map((number) => wholeNumber(number, mostServices))
    .sort((a, b) => a - b);
}

function wholeNumber(text: string, most: number): number {
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || number < 1 || number > most) throw allowed(`whole numbers from 1 to ${most}`);
  return number;
}

function listOf(text: string): string[] {
  return text === nothing ? [] : [...new Set(text.split(","))];
}

function allowed(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`Allowed: ${what}.`);
}
