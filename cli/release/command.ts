import { Command } from "commander";

import { changes, type ChangesOptions } from "./changes";
import { check, type CheckOptions } from "./check";
import { promote, type PromoteOptions } from "./promote";
import { revert, type RevertOptions } from "./revert";
import { rollback, type RollbackOptions } from "./rollback";
import { set, type SetOptions } from "./set";
import { status } from "./status";

/** `platform release …`: which version of each service runs where, one line of `catalog/releases` at a time. */
export function releaseCommand(checkout: string): Command {
  const release = new Command("release")
    .description("say which version of a service runs where: one line in catalog/releases/STACK.yaml")
    .addHelpText(
      "after",
      "\nEvery change is one line of a file, which you commit; the next `up` of that environment deploys it.",
    );
  release
    .command("set")
    .description("put a version of a service into an environment")
    .argument("<service>", "a service of catalog/services")
    .argument("<version>", "one exact version of its chart, such as 1.4.2 or 1.5.0-pr.57")
    .requiredOption("--stack <stack>", "environment with a file in catalog/releases")
    .requiredOption(
      "--build <what>",
      "what build made the version (billing/main/40), or why you put it there; nobody else can know",
    )
    .option("--downgrade", "also when it is older than what runs there", false)
    .addHelpText(
      "after",
      "\nA version gets into production only when a commit of this branch says that staging had it.\n\nExamples:\n  platform release set billing 1.5.0 --stack staging --build billing/main/40\n  platform release set billing 1.4.1 --stack staging --build 'looking for #812' --downgrade",
    )
    .action(async (service: string, version: string, options: SetOptions) =>
      set(checkout, service, version, options),
    );
  release
    .command("promote")
    .description("put the version that one environment has, and that is committed, into another")
    .argument("<service>", "a service of catalog/services")
    .option("--from <stack>", "environment that has it", "staging")
    .option("--to <stack>", "environment that gets it", "production")
    .option("--downgrade", "also when it is older than what runs there", false)
    .addHelpText("after", "\nExample:\n  platform release promote billing")
    .action(async (service: string, options: PromoteOptions) => promote(checkout, service, options));
  release
    .command("rollback")
    .description("put the version back that an environment had before, by the history of its file")
    .argument("<service>", "a service of catalog/services")
    .requiredOption("--stack <stack>", "environment with a file in catalog/releases")
    .addHelpText(
      "after",
      "\nA second rollback goes forward again: the version before is then the one that was taken back.\n\nExample:\n  platform release rollback billing --stack production",
    )
    .action(async (service: string, options: RollbackOptions) => rollback(checkout, service, options));
  for (const command of release.commands) {
    command.option("--by <who>", "who does it (git's user.name, else user.email, else $USER)");
  }
  release
    .command("revert")
    .description(
      "take a version back that did not come to run: the line is again as it was before that version",
    )
    .argument("<service>", "a service of catalog/services")
    .argument("<version>", "the version to take back")
    .requiredOption("--stack <stack>", "environment with a file in catalog/releases")
    .addHelpText(
      "after",
      "\nA first version leaves no line. Where the file says another version by now, nothing is changed.\n\nExample:\n  platform release revert billing 1.5.0 --stack staging",
    )
    .action(async (service: string, version: string, options: RevertOptions) =>
      revert(checkout, service, version, options),
    );
  release
    .command("check")
    .description("let a plan pass only when it deploys a version of one service, and does nothing else")
    .argument("<service>", "a service of catalog/services")
    .requiredOption("--plan <file>", "what `pulumi preview --json` printed, or - for standard input")
    .option("--first", "also when no version of it ran there before", false)
    .option(
      "--targets",
      "print what `pulumi up --target` is to get, one a line, instead of a sentence",
      false,
    )
    .addHelpText(
      "after",
      "\nThe preview is one without --target, which would hide the rest.\n\nExample:\n  platform release check billing --plan plan.json",
    )
    .action((service: string, options: CheckOptions) => check(checkout, service, options));
  release
    .command("changes")
    .description("show which services have another version in an environment's file than they had")
    .requiredOption("--stack <stack>", "environment with a file in catalog/releases")
    .requiredOption("--since <commit>", "commit to compare with, by its hash")
    .addHelpText("after", "\nExample:\n  platform release changes --stack production --since 1a2b3c4")
    .action(async (options: ChangesOptions) => changes(checkout, options));
  release
    .command("status")
    .description("show which version of each service is in which environment's file")
    .action((options: { json: boolean }) => status(checkout, options));
  for (const command of release.commands) {
    command.option("--json", "the result as one JSON document", false).exitOverride();
  }
  return release.exitOverride();
}
