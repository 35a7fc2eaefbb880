import { Command, InvalidArgumentError, Option } from "commander";

import { levels } from "../../local/world/level";
import { scaleOption } from "../local/command";
import { type DownOptions, down } from "./down";
import { extend, type ExtendOptions } from "./extend";
import { usualLife } from "./lifetime";
import { list } from "./list";
import type { PopupOptions } from "./places";
import { reap, type ReapOptions } from "./reap";
import { addVersion } from "./settings";
import { up, type UpOptions } from "./up";

/** `platform popup …`: an environment when somebody needs one, and gone afterwards. */
export function popupCommand(checkout: string): Command {
  const popup = new Command("popup")
    .description("a whole environment for one question, and gone afterwards")
    .enablePositionalOptions();
  popup
    .command("up")
    .description("make a pop-up, or bring the one of this name to what is asked for")
    .argument("[name]", "3 to 15 lower case letters, digits and single dashes")
    .option("--for <service/number>", "name it after a pull request of a service, such as billing/57")
    .option("--from <stack>", "environment whose versions it runs (staging)")
    .option("--set <service=version>", "a version of its own; may be said again for others", addVersion)
    .option("--ttl <time>", `how long it lives from now, up to a week: 30m, 8h, 2d (${usualLife})`)
    .option("--by <who>", "whose it is (git's user.name, else user.email, else $USER)")
    .addHelpText(
      "after",
      "\nExamples:\n  platform popup up search-42 --from staging --set billing=1.4.2-pr.57 --ttl 8h\n  platform popup up demo --world default",
    )
    .action(async (name: string | undefined, options: UpOptions) => up(checkout, name, options));
  popup
    .command("list")
    .description("show which pop-ups there are, whose, and until when")
    .action(async (options: PopupOptions) => list(checkout, options));
  popup
    .command("extend")
    .description("give a pop-up more time")
    .argument("<name>")
    .requiredOption("--ttl <time>", "how long it lives from now, up to a week: 30m, 8h, 2d")
    .action(async (name: string, options: ExtendOptions) => extend(checkout, name, options));
  popup
    .command("down")
    .description("remove a pop-up, and look that nothing of it is left")
    .argument("<name>")
    .option("--lost-cluster", "its cluster is gone, so that what was in it is only forgotten", false)
    .action(async (name: string, options: DownOptions) => down(checkout, name, options));
  popup
    .command("reap")
    .description("remove what has expired; says what it would do, unless --yes")
    .option("--yes", "do it", false)
    .option("--at-most <number>", "where more have expired, none goes and somebody has to look", countOf, 20)
    .option("--for <minutes>", "begin no other removal after that", countOf, 24 * 60)
    .addHelpText(
      "after",
      "\nOnly what has the record of a pop-up, expired ten minutes ago and is in the project of pop-ups is removed, each on its own. Everything else that looks like a pop-up is reported, and ends this with exit code 1.",
    )
    .action(async (options: ReapOptions) => reap(checkout, options));
  for (const command of popup.commands) {
    command
      .option("--world <name>", "in this local world instead of on Google Cloud")
      .addOption(scaleOption())
      .option("--json", "the result as one JSON document", false)
      .exitOverride();
    if (command.name() === "up") {
      command.addOption(
        new Option("--level <level>", "how real a local world that begins is").choices(levels),
      );
    }
  }
  return popup.exitOverride();
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("a whole number from 1.");
  return count;
}
