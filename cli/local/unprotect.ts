import { createInterface } from "node:readline/promises";

import { stackNameProblem } from "../../config/stacks";
import type { StackFile } from "../../config/stack-file";
import { runEngine } from "../../local/engine/run";
import { copiedSettings, type StackPlace, withStack } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, progressOf, runTasks } from "../terminal";
import { bringUp, refuseWhileLocked } from "./bring-up";
import { nameIn } from "../plan/resource-name";
import { failureOf } from "./failures";
import { type LocalOptions, openSession, worldLayout } from "./session";
import { checked } from "./settings";

export interface UnprotectOptions extends LocalOptions {
  /** The stack's name, instead of typing it. */
  readonly yes?: string;
  /** The stack's name once more, where customers' data is at stake. */
  readonly andCustomerData?: string;
}

/**
 * `platform local unprotect`: takes every guard off a stack, after showing what that is and asking for its name;
 * asks twice where customers' data is at stake. The next `up` from the checkout puts the guards back.
 */
export async function unprotect(stack: string, options: UnprotectOptions): Promise<void> {
  const wrongName = stackNameProblem(stack);
  if (wrongName !== undefined) throw new CommandFailure(wrongName, exitCodes.wrong);
  const layout = worldLayout(options);
  const known = copiedSettings(layout, stack);
  if (!known) throw new CommandFailure(`${stack} is not in this local world`, exitCodes.wrong);
  const settings = checked(known);
  if (settings.lifecycle === "disposable") {
    throw new CommandFailure(
      `${stack} is not protected; ./platform local destroy ${stack} removes it`,
      exitCodes.wrong,
    );
  }
  const session = await openSession(options, [{ name: stack, file: known, settings }]);
  const open = { ...known.config, "platform:lifecycle": "disposable" };
  const guarded = await guardedBy(session.place, stack, open);
  if (!options.json) {
    print(`These ${guarded.length} resources of ${stack} lose their protection; nothing is deleted yet:`);
    for (const name of guarded) print(`  ${name}`);
  }
  await confirm(stack, settings.customerData, options);

  await runTasks(
    [
      {
        title: `Unprotecting ${stack}`,
        task: async (_, task) => {
          await bringUp(session, stack, open, progressOf(task));
        },
      },
    ],
    options,
  );
  if (options.json) printJson({ stack, unprotected: guarded });
  else print(`${stack} is unprotected until the next ./platform local up ${stack}`);
}

/**
 * The resources whose guards go, by the engine's own plan.
 *
 * @throws CommandFailure when the plan does anything else: what is shown before the question must be all that happens.
 */
async function guardedBy(place: StackPlace, stack: string, open: StackFile["config"]): Promise<string[]> {
  return withStack(place, stack, open, async (workspace) => {
    refuseWhileLocked(workspace);
    const result = await runEngine(workspace, "preview");
    if (!result.ok) throw failureOf(stack, result, workspace);
    const others = result.steps.filter(({ op }) => !["same", "update"].includes(op));
    if (others.length > 0) {
      const names = others.map(({ op, urn }) => `${op} ${nameIn(urn)}`).join(", ");
      throw new CommandFailure(
        `${stack} stays protected: the checkout has changes that are not up yet (${names}); first run ./platform local up ${stack}`,
        exitCodes.refused,
      );
    }
    return result.steps
      .filter((step) => step.old?.protect === true && step.new?.protect !== true)
      .map(({ urn }) => nameIn(urn))
      .sort();
  });
}

async function confirm(stack: string, customerData: boolean, options: UnprotectOptions): Promise<void> {
  const questions = [
    { given: options.yes, flag: `--yes ${stack}`, text: `Type ${stack} to go on: ` },
    ...(customerData
      ? [
          {
            given: options.andCustomerData,
            flag: `--and-customer-data ${stack}`,
            text: `${stack} holds data of customers. Type ${stack} once more: `,
          },
        ]
      : []),
  ];
  for (const { given, flag, text } of questions) {
    const answer = given ?? (await typed(text, options));
    if (answer === stack) continue;
    const missing = given === undefined && answer === undefined;
    throw new CommandFailure(
      `${stack} stays protected: ${missing ? `nobody to ask; say it with ${flag}` : `the name given was ${JSON.stringify(answer)}, not ${stack}`}`,
      exitCodes.refused,
    );
  }
}

async function typed(question: string, options: UnprotectOptions): Promise<string | undefined> {
  if (!process.stdin.isTTY || options.json) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
