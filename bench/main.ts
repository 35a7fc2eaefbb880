/** `npm run bench`: what the program takes beside the bare engine. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CommanderError } from "commander";
import { format, resolveConfig } from "prettier";

import { CommandFailure, exitCodes } from "../cli/failure";
import { chooseStacks } from "../cli/local/settings";
import { GoNotFound } from "../local/clusters/programs";
import { EngineNotFound, findEngine } from "../local/engine/find";
import { layoutOf } from "../local/world/layout";
import { layBareProgram } from "./bare/program";
import { startBareProvider } from "./bare/provider";
import { circumstancesOf } from "./circumstances";
import { type Flags, measuredStacks, readFlags } from "./flags";
import { measure } from "./measure";
import { withFigures } from "./report/performance-file";
import { report } from "./report/report";

const checkout = join(__dirname, "..");
const performanceFile = join(checkout, "docs", "performance.md");
const interrupted = 130;

async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  // Sent by the terminal and by npm, so it may come twice; the engine that runs is asked once.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  try {
    await bench(readFlags(args), args, stop.signal);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) return explain(error);
    process.stderr.write("interrupted; nothing was written\n");
    return interrupted;
  }
}

async function bench(flags: Flags, args: readonly string[], signal: AbortSignal): Promise<void> {
  // A file that cannot take the figures is better known before than after.
  if (!flags.print) withFigures(readFileSync(performanceFile, "utf8"), "");
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const engine = await findEngine({ onProgress, signal });
  const circumstances = circumstancesOf(checkout, engine.version, args);

  const folder = mkdtempSync(join(tmpdir(), "platform-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const stacks = chooseStacks(checkout, layoutOf(folder), measuredStacks);
  const programFolder = join(folder, "bare");
  layBareProgram(checkout, programFolder);
  const provider = await startBareProvider();
  try {
    const place = {
      checkout,
      engine: engine.command,
      engineVersion: engine.version,
      folder,
      bare: { programFolder, port: provider.port },
      stacks,
    };
    const figures = report({ circumstances, ...(await measure({ ...place, signal, onProgress }, flags)) });
    if (flags.print) process.stdout.write(await formatted(figures));
    else
      writeFileSync(
        performanceFile,
        await formatted(withFigures(readFileSync(performanceFile, "utf8"), figures)),
      );
  } finally {
    provider.close();
  }
}

async function formatted(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(performanceFile)), parser: "markdown" });
}

/** Says what went wrong, without a stack trace where a person can mend it. */
function explain(error: unknown): number {
  // The parser has printed its message, or the help, already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.wrong;
  const plain = [CommandFailure, EngineNotFound, GoNotFound].some((kind) => error instanceof kind);
  const trace = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${plain && error instanceof Error ? error.message : (trace ?? String(error))}\n`);
  return error instanceof CommandFailure ? error.exitCode : exitCodes.failed;
}

// Every engine at work listens for the end of this process.
process.setMaxListeners(0);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
