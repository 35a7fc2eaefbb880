import { existsSync } from "node:fs";
import { join } from "node:path";

import type {
  EngineEvent,
  PropertyDiff,
  StepEventMetadata,
  StepEventStateMetadata,
} from "@pulumi/pulumi/automation";

import { type CommandOptions, type CommandResult, runCommand, runOrThrow, type Workspace } from "./command";
import { startEventServer } from "./event-server";
import { startLanguageHost } from "./language-host";
import { projectName } from "./project";

export type { Workspace } from "./command";

export type Operation = "preview" | "up" | "destroy" | "refresh";

export interface RunOptions extends CommandOptions {
  /** @default false */
  skipPreview?: boolean;
  /** Gets every event of the engine while it runs. */
  onEvent?: (event: EngineEvent) => void;
  /** URNs; nothing else is touched. */
  targets?: string[];
  parallel?: number;
  /** Reports the single steps of a replacement, not only the replacement. @default false */
  showReplacements?: boolean;
  /** More flags for the `pulumi` command. */
  flags?: string[];
  /** Variables of the program, which sees none of the user's own. */
  programEnv?: Record<string, string>;
  /** Arguments of `node` for the program. */
  nodeArgs?: string[];
}

/** What the engine plans for one resource, or did to it. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  name: string;
  /** Inputs that differ. */
  diffs: string[];
  /** Inputs that force the replacement. */
  replaceKeys: string[];
  detailedDiff: Record<string, PropertyDiff>;
  outcome: "planned" | "done" | "failed";
  old?: StepEventStateMetadata;
  new?: StepEventStateMetadata;
}

const SEVERITIES = ["info", "info#err", "warning", "error"] as const;

export interface Diagnostic {
  severity: (typeof SEVERITIES)[number];
  message: string;
  urn?: string;
}

export interface EngineResult {
  ok: boolean;
  exitCode: number;
  /** Asked to stop by a signal before it was done. */
  interrupted: boolean;
  /** Number of resources per operation, as in the engine's summary. */
  changes: Record<string, number>;
  /** Steps of the operation itself; those of its preview only when it came no further. */
  steps: Step[];
  diagnostics: Diagnostic[];
  /** What the engine and the program wrote, in the order in which it arrived. */
  output: string;
  durationMs: number;
}

/** Runs the engine on the stack and collects what it did. */
export async function runEngine(
  workspace: Workspace,
  operation: Operation,
  options: RunOptions = {},
): Promise<EngineResult> {
  const started = Date.now();
  const record = new EventRecord();
  let output = "";
  const onOutput = (text: string) => {
    output += text;
    options.onOutput?.(text);
  };
  const host = runsProgram(operation, options)
    ? await startLanguageHost({
        programFolder: workspace.programFolder,
        onOutput,
        ...(options.programEnv === undefined ? {} : { env: options.programEnv }),
        ...(options.nodeArgs === undefined ? {} : { nodeArgs: options.nodeArgs }),
      })
    : undefined;
  const events = await startEventServer((event) => {
    record.add(event);
    options.onEvent?.(event);
  });
  try {
    const args = operationArguments(workspace, operation, options, events.address, host?.address);
    const result = await runCommand(workspace, args, { ...options, onOutput });
    const ok = result.exitCode === 0;
    if (!ok && !record.diagnostics.some(({ severity }) => severity === "error")) {
      // What stops the engine before it starts (a lock, a missing stack) is no event.
      record.diagnostics.push({ severity: "error", message: errorOf(result) });
    }
    const { changes, diagnostics } = record;
    return {
      ok,
      exitCode: result.exitCode,
      interrupted: result.interrupted,
      changes,
      steps: [...record.steps.values()],
      diagnostics,
      output,
      durationMs: Date.now() - started,
    };
  } finally {
    await host?.close();
    events.close();
  }
}

/** Whether the stack has a state, empty or not. */
export function stackExists(workspace: Workspace): boolean {
  const folder = join(workspace.backendFolder, ".pulumi", "stacks", projectName(workspace));
  return ["", ".gz", ".zst"].some((compression) =>
    existsSync(join(folder, `${workspace.stack}.json${compression}`)),
  );
}

/** Creates the stack, with secrets behind the workspace's passphrase, unless it exists. */
export async function ensureStack(workspace: Workspace): Promise<void> {
  if (stackExists(workspace)) return;
  await runOrThrow(workspace, [
    "stack",
    "init",
    workspace.stack,
    "--secrets-provider",
    "passphrase",
    "--no-select",
  ]);
}

