import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { longLivedStacks } from "../../config/stacks";
import { destroy, type DestroyOptions } from "./destroy";
import { down } from "./down";
import { inCluster } from "./in-cluster";
import { preview, type PreviewOptions } from "./preview";
import { levels } from "../../local/world/level";
import type { LocalOptions } from "./session";
import { status } from "./status";
import { unprotect, type UnprotectOptions } from "./unprotect";
import { up } from "./up";

/** `platform local …`: this machine as the cloud. */
export function localCommand(): Command {
  const local = new Command("local")
    .description("deploy the real program on this machine; only Google Cloud is emulated")
    .enablePositionalOptions();
  local
    .command("up")
    .description("bring stacks up (all that live for good when none is named)")
    .addArgument(stacksArgument())
    .addHelpText(
      "after",
      "\nExamples:\n  platform local up\n  platform local up staging\n  platform local up popup-demo",
    )
    .action(async (stacks: string[], options: LocalOptions) => up(stacks, options));
  local
    .command("preview")
    .description("show what `up` would do, by the engine's own plan")
    .addArgument(stacksArgument())
    .option("--all", "list every resource", false)
    .addHelpText("after", "\nExample:\n  platform local preview staging --all")
    .action(async (stacks: string[], options: PreviewOptions) => preview(stacks, options));
  local
    .command("destroy")
    .description("remove a stack that is not protected, whole")
    .argument("<stack>", stackNames)
    .option("--skip-preview", "without the engine's own preview", false)
    .option("--refresh", "look first at what is really there", false)
    .addHelpText("after", "\nExample:\n  platform local destroy popup-demo")
    .action(async (stack: string, options: DestroyOptions) => destroy(stack, options));
  local
    .command("unprotect")
    .description("take the protection off a stack, after asking for its name")
    .argument("<stack>", longLivedStacks.join(", "))
    .option("--yes <stack>", "the stack's name, instead of typing it")
    .option("--and-customer-data <stack>", "the stack's name once more, where customers' data is at stake")
    .addHelpText("after", "\nExample:\n  platform local unprotect staging --yes staging")
    .action(async (stack: string, options: UnprotectOptions) => unprotect(stack, options));
  local
    .command("status")
    .description("show what is there, without starting anything")
    .action(async (options: LocalOptions) => status(options));
  for (const tool of ["kubectl", "helm"] as const) {
    local
      .command(tool)
      .description(`run ${tool} on the cluster of a stack, by the program's own kubeconfig`)
      .argument("<stack>", stackNames)
      .argument("[arguments...]", `what ${tool} is given, its options included`)
      .passThroughOptions()
      .allowUnknownOption()
      .addHelpText("after", `\nExample:\n  platform local ${tool} staging ${examples[tool]}`)
      .action(async (stack: string, args: string[], options: LocalOptions) =>
        inCluster(tool, stack, args, options),
      );
  }
  local
    .command("down")
    .description("end the world: no process, port or file is left")
    .action(async (options: LocalOptions) => down(options));
  for (const command of local.commands) {
    addWorldOptions(command.exitOverride());
    if (atWork.includes(command.name())) addSessionOptions(command);
  }
  return local.exitOverride();
}

const stackNames = [...longLivedStacks, "popup-NAME"].join(", ");

/** Commands that begin a world and run the engine on it. */
const atWork = ["up", "preview", "destroy", "unprotect"];

const examples = { kubectl: "get pods --all-namespaces", helm: "list --all-namespaces" } as const;

function stacksArgument(): Argument {
  return new Argument("[stacks...]", stackNames);
}

function addWorldOptions(command: Command): void {
  command
    .option("--world <name>", "which local world; several can be there at once", "default")
    .addOption(scaleOption())
    .option("--json", "the result as one JSON document", false);
}

function addSessionOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--level <level>",
        "how real a world that begins is: full runs a Kubernetes cluster behind each of Google's, plan only records what goes into them (full, where there is Go)",
      ).choices(levels),
    )
    .addOption(
      new Option(
        "--real <provider>",
        "use the installed plugin of a provider instead of the stand-in",
      ).choices(["kubernetes"]),
    );
}

/** How fast a local world is that begins. */
export function scaleOption(): Option {
  return new Option(
    "--scale <seconds>",
    "seconds here for one second of the emulated cloud, when the world starts",
  )
    .default(0.005)
    .argParser(scaleOf);
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (text.trim() === "" || !(scale >= 0 && scale <= 1))
    throw new InvalidArgumentError("a number from 0 to 1.");
  return scale;
}
