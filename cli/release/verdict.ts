import { isDeepStrictEqual } from "node:util";

import { nameIn } from "../plan/resource-name";
import type { PreviewStep } from "./preview-digest";

/** Something that a plan does to a resource and a deployment of one version does not. */
export interface Objection {
  readonly urn: string;
  /** The engine's word, or `protect` and `unprotect`, which it does under `same`. */
  readonly action: string;
  /** What is wrong with that, where the action alone does not tell. */
  readonly because?: string;
}

/** What a plan does, as a deployment of one version of one service. */
export interface Verdict {
  /** only: that version and nothing else. more: also, or instead, something else. nothing: no resource changes. */
  readonly plan: "only" | "more" | "nothing";
  /** Version in the state: what was deployed last. Null where there is no release. */
  readonly from: string | null;
  /** Version that the plan deploys, or null where it leaves the release alone. */
  readonly to: string | null;
  /** URNs for `pulumi up --target`; none unless the plan is only that. */
  readonly targets: readonly string[];
  readonly objections: readonly Objection[];
}

/** Whether a plan deploys one version of a service and does nothing else; with `first` also where none ran before. */
export function verdictOf(
  steps: readonly PreviewStep[],
  service: string,
  { first }: { readonly first: boolean },
): Verdict {
  const touched = actionsOf(steps);
  const release = touched.find(({ step }) => isReleaseOf(step, service));
  const others = touched.filter((one) => one !== release);
  const creates = first && release?.action === "create";
  const objections = [
    ...(release ? objectionsTo(release, creates) : []),
    ...others
      .filter((other) => !(creates && other.action === "create" && watches(other.step, service)))
      .map(({ step, action }) => ({ urn: step.urn, action })),
  ];
  const only = release !== undefined && objections.length === 0;
  return {
    plan: only ? "only" : touched.length === 0 ? "nothing" : "more",
    from: versionIn(release?.step.oldState),
    to: versionIn(release?.step.newState),
    targets: only ? touched.map(({ step }) => step.urn) : [],
    objections,
  };
}

interface Touched {
  readonly step: PreviewStep;
  readonly action: string;
}

/** Steps that leave a resource as it is, in the world and in the program. */
const quiet: ReadonlySet<string> = new Set(["same", "read", "refresh"]);

/** What is done to each resource; a replacement has several steps and is one. */
function actionsOf(steps: readonly PreviewStep[]): Touched[] {
  const byUrn = new Map<string, Touched>();
  for (const step of steps) {
    const action = actionOf(step);
    if (action === undefined) continue;
    const known = byUrn.get(step.urn);
    if (!known) byUrn.set(step.urn, { step, action });
    else if (known.action !== action) byUrn.set(step.urn, { step, action: "replace" });
  }
  return [...byUrn.values()];
}

function actionOf({ op, oldState, newState }: PreviewStep): string | undefined {
  if (!quiet.has(op)) return op;
  if (op !== "same" || !oldState || !newState || oldState.protect === newState.protect) return undefined;
  return newState.protect ? "protect" : "unprotect";
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** The same name may be another chart's, so what it is a part of counts too. */
function isReleaseOf({ urn }: PreviewStep, service: string): boolean {
  return urn.endsWith(`::platform:index:Service$${releaseType}::${service}`);
}

/** What watches a service is made with its first version. */
function watches({ urn, newState }: PreviewStep, service: string): boolean {
  const monitoring = `::platform:index:Monitoring::${service}`;
  return urn.endsWith(monitoring) || newState?.parent?.endsWith(monitoring) === true;
}

function objectionsTo({ step, action }: Touched, creates: boolean): Objection[] {
  const { urn, oldState, newState } = step;
  if (creates) return [];
  if (action === "create") {
    return [{ urn, action, because: "no version ran there before; where that is meant, say --first" }];
  }
  if (action !== "update") return [{ urn, action, because: "a version is put in by an update" }];
  const differing = differingInputs(oldState?.inputs ?? {}, newState?.inputs ?? {});
  const others = differing.filter((input) => input !== "version");
  if (others.length > 0)
    return [{ urn, action, because: `not only its version differs: ${others.join(", ")}` }];
  return differing.length === 0 ? [{ urn, action, because: "its version stays" }] : [];
}

/** What the provider writes beside the inputs, from what is in the chart. */
const fromChart: ReadonlySet<string> = new Set(["checksum", "manifest", "resourceNames"]);

function differingInputs(old: Record<string, unknown>, next: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((key) => !key.startsWith("__") && !fromChart.has(key))
    .filter((key) => !isDeepStrictEqual(old[key], next[key]))
    .sort();
}

function versionIn(state: PreviewStep["oldState"]): string | null {
  const version = state?.inputs["version"];
  return typeof version === "string" ? version : null;
}

/** The objections, one a line. */
export function objectionsText(objections: readonly Objection[]): string {
  return objections
    .map(
      ({ urn, action, because }) =>
        `  ${action} ${nameIn(urn)}${because === undefined ? "" : ` (${because})`}`,
    )
    .join("\n");
}
