import { isDeepStrictEqual } from "node:util";

import type { EngineResult, Step } from "../../local/engine/run";
import { type PathStep, pathTo, stepsOf } from "../../local/providers/property-path";
import { lossWith } from "./losses";

export type Action = "replace" | "delete" | "update" | "create" | "same";

/** What stands for a value that is nobody's business; the engine's own word. */
export const secret = "[secret]";

/** What stands for a value that only the `up` will tell. */
export const unknown = "[known after up]";

/** One input that differs, or an output that an update is for. */
export interface PropertyChange {
  /** Property path, `nodeConfig.machineType`. */
  readonly path: string;
  /** Absent where there was none. */
  readonly old?: unknown;
  /** Absent where there will be none. */
  readonly new?: unknown;
  /** Whether this one makes a new resource instead of changing the old. */
  readonly replaces: boolean;
}

/** What the engine plans for one resource. */
export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly action: Action;
  readonly properties: readonly PropertyChange[];
  /** What forces a replacement: inputs, or `provider` where it comes with the provider's own. */
  readonly because: readonly string[];
  /** Of a replacement: whether the old one is deleted before the new one is there. */
  readonly oldFirst?: boolean;
  /** What is lost with it, in words. */
  readonly loses?: string;
  readonly protectedBefore: boolean;
  readonly protectedAfter: boolean;
  /** Whether one of its guards is off afterwards: protection, deletion protection, deletion policy, a last backup. */
  readonly losesGuard: boolean;
  /**
   * Whether `up` comes to an end at it: the engine refuses before anything is done, the provider only when the old one
   * is to be deleted, since the state says that it may not.
   */
  readonly refusedBy?: "engine" | "provider";
}

/** What is known of a plan besides the engine's steps. */
export interface Beside {
  /** URNs of what was protected, where the steps come from a state without protections. */
  readonly guarded?: ReadonlySet<string>;
  /** URNs of what the engine said it refuses. */
  readonly refused?: ReadonlySet<string>;
}

/** What an `up` of one stack would do. */
export interface Plan {
  /** The most dangerous first; what stays the same is not listed, unless it loses its protection. */
  readonly changes: readonly ResourceChange[];
  /** Outputs of the stack that differ. */
  readonly outputs: readonly PropertyChange[];
  /** Resources that stay as they are. */
  readonly unchanged: number;
  readonly warnings: readonly string[];
}

/** The engine's steps as one change for each resource. */
export function planOf({ steps, diagnostics }: EngineResult, beside: Beside = {}): Plan {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const all = [...byUrn.values()].map((group) => changeOf(group, beside));
  const changes = all.filter(({ action, losesGuard }) => action !== "same" || losesGuard);
  const stack = steps.find(({ type }) => type === "pulumi:pulumi:Stack");
  return {
    changes: changes.sort((a, b) => rank(a) - rank(b) || (a.urn < b.urn ? -1 : 1)),
    outputs: outputsOf(stack),
    unchanged: all.length - changes.length,
    warnings: diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message),
  };
}

/** Whether data, a name or an address goes with it. */
export function losesSomething({ action, loses, protectedBefore }: ResourceChange): boolean {
  return (action === "replace" || action === "delete") && (loses !== undefined || protectedBefore);
}

function rank(change: ResourceChange): number {
  if (losesSomething(change)) return change.action === "delete" ? 0 : 1;
  if (change.losesGuard) return 2;
  return 3 + (["replace", "delete", "update", "create", "same"] satisfies Action[]).indexOf(change.action);
}

function changeOf(steps: readonly Step[], beside: Beside): ResourceChange {
  const ops = steps.map(({ op }) => op);
  const action = actionOf(ops);
  const first = steps[0] as Step;
  // What is deleted says nothing of why; the other steps of a replacement do.
  const telling = steps.find(({ op }) => op !== "delete-replaced") ?? first;
  const old = telling.old ?? first.old;
  const next = steps.find(({ op, new: state }) => state !== undefined && !isDeletion(op))?.new;
  const goes = action === "delete" || action === "replace";
  const loses = goes ? lossWith(first.type) : undefined;
  const change = {
    urn: first.urn,
    type: first.type,
    name: first.name,
    action,
    properties: propertiesOf(action, telling, old, next),
    because: action === "replace" ? telling.replaceKeys : [],
    ...(action === "replace" && { oldFirst: deletedFirst(ops) }),
    ...(loses !== undefined && { loses }),
    protectedBefore: beside.guarded?.has(old?.urn ?? first.urn) ?? old?.protect === true,
    protectedAfter: next?.protect === true,
  };
  const refusedBy = refuserOf(change, old?.outputs, beside);
  return { ...change, losesGuard: losesGuard(change), ...(refusedBy !== undefined && { refusedBy }) };
}

type Unjudged = Omit<ResourceChange, "losesGuard" | "refusedBy">;

function refuserOf(
  { urn, action, because, oldFirst, protectedBefore, protectedAfter }: Unjudged,
  oldOutputs: unknown,
  { refused }: Beside,
): ResourceChange["refusedBy"] {
  if (action !== "delete" && action !== "replace") return undefined;
  // What has no reason of its own is deleted for another's sake, and there only the old protection counts.
  const goesAlong = oldFirst === true && because.length === 0;
  if (refused?.has(urn)) return "engine";
  if (protectedBefore && (action === "delete" || protectedAfter || goesAlong)) return "engine";
  const { deletionProtection, deletionPolicy } = (oldOutputs ?? {}) as Record<string, unknown>;
  return deletionProtection === true || deletionPolicy === "PREVENT" ? "provider" : undefined;
}

