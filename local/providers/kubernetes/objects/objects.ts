import { type Api, ApiError } from "../../../clusters/api";
import type { ControlPlane } from "../../../clusters/control-plane";
import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import {
  type CheckResult,
  type Difference,
  type Engine,
  type Found,
  type Made,
  NotInitialised,
  type Patience,
  type Provider,
  type State,
  type Subject,
} from "../../provider";
import { apply, liveOf, make, makerOf, newManager, relinquish, takeAsApplied, type Written } from "./apply";
import { bodyOf } from "./body";
import { changesOf } from "../changes";
import { Discovery, type Target } from "./discovery";
import { dryRun } from "./dry-run";
import { removeObject } from "./gone";
import { annotationOf, idOf, isPatch, kindOf, metadataOf, namesIn, textOf } from "../identity";
import { whenThere } from "./later";
import { currentInputs, importedInputs, managerIn, outputsOf } from "./live";
import { gone, idIn, passesInPreview, refusalOf, titleOf, unknownKind } from "./refusal";
import { type Mutability, replaces } from "./replacing";
import { unreachable, unreachableForGood } from "../unreachable";
import { NotReady, refuseUnready, untilReady } from "./waiting";
import { hasUnknown } from "../../wire";

export interface ObjectsOptions {
  readonly engine: Engine;
  readonly mutability: Mutability;
  /** Takes fields that others have set without being told so object by object. */
  readonly patchForce: boolean;
  /** Counts the objects of a cluster that does not answer as gone. */
  readonly deleteUnreachable: boolean;
  /** Why there is no cluster, when there is none. */
  readonly reason: string;
}

/** Annotations of the real provider that change what it does, and that nobody has written down here. */
const notImitated = ["pulumi.com/waitFor", "pulumi.com/replaceUnready"];

/** What the real `kubernetes` provider does with the objects of a cluster, other than Helm releases. */
export class Objects implements Provider {
  private readonly api: Api | undefined;
  private readonly discovery: Discovery | undefined;

  constructor(
    cluster: ControlPlane | undefined,
    private readonly options: ObjectsOptions,
  ) {
    this.api = cluster?.api;
    this.discovery = cluster && new Discovery(cluster.api);
  }

  /** The real provider makes up a name that is left out; this program names everything, so here it is a mistake. */
  check(subject: Subject, given: Values): CheckResult {
    const { apiVersion, kind } = kindOf(subject.kind, given);
    const inputs = { ...given, apiVersion, kind };
    const failures = [];
    if (metadataOf(inputs)["name"] === undefined) {
      failures.push({ property: "metadata.name", reason: "it is required: nothing here makes up a name" });
    }
    for (const name of notImitated.filter((annotation) => annotationOf(inputs, annotation) !== undefined)) {
      failures.push({ property: `metadata.annotations["${name}"]`, reason: "it is not imitated here" });
    }
    return { inputs, failures };
  }

  diff(subject: Subject, old: State, inputs: Values): Difference {
    const before = placed(old.inputs);
    const after = placed(inputs);
    const api = kindOf(subject.kind, inputs);
    const marks = { patch: isPatch(subject.kind, inputs), immutable: old.inputs["immutable"] === true };
    const changes = changesOf(before, after, (place) => replaces(api, place, this.options.mutability, marks));
    // Two objects of one name cannot be there at once.
    return { changes, deleteBeforeReplace: idOf(before) === idOf(after) };
  }

  async preview(subject: Subject, inputs: Values, old?: State): Promise<Values> {
    if (!this.api || hasUnknown(inputs)) return inputs;
    const target = await this.find(subject, inputs);
    if (!target) return inputs;
    try {
      const plan = { api: this.api, target, body: bodyOf(inputs, target), old, force: this.forces(inputs) };
      const planned = await dryRun({ ...plan, patch: isPatch(subject.kind, inputs) });
      for (const warning of planned?.warnings ?? []) await this.warn(subject, target, warning);
      return planned?.outputs ?? inputs;
    } catch (error) {
      if (!passesInPreview(error)) throw refusalOf(error, target, subject);
      const text = error instanceof Error ? error.message : "";
      if (text.includes("PodSecurity")) await this.warn(subject, target, text);
      return inputs;
    }
  }

  async create(subject: Subject, inputs: Values, patience: Patience): Promise<Made> {
    const api = this.reachable();
    patience.signal.throwIfAborted();
    const manager = annotationOf(inputs, "pulumi.com/patchFieldManager") ?? newManager();
    const { target, written } = await whenThere(
      async () => {
        const target = await this.known(subject, inputs);
        const body = bodyOf(inputs, target);
        const written = isPatch(subject.kind, inputs)
          ? await apply(api, target, body, { manager, force: this.forces(inputs) })
          : await make(api, target, body, { manager });
        return { target, written };
      },
      // A namespace, or a definition, that comes later in the same run.
      (error) => error instanceof UnknownKind || (error instanceof ApiError && error.status === 404),
      patience,
    ).catch(async (error: unknown) => {
      throw await this.refused(error, subject, inputs);
    });
    const outputs = await this.settled(subject, target, inputs, manager, written, patience);
    return { id: idIn(target), outputs };
  }

