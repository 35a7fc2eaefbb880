import type { Values } from "../../../cloud/rules/shape";
import { type CommandResult, helm } from "../../../clusters/commands";
import type { ControlPlane } from "../../../clusters/control-plane";
import { NotInitialised, type Patience } from "../../provider";
import type { Chart } from "./charts";
import { Evidence } from "./evidence";
import { installFlags, rollbackFlags, secondsOf, uninstallFlags, upgradeFlags } from "./helm-flags";
import { failureOf, wordsOf } from "./helm-words";
import { lastGood, operationLabel, type Revision, revisionsOf } from "./history";
import { type Operation, Operations } from "./operations";
import type { ReleaseInputs } from "./release-inputs";
import { idOf, outputsOf } from "./release-state";
import { type Environment, userEnvironment } from "./user-environment";
import { withValuesFile } from "./values-file";

export interface RolloutArgs {
  readonly cluster: ControlPlane;
  readonly inputs: Values;
  readonly patience: Patience;
  /** Told of what was mended on the way. */
  readonly report: (message: string) => void;
  /** The user's, for charts whose dependencies are fetched. */
  readonly env: Environment;
}

type Step = "install" | "upgrade";

/** One operation on a release, from what an earlier one left half done to the way back when it fails. */
export class Rollout {
  private readonly release: ReleaseInputs;
  private readonly id: string;
  private readonly operations: Operations;
  /** Those before this one. */
  private readonly interrupted: readonly string[];
  private readonly operation: Operation;
  private readonly evidence: Evidence;
  /** Whether Helm was started at all: what was there before is no work of ours. */
  private begun = false;

  private constructor(private readonly args: RolloutArgs) {
    this.release = args.inputs as unknown as ReleaseInputs;
    this.id = idOf(this.release);
    this.operations = new Operations(args.cluster.folder);
    this.interrupted = this.operations.interrupted(this.id);
    this.operation = this.operations.begin(this.id);
    this.evidence = new Evidence(args.cluster.api, this.release.namespace, this.release.name);
  }

  /**
   * Installs or upgrades a release and waits for it.
   *
   * @returns its outputs
   * @throws NotInitialised when it failed and is still there
   */
  static make(step: Step, chart: Chart, args: RolloutArgs): Promise<Values> {
    const rollout = new Rollout(args);
    return rollout.ending(() => rollout.make(step, chart));
  }

  /** Uninstalls a release, and waits until its objects are gone. */
  static remove(args: RolloutArgs): Promise<void> {
    const rollout = new Rollout(args);
    return rollout.ending(() => rollout.remove());
  }

