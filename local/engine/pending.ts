import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type CommandOptions, runOrThrow, type Workspace } from "./command";
import { exportStack } from "./run";

/** A resource that the engine was creating when it was killed: it may exist, the state does not know. */
export interface PendingCreate {
  urn: string;
  type: string;
  name: string;
  /** As in the state, secrets encrypted. */
  inputs: Record<string, unknown>;
  /** What its provider was configured with, secrets encrypted; absent for a provider that is not in the state. */
  configuration?: Record<string, unknown>;
  parent?: string;
}

/** It exists under this ID, or it was never created. */
export type PendingDecision = { import: string } | "clear";

export interface ResolvedCreates {
  imported: { urn: string; id: string }[];
  cleared: string[];
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  parent?: string;
  /** `URN::ID` of its provider. */
  provider?: string;
  delete?: boolean;
  pendingReplacement?: boolean;
}

interface StateOperation {
  type: string;
  resource: StateResource;
}

interface State {
  deployment: { resources?: StateResource[]; pending_operations?: StateOperation[] };
}

/** The creates of an exported stack that were begun and never finished. */
export function pendingCreates(exported: unknown): PendingCreate[] {
  const state = exported as State;
  return creatingOperations(state).map(({ resource }) => describe(state, resource));
}

/** Adopts or forgets every pending create, as `decide` says, so that the next `up` creates nothing twice. */
export async function resolvePendingCreates(
  workspace: Workspace,
  decide: (resource: PendingCreate) => Promise<PendingDecision>,
  options: CommandOptions = {},
): Promise<ResolvedCreates> {
  const resolved: ResolvedCreates = { imported: [], cleared: [] };
  const state = (await exportStack(workspace)) as State;
  for (const operation of creatingOperations(state)) {
    const { urn } = operation.resource;
    const decision = await decide(describe(state, operation.resource));
    if (decision === "clear") {
      resolved.cleared.push(urn);
    } else {
      resolved.imported.push({ urn, id: decision.import });
      adopt(state, { ...operation.resource, id: decision.import });
    }
  }
  if (resolved.imported.length + resolved.cleared.length === 0) return resolved;

  state.deployment.pending_operations = (state.deployment.pending_operations ?? []).filter(
    ({ type }) => type !== "creating",
  );
  await importState(workspace, state, options);
  await readAdopted(workspace, resolved.imported, options);
  return resolved;
}

// Not `pulumi refresh --import-pending-creates`: it marks the operation as an import that nothing carries out and
// drops it with the next write of the state, so that `up` creates the resource again. Seen with 3.259.0; no code
// in its pkg/resource/deploy reads OperationTypeImporting.
function adopt(state: State, resource: StateResource): void {
  const resources = (state.deployment.resources ??= []);
  const at = resources.findIndex((known) => known.urn === resource.urn && !known.delete);
  const replaced = resources[at];
  if (replaced === undefined) {
    // Last: whatever it depends on was there before its creation began, and nothing can depend on it yet.
    resources.push(resource);
  } else if (replaced.pendingReplacement) {
    // Its predecessor was deleted first.
    resources[at] = resource;
  } else {
    // Its predecessor goes after it; that deletion is still to come.
    resources.splice(at, 1, resource, { ...replaced, delete: true });
  }
}

async function importState(workspace: Workspace, state: State, options: CommandOptions): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "platform-state-"));
  try {
    const file = join(scratch, "state.json");
    await writeFile(file, JSON.stringify(state), { mode: 0o600 });
    await runOrThrow(workspace, ["stack", "import", "--stack", workspace.stack, "--file", file], options);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readAdopted(
  workspace: Workspace,
  imported: ResolvedCreates["imported"],
  options: CommandOptions,
): Promise<void> {
  if (imported.length === 0) return;
  const targets = imported.flatMap(({ urn }) => ["--target", urn]);
  await runOrThrow(
    workspace,
    ["refresh", "--stack", workspace.stack, "--yes", "--skip-preview", ...targets],
    options,
  );
  const state = (await exportStack(workspace)) as State;
  const missing = imported.filter(
    ({ urn }) => !state.deployment.resources?.some((known) => known.urn === urn && !known.delete),
  );
  if (missing.length > 0) {
    // The refresh took it out of the state again, and the next `up` would create a second one if it exists after all.
    throw new Error(
      missing
        .map(({ urn, id }) => `${urn} does not exist under the ID ${id}; it is no longer in the state`)
        .join("\n"),
    );
  }
}

function creatingOperations(state: State): StateOperation[] {
  return (state.deployment.pending_operations ?? []).filter(({ type }) => type === "creating");
}

function describe(state: State, resource: StateResource): PendingCreate {
  const provider = state.deployment.resources?.find(({ urn, id }) => `${urn}::${id}` === resource.provider);
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.urn.split("::").slice(3).join("::"),
    inputs: resource.inputs ?? {},
    ...(provider?.inputs && { configuration: provider.inputs }),
    ...(resource.parent === undefined ? {} : { parent: resource.parent }),
  };
}
