import { Command, InvalidArgumentError } from "commander";

import { clean, type CleanOptions } from "./clean";
import { deleteMinutes, leftoverHours, restore, type RestoreOptions } from "./restore";

/** `platform rehearse …`: what is only known to work once it was done. */
export function rehearseCommand(checkout: string): Command {
  const rehearse = new Command("rehearse").description(
    "prove on Google Cloud that a stack's database can be got back",
  );
  rehearse
    .command("restore")
    .description(
      "restore the newest backup of a stack's database into an instance made for that, and delete it",
    )
    .argument("<stack>", "an environment with a database: staging or production")
    .option("--max-age <hours>", "how old the newest backup may be", positive, 36)
    .option("--deadline <minutes>", "for making the instance, restoring and comparing", positive, 180)
    .addHelpText(
      "after",
      `\nWhatever happens, the instance is deleted, by ${deleteMinutes} more minutes at most, and so is what rehearsals older than ${leftoverHours} hours left.\nOnly instances rehearsal-STACK-XXXXXX are made, changed or deleted.\n\nExamples:\n  platform rehearse restore staging\n  platform rehearse restore production --deadline 240 --json`,
    )
    .action(async (stack: string, options: RestoreOptions) => restore(checkout, stack, options));
  rehearse
    .command("clean")
    .description("delete what rehearsals of a stack left that were killed")
    .argument("<stack>", "an environment with a database: staging or production")
    .option("--older-than <hours>", "0 is good when none is at work", notNegative, leftoverHours)
    .addHelpText("after", "\nExample:\n  platform rehearse clean staging --older-than 0")
    .action(async (stack: string, options: CleanOptions) => clean(checkout, stack, options));
  for (const command of rehearse.commands) {
    command
      .option(
        "--instance <PROJECT:REGION:NAME>",
        "the database's instance (by default the one in the stack's project with its label)",
      )
      .option("--poll <seconds>", "between two looks at an operation", positive, 10)
      .option("--json", "the result as one JSON document", false)
      .addHelpText(
        "after",
        "\nActs by the token in GOOGLE_OAUTH_ACCESS_TOKEN, else as the pod's or machine's account, else as who is logged in to gcloud. docs/restore.md says what the account needs.",
      )
      .exitOverride();
  }
  return rehearse.exitOverride();
}

const positive = numberThat((value) => value > 0, "a number above 0");
const notNegative = numberThat((value) => value >= 0, "0 or a number above it");

function numberThat(fits: (value: number) => boolean, allowed: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || !fits(value)) {
      throw new InvalidArgumentError(`It has to be ${allowed}.`);
    }
    return value;
  };
}
