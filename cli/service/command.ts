import { Command } from "commander";

import { check, type CheckOptions, listOfRules } from "./check";
import { newService, type NewOptions } from "./new";

/** `platform service …`: the way of a new service into the product. */
export function serviceCommand(checkout: string): Command {
  const service = new Command("service").description("begin a service's repository, or check one");
  service
    .command("new")
    .description("write a new service's repository, and its entry in the catalogue")
    .argument("<name>", "1-20 lower case letters, digits and single dashes")
    .requiredOption("--owner <team>", "team that answers for it")
    .requiredOption("--repository <url>", "where its code will be, https://...")
    .option("--to <folder>", "where to write the repository (beside this one when it is not said)")
    .option(
      "--expose <host/path>",
      "what the internet may call, such as api/search (nothing when it is not said)",
    )
    .option("--json", "the result as one JSON document", false)
    .addHelpText(
      "after",
      "\nExample:\n  platform service new search --owner search-team --repository https://github.com/acme/search --expose api/search",
    )
    .action((name: string, options: NewOptions) => newService(checkout, name, options));
  service
    .command("check")
    .description("check a service's repository against the guidelines")
    .argument("<path>", "folder of the repository")
    .option("--name <service>", "the service's name (the folder's when it is not said)")
    .option("--json", "the result as one JSON document", false)
    .addHelpText(
      "after",
      `\nRules:\n${indented(listOfRules())}\n\nTargets of the Makefile are asked for by make --dry-run; nothing is built.\nExit codes: 1 there are findings, 2 the command is wrong`,
    )
    .action(async (path: string, options: CheckOptions) => check(checkout, path, options));
  for (const command of service.commands) command.exitOverride();
  return service.exitOverride();
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
