import { readFileSync } from "node:fs";
import { join } from "node:path";

import { catalogueFolder, readCatalogue } from "../../config/catalogue";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import { serviceProblem } from "./change";
import { stepsOfPreview } from "./preview-digest";
import { objectionsText, type Verdict, verdictOf } from "./verdict";

export interface CheckOptions {
  /** File with what `pulumi preview --json` printed, or `-` for standard input. */
  readonly plan: string;
  readonly first: boolean;
  /** Print the targets instead of a sentence. */
  readonly targets: boolean;
  readonly json: boolean;
}

/** The document that `platform release check --json` prints. */
interface CheckDocument extends Verdict {
  /** Raised when a reader would have to change. */
  readonly version: 1;
  readonly service: string;
  /** Null where the plan names no resource. */
  readonly stack: string | null;
}

/** `platform release check`: lets a plan pass that deploys one version of one service, and nothing else. */
export function check(checkout: string, service: string, options: CheckOptions): void {
  const problem = serviceProblem(readCatalogue(join(checkout, catalogueFolder)), service);
  if (problem !== undefined) throw new CommandFailure(problem, exitCodes.wrong);
  const place = options.plan === "-" ? "the plan on standard input" : options.plan;
  const steps = stepsOfPreview(textOf(options.plan), place);
  const stack = steps[0]?.urn.split(":")[2] ?? null;
  const verdict = verdictOf(steps, service, options);
  const document: CheckDocument = { version: 1, service, stack, ...verdict };
  if (options.json) printJson(document);
  if (verdict.plan !== "only") {
    throw new CommandFailure(refusalOf(document), exitCodes.refused, options.json);
  }
  if (options.json) return;
  print(options.targets ? verdict.targets.join("\n") : sentenceOf(document));
}

function textOf(plan: string): string {
  try {
    return readFileSync(plan === "-" ? 0 : plan, "utf8");
  } catch (error) {
    throw new CommandFailure(
      `--plan is ${JSON.stringify(plan)}, which cannot be read (${(error as Error).message}); ` +
        "it must be a file with what `pulumi preview --json` printed, or - for standard input",
      exitCodes.wrong,
    );
  }
}

function sentenceOf({ service, stack, from, to, targets }: CheckDocument): string {
  const more = targets.length - 1;
  const watched = more > 0 ? `, and make the ${more} resources that watch it` : "";
  return from === null
    ? `the up of ${stack} will put in ${service} ${to}, its first version there${watched}, and touch nothing else`
    : `the up of ${stack} will take ${service} from ${from} to ${to}, and touch nothing else`;
}

function refusalOf({ plan, service, stack, to, objections }: CheckDocument): string {
  const where = stack ?? "the stack";
  if (plan === "nothing") {
    return `there is nothing to deploy: ${where} has this version of ${service} already, and the plan changes nothing`;
  }
  const without =
    to === null
      ? `does not deploy ${service} at all, and would`
      : `is not only a version of ${service}; it would`;
  return [
    `this plan of ${where} ${without}`,
    objectionsText(objections),
    `Let a reviewed up of ${where} do the rest first, and preview again`,
  ].join("\n");
}