  private async ending<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } finally {
      this.evidence.end();
      this.operation.end(!(await this.isHalfDone()));
    }
  }

  private async make(wanted: Step, chart: Chart): Promise<Values> {
    const { inputs, patience } = this.args;
    const step = await this.mend(wanted);
    const flags = step === "install" ? installFlags(this.release) : upgradeFlags(this.release);
    const label = `--labels=${operationLabel}=${this.operation.id}`;
    const result = await withValuesFile(this.args.cluster, this.release, (file) =>
      this.helm([step, this.release.name, chart.path, `--values=${file}`, label, ...flags], patience.signal),
    );
    const last = (await this.revisions()).at(-1);
    if (result.exitCode === 0 && last) return outputsOf(inputs, last);
    // Helm refused before it began: whatever is there is as it was.
    if (last?.operation !== this.operation.id)
      throw new Error(failureOf(`Helm release "${this.id}"`, result));
    return this.failed(step, result, last);
  }

  private async remove(): Promise<void> {
    const { signal } = this.args.patience;
    const result = await this.helm(["uninstall", this.release.name, ...uninstallFlags(this.release)], signal);
    if (result.exitCode !== 0) {
      const reasons = await this.evidence.reasons();
      throw new Error(failureOf(`Helm release "${this.id}" could not be uninstalled`, result, reasons));
    }
    this.operations.forget(this.interrupted);
  }

  /**
   * Takes away what an interrupted operation of ours left, and says what is to be done then. A pending release that
   * is not ours may be at work somewhere else.
   */
  private async mend(wanted: Step): Promise<Step> {
    const revisions = await this.revisions();
    const last = revisions.at(-1);
    if (!last) return this.mended(wanted);
    const made = this.interrupted.includes(last.operation ?? "");
    if (!isPending(last)) {
      // Made, and interrupted before anybody could say so.
      return this.mended(wanted === "install" && made ? "upgrade" : wanted);
    }
    if (!made && !(goesBack(last) && this.interrupted.length > 0)) throw new Error(this.refusal(last));

    const good = last.status === "uninstalling" ? undefined : lastGood(revisions);
    const done = good ? `rolled back to revision ${good.number}` : "uninstalled";
    const result = await this.goBack(good, { wait: false });
    if (result.exitCode !== 0) {
      throw new Error(
        failureOf(`Helm release "${this.id}" was interrupted and could not be ${done}`, result),
      );
    }
    this.args.report(`Helm release "${this.id}" was interrupted (${last.status}) and has been ${done} first`);
    return this.mended(good ? "upgrade" : "install");
  }

  private mended(step: Step): Step {
    this.operations.forget(this.interrupted);
    return step;
  }

  private refusal({ status, number }: Revision): string {
    const { name, namespace } = this.release;
    const way = number > 1 && status !== "uninstalling" ? "rollback" : "uninstall";
    return (
      `Helm release "${this.id}" is ${status} at revision ${number}, by an operation that this world did not begin; ` +
      `wait for it or, when nobody is at it any more, run helm ${way} ${name} --namespace ${namespace}`
    );
  }

  /** Goes back where the release is atomic, and throws what the engine is to know. */
  private async failed(step: Step, result: CommandResult, last: Revision): Promise<never> {
    const { inputs, patience } = this.args;
    const reasons = await this.evidence.reasons();
    const subject = `Helm release "${this.id}" failed to initialize completely`;
    if (this.release.atomic !== true) {
      throw new NotInitialised(failureOf(subject, result, reasons), this.found(last), [
        wordsOf(result),
        ...reasons,
      ]);
    }

    const good = step === "install" ? undefined : lastGood(await this.revisions());
    const back = good ? "rolled back" : "uninstalled";
    // Whoever is told to stop does not wait for what comes back.
    const undone = await this.goBack(good, { wait: !patience.signal.aborted });
    if (undone.exitCode === 0) {
      // No part of the state: for the engine the release is what it was, and the next run tries again.
      const cause = `${subject}: release ${this.release.name} failed, and has been ${back} due to atomic being set`;
      throw new Error(failureOf(cause, result, reasons));
    }
    const message = `${failureOf(subject, result, reasons)}\nand could not be ${back}: ${wordsOf(undone)}`;
    const now = (await this.revisions()).at(-1) ?? last;
    throw new NotInitialised(message, { ...this.found(now), inputs }, [message]);
  }

  private found(revision: Revision) {
    const { inputs } = this.args;
    return { id: this.id, inputs, outputs: outputsOf(inputs, revision) };
  }

  /** To the revision that was good, or away. Hooks could fail as they did before. */
  private goBack(good: Revision | undefined, { wait }: { wait: boolean }): Promise<CommandResult> {
    const { name } = this.release;
    return good
      ? this.helm(["rollback", name, String(good.number), ...rollbackFlags(this.release), `--wait=${wait}`])
      : this.helm(["uninstall", name, ...uninstallFlags(this.release), "--no-hooks"]);
  }

  /** Helm's time is for one thing at a time; several hooks may take it several times. */
  private helm(args: readonly string[], signal?: AbortSignal): Promise<CommandResult> {
    const { cluster, patience, env } = this.args;
    this.begun = true;
    const timeoutSeconds = patience.timeoutSeconds ?? 4 * secondsOf(this.release) + 60;
    return helm(cluster, args, {
      timeoutSeconds,
      ...(signal && { signal }),
      ...(this.release.dependencyUpdate && { env: userEnvironment(env) }),
    });
  }

  private revisions(): Promise<Revision[]> {
    return revisionsOf(this.args.cluster.api, this.release.namespace, this.release.name);
  }

  private async isHalfDone(): Promise<boolean> {
    try {
      const last = (await this.revisions()).at(-1);
      const ours = last?.operation === this.operation.id || goesBack(last);
      return this.begun && last !== undefined && isPending(last) && ours;
    } catch {
      // Nobody knows, so the next operation looks.
      return true;
    }
  }
}

function isPending({ status }: Revision): boolean {
  return status.startsWith("pending-") || status === "uninstalling";
}

/** What goes back or away does not carry the mark of who makes it go. */
function goesBack(revision: Revision | undefined): boolean {
  return ["pending-rollback", "uninstalling"].includes(revision?.status ?? "");
}
