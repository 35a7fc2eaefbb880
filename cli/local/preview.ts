import { longLivedStacks } from "../../config/stacks";
import { runEngine, type Workspace } from "../../local/engine/run";
import { releaseSlices } from "../../local/world/slices";
import { copiedSettings, withStack, workspaceOf } from "../../local/world/stacks";
import { planDocumentOf } from "../plan/document";
import { planOf } from "../plan/plan";
import { planText } from "../plan/text";
import { coloured, print, printJson } from "../terminal";
import { failureOf } from "./failures";
import { type LocalOptions, openSession, provideCharts, root, worldLayout } from "./session";
import { chooseStacks } from "./settings";

export interface PreviewOptions extends LocalOptions {
  /** List every new resource, however many. */
  readonly all: boolean;
}

/** `platform local preview`: what `up` would do, by the engine's own plan; the clouds stay as they are. */
export async function preview(names: readonly string[], options: PreviewOptions): Promise<void> {
  const stacks = chooseStacks(root, worldLayout(options), names.length > 0 ? names : longLivedStacks);
  const session = await openSession(options, stacks);
  const { place } = session;
  const plans = [];
  for (const { name, file, settings } of stacks) {
    await provideCharts(session, settings);
    const plan = (workspace: Workspace) => runEngine(workspace, "preview");
    const result = await withStack(place, name, file.config, plan, { onlyLooks: true });
    if (!result.ok) throw failureOf(name, result, workspaceOf(place, name));
    plans.push({ stack: name, plan: planOf(result) });
  }
  for (const { name } of stacks) {
    if (copiedSettings(place.layout, name) === undefined) releaseSlices(place.layout, name);
  }
  if (options.json) {
    printJson(plans.map(({ stack, plan }) => ({ stack, ...planDocumentOf(plan) })));
    return;
  }
  const style = { all: options.all, colours: coloured() };
  for (const { stack, plan } of plans) print(planText(stack, plan, style));
}
