/** The stand-in for Kubernetes objects on a real control plane, driven as the engine drives it. */
import type { ControlPlane } from "../../local/clusters/control-plane";
import type { Values } from "../../local/cloud/rules/shape";
import { Objects, type ObjectsOptions } from "../../local/providers/kubernetes/objects/objects";
import type { NotInitialised, Patience, State, Subject } from "../../local/providers/provider";
import { revealed } from "../../local/providers/wire";

export function subjectOf(kind: string, name = "main"): Subject {
  return { urn: `urn:pulumi:test::platform::kubernetes:${kind}::${name}`, kind, name };
}

/** A call that may take so long; without seconds, as long as its kind gets. */
export function patience(timeoutSeconds?: number, signal = new AbortController().signal): Patience {
  return { signal, ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
}

/** Objects of one provider, with the state that the engine would keep, and the warnings that it would show. */
export function objectsOn(cluster: ControlPlane | undefined, overrides: Partial<ObjectsOptions> = {}) {
  const warnings: string[] = [];
  const objects = new Objects(cluster, {
    engine: { warn: (_urn, message) => Promise.resolve(void warnings.push(message)) },
    mutability: { configMaps: true, secrets: true },
    patchForce: false,
    deleteUnreachable: false,
    reason: "there is no cluster staging",
    ...overrides,
  });
  const checked = (kind: string, inputs: object) => objects.check(subjectOf(kind), inputs as Values).inputs;
  return {
    objects,
    warnings,
    check: (kind: string, inputs: object) => objects.check(subjectOf(kind), inputs as Values),
    preview: (kind: string, inputs: object, old?: State) =>
      objects.preview(subjectOf(kind), checked(kind, inputs), old),
    /** Makes an object, and gives its id and state. */
    create: async (kind: string, inputs: object, wait = patience(60)): Promise<State & { id: string }> => {
      const given = checked(kind, inputs);
      const { id, outputs } = await objects.create(subjectOf(kind), given, wait);
      return { id, inputs: given, outputs: revealed(outputs) };
    },
    update: async (
      kind: string,
      old: State & { id: string },
      inputs: object,
      wait = patience(60),
    ): Promise<State & { id: string }> => {
      const given = checked(kind, inputs);
      const outputs = await objects.update(subjectOf(kind), old.id, given, old, wait);
      return { id: old.id, inputs: given, outputs: revealed(outputs) };
    },
    read: (kind: string, id: string, state: State = { inputs: {}, outputs: {} }) =>
      objects.read(subjectOf(kind), id, state),
    remove: (kind: string, state: State & { id: string }, wait = patience(60)) =>
      objects.remove(subjectOf(kind), state.id, state, wait),
    /** What a change plans: each path, and whether it replaces. */
    plan: (kind: string, old: object, next: object) => {
      const before = checked(kind, old);
      const { changes, deleteBeforeReplace } = objects.diff(
        subjectOf(kind),
        { inputs: before, outputs: before },
        checked(kind, next),
      );
      const paths = Object.fromEntries([...changes].map(([path, { replaces }]) => [path, replaces]));
      return { paths, deleteBeforeReplace };
    },
  };
}

/** How a call fails, and what the engine keeps of the object where it does. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<Error & Partial<Pick<NotInitialised, "found" | "reasons">>> {
  const error: unknown = await call.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  return error as Error;
}