/** Switches that keep something when they are on, by the last word of their path, and what on is. */
const guardSwitches: Readonly<Record<string, unknown>> = {
  deletionPolicy: "PREVENT",
  deletionProtection: true,
  deletionProtectionEnabled: true,
  enabled: true,
  retainBackupsOnDelete: true,
};

function losesGuard({ action, protectedBefore, protectedAfter, properties }: Unjudged): boolean {
  if (action === "delete") return false;
  if (protectedBefore && !protectedAfter) return true;
  return properties.some(({ path, old, new: next }) => {
    const name = String(stepsOf(path).at(-1));
    // Of all that may be enabled only the last backup is a guard.
    if (name === "enabled" && !/finalBackupConfig\.enabled$/.test(path)) return false;
    return name in guardSwitches && old === guardSwitches[name] && next !== old;
  });
}

function actionOf(ops: readonly string[]): Action {
  if (ops.some((op) => op === "replace" || op.endsWith("-replacement"))) return "replace";
  if (ops.some((op) => isDeletion(op) || op === "remove-pending-replace")) return "delete";
  if (ops.includes("update")) return "update";
  return ops.some((op) => op === "create" || op === "import") ? "create" : "same";
}

function isDeletion(op: string): boolean {
  return op.startsWith("delete") || op.startsWith("discard");
}

function deletedFirst(ops: readonly string[]): boolean {
  const deletion = ops.findIndex(isDeletion);
  const creation = ops.findIndex((op) => !isDeletion(op));
  return deletion >= 0 && deletion < creation;
}

function propertiesOf(action: Action, step: Step, before: Step["old"], after: Step["new"]): PropertyChange[] {
  if (action === "delete" || action === "same") return [];
  const [old, next] = [before?.inputs as unknown, after?.inputs as unknown];
  if (action === "create") {
    return Object.keys(plainly(next) as object).map((path) => changeAt(path, undefined, next, false));
  }
  const detailed = Object.entries(step.detailedDiff);
  // What is replaced only because something below it is deleted first comes without a word of why.
  if (detailed.length + step.diffs.length + step.replaceKeys.length === 0) {
    return differingPaths(plainly(old), plainly(next)).map((path) => changeAt(path, old, next, false));
  }
  const paths = detailed.length > 0 ? detailed.map(([path]) => path) : [...step.diffs, ...step.replaceKeys];
  const forcing = new Set(
    detailed.length > 0
      ? detailed.filter(([, { diffKind }]) => String(diffKind).endsWith("replace")).map(([path]) => path)
      : step.replaceKeys,
  );
  const isOutput = (path: string) => step.detailedDiff[path]?.inputDiff === false;
  return (
    [...new Set(paths)]
      .map((path) =>
        isOutput(path)
          ? changeAt(path, before?.outputs, after?.outputs, forcing.has(path))
          : changeAt(path, old, next, forcing.has(path)),
      )
      // What only follows from an input, such as the labels in effect, is in no input itself.
      .filter((change) => change.old !== undefined || change.new !== undefined)
  );
}

/** Property paths of what differs between two values, as far down as both are blocks. */
function differingPaths(old: unknown, next: unknown, path = ""): string[] {
  if (isDeepStrictEqual(old, next)) return [];
  if (!isBlock(old) || !isBlock(next)) return path === "" ? [] : [path];
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((key) =>
    differingPaths(old[key], next[key], pathTo(path, key)),
  );
}

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function outputsOf(stack: Step | undefined): PropertyChange[] {
  const old = { ...(stack?.old?.outputs as object | undefined) };
  const next = { ...(stack?.new?.outputs as object | undefined) };
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .map((name) => changeAt(pathTo("", name), old, next, false, name))
    .filter((change) => JSON.stringify(change.old) !== JSON.stringify(change.new));
}

function changeAt(
  path: string,
  old: unknown,
  next: unknown,
  replaces: boolean,
  shownPath = path,
): PropertyChange {
  const before = valueAt(plainly(old), path);
  const after = valueAt(plainly(next), path);
  return {
    path: shownPath,
    ...(before !== undefined && { old: before }),
    ...(after !== undefined && { new: after }),
    replaces,
  };
}

/** What the engine writes for a value that is not known yet, wherever in a value it stands. */
const unknownMarks: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The key by which the engine tells what kind of value an object stands for, and what it writes there for a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value of the engine as people read it: marks for what is secret or unknown, wherever it stands. */
function plainly(value: unknown): unknown {
  if (unknownMarks.has(value)) return unknown;
  if (Array.isArray(value)) return value.map(plainly);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signature] === secretSignature) return secret;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainly(inner)]));
}

/** The value at a property path; what is below a secret is secret, and below something unknown unknown. */
function valueAt(value: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((at, step) => {
    if (at === secret || at === unknown) return at;
    if (typeof at !== "object" || at === null) return undefined;
    return (at as Record<PathStep, unknown>)[step];
  }, value);
}
