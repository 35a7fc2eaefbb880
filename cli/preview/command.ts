import { Command } from "commander";

import { longLivedStacks } from "../../config/stacks";
import { preview, type PreviewOptions } from "./preview";

/** `platform preview`: what a change does, as a pull request shows it. */
export function previewCommand(checkout: string): Command {
  return new Command("preview")
    .description(
      "show what this checkout changes in every stack, by the engine's own plan, without an account",
    )
    .requiredOption("--base <ref>", "branch, tag or commit to compare with, such as origin/main")
    .option(
      "--stack <name>",
      `${longLivedStacks.join(", ")} or popup-NAME; may be given several times (all but pop-ups when it is not)`,
      (name: string, before: string[] | undefined) => [...(before ?? []), name],
    )
    .option("--all", "list every new resource", false)
    .option("--json", "the result as one JSON document (schemas/preview.schema.json)", false)
    .addHelpText(
      "after",
      "\nExamples:\n  platform preview --base origin/main\n  platform preview --base HEAD --stack production\n\nExit codes: 1 for a stack there is no plan, 2 the command or the settings are wrong, 3 `up` would fail at something guarded",
    )
    .action(async (options: PreviewOptions) => preview(checkout, options))
    .exitOverride();
}
