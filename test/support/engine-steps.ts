import type { EngineResult, Step } from "../../local/engine/run";

/** A database instance, the most dangerous thing to lose. */
export const instance =
  "urn:pulumi:production::platform::platform:index:Database$gcp:sql/databaseInstance:DatabaseInstance::main";

interface About {
  readonly urn: string;
  readonly old?: object;
  readonly new?: object;
  readonly replaceKeys?: string[];
  readonly detailedDiff?: Step["detailedDiff"];
}

/** A step as the engine reports it. */
export function step(op: string, about: About): Step {
  const { urn, old, new: next } = about;
  const state = (given?: object) => ({
    type: typeOf(urn),
    urn,
    id: "",
    parent: "",
    inputs: {},
    outputs: {},
    ...given,
  });
  const isNew = op === "create" || op === "read";
  const goes = op.startsWith("delete");
  return {
    op,
    urn,
    type: typeOf(urn),
    name: urn.split("::").at(-1) ?? "",
    diffs: [],
    replaceKeys: about.replaceKeys ?? [],
    detailedDiff: about.detailedDiff ?? {},
    outcome: "planned",
    ...(isNew ? {} : { old: state(old) as NonNullable<Step["old"]> }),
    ...(goes ? {} : { new: state(next) as NonNullable<Step["new"]> }),
  };
}

/** One entry of a detailed diff. */
export function change(path: string, diffKind = "update", inputDiff = true): Step["detailedDiff"] {
  return { [path]: { diffKind, inputDiff } } as unknown as Step["detailedDiff"];
}

/** What the engine tells after a preview with these steps. */
export function engineResult(...steps: Step[]): EngineResult {
  return {
    ok: true,
    exitCode: 0,
    interrupted: false,
    changes: {},
    steps,
    diagnostics: [],
    output: "",
    durationMs: 0,
  };
}

function typeOf(urn: string): string {
  const types = urn.split("::")[2] ?? "";
  return types.slice(types.lastIndexOf("$") + 1);
}