/** Removes an empty stack and its history; its settings file stays. */
export async function removeStack(
  workspace: Workspace,
  options: { evenWithResources?: boolean } = {},
): Promise<void> {
  if (!stackExists(workspace)) return;
  const force = options.evenWithResources ? ["--force"] : [];
  await runOrThrow(workspace, ["stack", "rm", workspace.stack, "--yes", "--preserve-config", ...force]);
}

/** The state of the stack, secrets encrypted. */
export async function exportStack(workspace: Workspace): Promise<unknown> {
  const { stdout } = await runOrThrow(workspace, ["stack", "export", "--stack", workspace.stack]);
  return JSON.parse(stdout) as unknown;
}

function runsProgram(operation: Operation, options: RunOptions): boolean {
  if (operation === "preview" || operation === "up") return true;
  return options.flags?.some((flag) => flag === "--run-program" || flag === "--run-program=true") ?? false;
}

function operationArguments(
  workspace: Workspace,
  operation: Operation,
  options: RunOptions,
  eventLog: string,
  client: string | undefined,
): string[] {
  const changesThings = operation !== "preview";
  return [
    operation,
    "--stack",
    workspace.stack,
    "--event-log",
    eventLog,
    "--suppress-progress",
    ...(client === undefined ? [] : [`--client=${client}`]),
    ...(changesThings ? ["--yes"] : []),
    ...(changesThings && options.skipPreview ? ["--skip-preview"] : []),
    ...(options.parallel === undefined ? [] : ["--parallel", String(options.parallel)]),
    ...(options.showReplacements ? ["--show-replacement-steps"] : []),
    ...(options.targets ?? []).flatMap((urn) => ["--target", urn]),
    ...(options.flags ?? []),
  ];
}

/** Sums up the events of one run. */
class EventRecord {
  public changes: Record<string, number> = {};
  public readonly steps = new Map<string, Step>();
  public readonly diagnostics: Diagnostic[] = [];

  public add(event: EngineEvent): void {
    if (event.preludeEvent !== undefined) {
      // The second one begins the operation itself, after its preview.
      this.steps.clear();
      this.changes = {};
    }
    if (event.resourcePreEvent !== undefined) this.addStep(event.resourcePreEvent.metadata, "planned");
    if (event.resOutputsEvent !== undefined) {
      this.addStep(event.resOutputsEvent.metadata, event.resOutputsEvent.planning ? "planned" : "done");
    }
    if (event.resOpFailedEvent !== undefined) this.addStep(event.resOpFailedEvent.metadata, "failed");
    if (event.summaryEvent !== undefined) this.changes = { ...event.summaryEvent.resourceChanges };
    if (event.diagnosticEvent !== undefined && !event.diagnosticEvent.ephemeral) {
      const { urn } = event.diagnosticEvent;
      // The engine's type leaves out "debug": the SDK's trace of every call, no news for a user.
      const severity: string = event.diagnosticEvent.severity;
      if (!isSeverity(severity)) return;
      const message = event.diagnosticEvent.message.trim();
      // The preview and the operation often say the same.
      if (!this.diagnostics.some((known) => known.message === message && known.urn === urn)) {
        this.diagnostics.push({ severity, message, ...(urn ? { urn } : {}) });
      }
    }
  }

  private addStep(metadata: StepEventMetadata, outcome: Step["outcome"]): void {
    // A refresh is announced as such and ends as what it found: "same", "update" or "delete".
    if (metadata.op !== "refresh") this.steps.delete(`refresh ${metadata.urn}`);
    this.steps.set(`${metadata.op} ${metadata.urn}`, {
      op: metadata.op,
      urn: metadata.urn,
      type: metadata.type,
      name: metadata.urn.split("::").slice(3).join("::"),
      diffs: metadata.diffs ?? [],
      replaceKeys: metadata.keys ?? [],
      detailedDiff: metadata.detailedDiff ?? {},
      outcome,
      ...(metadata.old ? { old: metadata.old } : {}),
      ...(metadata.new ? { new: metadata.new } : {}),
    });
  }
}

function isSeverity(severity: string): severity is Diagnostic["severity"] {
  return (SEVERITIES as readonly string[]).includes(severity);
}

function errorOf({ stderr, exitCode }: CommandResult): string {
  const at = stderr.indexOf("error: ");
  const message = (at < 0 ? stderr : stderr.slice(at + "error: ".length)).trim();
  return message === "" ? `the engine ended with exit code ${exitCode} and said nothing` : message;
}
