import { longLivedStacks } from "../../config/stacks";
import { runEngine, type Step, type Workspace } from "../../local/engine/run";
import { releaseSlices } from "../../local/world/slices";
import { copiedSettings, withStack, workspaceOf } from "../../local/world/stacks";
import { print, printJson } from "../terminal";
import { failureOf, nameIn } from "./failures";
import { type LocalOptions, openSession, root, worldLayout } from "./session";
import { chooseStacks } from "./settings";

export interface PreviewOptions extends LocalOptions {
  /** List every resource, however many. */
  readonly all: boolean;
}

/** Resources named for each stack before the rest is only counted. */
const listedLimit = 25;

/** What is most dangerous comes first. */
const order = ["replace", "create-replacement", "delete-replaced", "delete", "update", "create"];

/** `platform local preview`: what `up` would do, by the engine's own plan; the clouds stay as they are. */
export async function preview(names: readonly string[], options: PreviewOptions): Promise<void> {
  const stacks = chooseStacks(root, worldLayout(options), names.length > 0 ? names : longLivedStacks);
  const { place } = await openSession(options, stacks);
  const plans = [];
  for (const { name, file } of stacks) {
    const plan = (workspace: Workspace) => runEngine(workspace, "preview");
    const result = await withStack(place, name, file.config, plan, { onlyLooks: true });
    if (!result.ok) throw failureOf(name, result, workspaceOf(place, name));
    plans.push({
      stack: name,
      changes: result.changes,
      steps: result.steps.filter(({ op }) => op !== "same"),
    });
  }
  for (const { name } of stacks) {
    if (copiedSettings(place.layout, name) === undefined) releaseSlices(place.layout, name);
  }
  if (options.json) {
    printJson(
      plans.map(({ stack, changes, steps }) => ({
        stack,
        changes,
        steps: steps.map(({ op, urn, diffs, replaceKeys }) => ({ op, urn, diffs, replaceKeys })),
      })),
    );
    return;
  }
  for (const { stack, changes, steps } of plans) print(planText(stack, changes, steps, options.all));
}

function planText(
  stack: string,
  changes: Record<string, number>,
  steps: readonly Step[],
  all: boolean,
): string {
  const counts = Object.entries(changes).filter(([op]) => op !== "same");
  if (counts.length === 0) return `${stack}: no changes`;
  const sorted = [...steps].sort((a, b) => order.indexOf(a.op) - order.indexOf(b.op));
  const listed = all ? sorted : sorted.slice(0, listedLimit);
  const more = sorted.length - listed.length;
  return [
    `${stack}: ${counts.map(([op, count]) => `${count} to ${op}`).join(", ")}`,
    ...listed.map(stepText),
    ...(more > 0 ? [`  … and ${more} more (--all lists them)`] : []),
  ].join("\n");
}

function stepText({ op, urn, diffs, replaceKeys }: Step): string {
  const why =
    replaceKeys.length > 0
      ? ` because of ${replaceKeys.join(", ")}`
      : diffs.length > 0
        ? `: ${diffs.join(", ")}`
        : "";
  return `  ${op.padEnd(8)} ${nameIn(urn)}${why}`;
}