  async update(
    subject: Subject,
    _id: string,
    inputs: Values,
    old: State,
    patience: Patience,
  ): Promise<Values> {
    const api = this.reachable();
    patience.signal.throwIfAborted();
    const manager = managerIn(old.outputs) ?? newManager();
    try {
      const target = await this.known(subject, inputs);
      const live = await liveOf(api, target);
      if (!live) throw gone(target);
      await takeAsApplied(api, target, live, manager);
      const written = await apply(api, target, bodyOf(inputs, target), {
        manager,
        force: this.forces(inputs),
      });
      return await this.settled(subject, target, inputs, manager, written, patience);
    } catch (error) {
      throw await this.refused(error, subject, inputs);
    }
  }

  async read(subject: Subject, id: string, { inputs, outputs }: State): Promise<Found | undefined> {
    if (!this.api) {
      if (this.options.deleteUnreachable) return undefined;
      throw unreachableForGood(this.options.reason);
    }
    const target = await this.findById(subject, id, inputs);
    const live = target && (await liveOf(this.api, target));
    if (!target || !live) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const found: Found = {
      id,
      inputs: imported ? importedInputs(live) : currentInputs(inputs, outputs, live),
      outputs: outputsOf(live, managerIn(outputs) ?? makerOf(live) ?? newManager()),
    };
    if (!imported && !isPatch(subject.kind, inputs) && !skipsAwait(inputs)) {
      await refuseUnready(this.api, target, live).catch((error: unknown) => {
        throw error instanceof NotReady ? unready(error, found, target) : error;
      });
    }
    return found;
  }

  async remove(subject: Subject, id: string, { inputs, outputs }: State, patience: Patience): Promise<void> {
    if (!this.api) {
      if (this.options.deleteUnreachable) return;
      throw unreachableForGood(this.options.reason);
    }
    patience.signal.throwIfAborted();
    const target = await this.findById(subject, id, inputs);
    // Nothing of a kind is left once its definition is gone.
    if (!target) return;
    try {
      if (!isPatch(subject.kind, inputs)) await removeObject(this.api, target, inputs, patience);
      // To relinquish what is not there would make it.
      else if (await liveOf(this.api, target))
        await relinquish(this.api, target, managerIn(outputs) ?? newManager());
    } catch (error) {
      throw refusalOf(error, target, subject);
    }
  }

  /** Waits until what was written is ready, and gives what the engine keeps of it. */
  private async settled(
    subject: Subject,
    target: Target,
    inputs: Values,
    manager: string,
    { value, warnings }: Written,
    patience: Patience,
  ): Promise<Values> {
    for (const warning of warnings) await this.warn(subject, target, warning);
    if (isPatch(subject.kind, inputs) || skipsAwait(inputs)) return outputsOf(value, manager);
    try {
      const annotation = annotationOf(inputs, "pulumi.com/timeoutSeconds");
      return outputsOf(await untilReady(this.reachable(), target, value, { annotation, patience }), manager);
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      const found = { id: idIn(target), inputs, outputs: outputsOf(error.object, manager) };
      throw unready(error, found, target);
    }
  }

  private warn({ urn }: Subject, target: Target, text: string): Promise<void> {
    return this.options.engine.warn(urn, `${titleOf(target)}: ${text}`);
  }

  private forces(inputs: Values): boolean {
    return this.options.patchForce || annotationOf(inputs, "pulumi.com/patchForce") === "true";
  }

  private reachable(): Api {
    if (!this.api) throw unreachable(this.options.reason);
    return this.api;
  }

  private async find(subject: Subject, inputs: Values): Promise<Target | undefined> {
    const { name, namespace } = metadataOf(inputs);
    return this.discovery?.find(kindOf(subject.kind, inputs), textOf(name), textOf(namespace));
  }

  private async findById(subject: Subject, id: string, inputs: Values): Promise<Target | undefined> {
    const { name, namespace } = namesIn(id);
    return this.discovery?.find(kindOf(subject.kind, inputs), name, namespace);
  }

  private async known(subject: Subject, inputs: Values): Promise<Target> {
    const target = await this.find(subject, inputs);
    if (!target) throw new UnknownKind();
    return target;
  }

  private async refused(error: unknown, subject: Subject, inputs: Values): Promise<Error> {
    const named = { ...kindOf(subject.kind, inputs), ...namesIn(idOf(inputs)) };
    if (error instanceof UnknownKind) return unknownKind(named);
    // The namespace that the object is in, where the program leaves it out.
    const target = await this.find(subject, inputs).catch(() => undefined);
    return refusalOf(error, target ?? named, subject);
  }
}

/** The API server does not know the kind, for now. */
class UnknownKind extends Error {}

function unready(error: NotReady, found: Found, target: Target): NotInitialised {
  const message = `${titleOf(target)} is there and not ready: ${error.message}`;
  return new NotInitialised(message, found, error.reasons);
}

function skipsAwait(inputs: Values): boolean {
  return annotationOf(inputs, "pulumi.com/skipAwait") === "true";
}

/** The inputs with the namespace that they mean: to say `default` or nothing is the same. */
function placed(inputs: Values): Values {
  const metadata: Value | undefined = inputs["metadata"];
  if (!isBlock(metadata)) return inputs;
  const namespace = textOf(metadata["namespace"]) || "default";
  return { ...inputs, metadata: { ...metadata, namespace } };
}
