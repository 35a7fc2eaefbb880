import type { Api } from "../../../clusters/api";
import type { Values } from "../../../cloud/rules/shape";
import type { State } from "../../provider";
import { apply, liveOf, make, madeOnly, newManager } from "./apply";
import type { Target } from "./discovery";
import { managerIn, outputsOf, plannedOf } from "./live";
import { podRefusal } from "./pod-security";
import { gone } from "./refusal";

export interface Plan {
  readonly api: Api;
  readonly target: Target;
  readonly body: Values;
  /** Absent for an object that is to be made. */
  readonly old: State | undefined;
  readonly patch: boolean;
  readonly force: boolean;
}

export interface Planned {
  readonly outputs: Values;
  readonly warnings: readonly string[];
}

/** What the API server answers to a change that it only tries; undefined when there is nothing to try it on yet. */
export async function dryRun(plan: Plan): Promise<Planned | undefined> {
  const { api, target, body, old, patch } = plan;
  const manager = managerIn(old?.outputs ?? {}) ?? newManager();
  if (!old && !patch) {
    const { value, warnings } = await make(api, target, body, { manager, dryRun: true });
    return { outputs: plannedOf(value), warnings: await allOf(plan, warnings) };
  }
  const live = await liveOf(api, target);
  if (!live && patch) return undefined;
  if (!live) throw gone(target);
  // What was made and never applied since is no conflict, and neither is what a patch will take.
  const force = !old || madeOnly(live, manager) || plan.force;
  const { value, warnings } = await apply(api, target, body, { manager, dryRun: true, force });
  return { outputs: outputsOf(value, manager), warnings: await allOf(plan, warnings) };
}

/** What the API server said beside its answer, and what Pod Security will say to the pods. */
async function allOf({ api, target, body }: Plan, warnings: readonly string[]): Promise<readonly string[]> {
  const refusal = await podRefusal(api, target, body);
  if (!refusal) return warnings;
  const others = warnings.filter((warning) => !warning.includes("PodSecurity"));
  return [`its pods will be refused: ${refusal}`, ...others];
}
