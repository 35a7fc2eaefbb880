import { Command, CommanderError } from "commander";

import { SettingsError } from "../config/problems";
import { CommandFailure, exitCodes } from "./failure";
import { localCommand } from "./local/command";
import { root } from "./local/session";
import { previewCommand } from "./preview/command";
import { popupCommand } from "./popup/command";
import { rehearseCommand } from "./rehearsal/command";
import { releaseCommand } from "./release/command";
import { serviceCommand } from "./service/command";
import { printJson } from "./terminal";

async function main(): Promise<number> {
  const program = new Command("platform")
    .description("Environments of the product: on this machine, and on Google Cloud")
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      `\nExit codes: ${exitCodes.failed} it was tried and failed, ${exitCodes.wrong} the command or the settings are wrong, ${exitCodes.refused} refused to keep something safe`,
    )
    .enablePositionalOptions()
    .exitOverride();
  program.addCommand(previewCommand(root));
  program.addCommand(popupCommand(root));
  program.addCommand(rehearseCommand(root));
  program.addCommand(releaseCommand(root));
  program.addCommand(serviceCommand(root));
  program.addCommand(localCommand());
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

/** Says what went wrong, without a stack trace where a person can mend it. */
function explain(error: unknown): number {
  // The parser has printed its message, or the help, already.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    tellMachines(error.message, exitCodes.wrong);
    return exitCodes.wrong;
  }
  if (error instanceof CommandFailure) {
    if (!error.reported) tellMachines(error.message, error.exitCode);
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof SettingsError) {
    tellMachines(error.message, exitCodes.wrong);
    process.stderr.write(`${error.message}\n`);
    return exitCodes.wrong;
  }
  tellMachines(error instanceof Error ? error.message : String(error), exitCodes.failed);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}

/** Whoever asked for a document gets one, also where there is no result. */
function tellMachines(error: string, exitCode: number): void {
  if (process.argv.includes("--json")) printJson({ error, exitCode });
}

// Every engine at work listens for the end of this process, and there may be many at once.
process.setMaxListeners(0);
void main().then((code) => {
  process.exitCode = code;
});
