import type { Values } from "../../../cloud/rules/shape";
import { helm } from "../../../clusters/commands";
import type { ControlPlane } from "../../../clusters/control-plane";
import {
  type Change,
  type CheckResult,
  type Difference,
  type Found,
  type Made,
  NotInitialised,
  type Patience,
  type Provider,
  type State,
  type Subject,
} from "../../provider";
import { hasUnknown, unknown } from "../../wire";
import { type AbsentCharts, ChartUnreachable, reasonIn } from "./absent-charts";
import { absentIn, absentOutputs, absentText } from "./absent-release";
import type { ChartRegistry } from "./chart-registry";
import { type Chart, Charts } from "./charts";
import { indented, wordsOf } from "./helm-words";
import { revisionsOf } from "./history";
import { releaseChanges } from "./release-changes";
import { completed, messageOf, type ReleaseInputs } from "./release-inputs";
import { idOf, liveInputs, outputsOf } from "./release-state";
import { Renderer } from "./rendering";
import { Rollout } from "./rollout";
import type { Environment } from "./user-environment";
import { withValuesFile } from "./values-file";

export interface ReleasesOptions {
  /** A folder of `NAME-VERSION.tgz`, looked at first for every chart that is no folder. */
  readonly chartMirror?: string;
  /** Asked for the charts that it serves, instead of the host in their name. */
  readonly chartRegistry?: ChartRegistry;
  /** Charts that this world may do without. @default none */
  readonly absentCharts?: AbsentCharts;
  /** What a path in the program starts from. @default the working directory */
  readonly programFolder?: string;
  /** Of releases that name none. @default default */
  readonly defaultNamespace?: string;
  /** Why the cluster cannot be reached, for whoever wants to change it. */
  readonly unreachableReason?: string;
  /** The user's: says the way to the internet, and where logins to registries are. @default process.env */
  readonly env?: Environment;
  /** Whether a release of a cluster that is gone counts as gone when somebody looks at what is there. */
  readonly deleteUnreachable?: boolean;
  /** Told of what was mended on the way, with the resource that it is about. */
  readonly warn?: (urn: string, message: string) => Promise<void>;
}

/** `helm.sh/v3:Release`: the real Helm on a cluster of this machine, with the real provider's plans and refusals. */
export class Releases implements Provider {
  private readonly charts: Charts;
  private readonly renderer: Renderer | undefined;
  private readonly programFolder: string;
  private readonly env: Environment;

  constructor(
    /** Undefined while it cannot be reached. */
    private readonly cluster: ControlPlane | undefined,
    private readonly options: ReleasesOptions = {},
  ) {
    const { chartMirror: mirror, programFolder = process.cwd(), env = process.env } = options;
    this.programFolder = programFolder;
    this.env = env;
    const { chartRegistry: registry, absentCharts: absent } = options;
    this.charts = new Charts({
      cluster,
      mirror,
      programFolder,
      env,
      ...(registry && { registry }),
      ...(absent && { absent }),
    });
    this.renderer = cluster && new Renderer(cluster, env);
  }

  /** Fills in what is left out, and loads the chart, without which nobody knows the version. */
  async check(_subject: Subject, given: Values): Promise<CheckResult> {
    const { defaultNamespace = "default" } = this.options;
    const { inputs, failures } = completed(given, { defaultNamespace, programFolder: this.programFolder });
    if (failures.length > 0 || hasUnknown(chartIn(inputs))) {
      return { inputs, failures };
    }
    try {
      const found = await this.charts.find(releaseOf(inputs));
      const problems = await this.lint(inputs, found);
      return {
        inputs: { ...inputs, version: found.version },
        failures: problems.map((reason) => ({ property: "lint", reason })),
      };
    } catch (error) {
      // Whether it was installed before is in the state, which a check does not see.
      if (error instanceof ChartUnreachable) return { inputs, failures: [] };
      return { inputs, failures: [{ property: "chart", reason: messageOf(error) }] };
    }
  }

  /**
   * A release that was absent and whose chart can be had now is to be updated, which installs it. One that is installed
   * needs no chart to be compared.
   */
  async diff({ urn }: Subject, old: State, inputs: Values): Promise<Difference> {
    const difference = releaseChanges(old.inputs, inputs);
    if (!isAbsent(old) || !this.cluster || !this.mayBeAbsent(inputs)) return difference;
    if (!(await this.chartOf(inputs, old))) {
      await this.sayAbsent(urn, inputs);
      return difference;
    }
    return {
      ...difference,
      changes: new Map<string, Change>(difference.changes).set("status.status", {
        kind: "update",
        replaces: false,
        output: true,
      }),
    };
  }

  /**
   * Stricter than the real provider, which renders nothing in a preview: a template that cannot be rendered, values
   * that the chart's schema refuses and objects that the API server does not understand are refused.
   */
  async preview({ urn }: Subject, inputs: Values, old?: State): Promise<Values> {
    const { cluster, renderer } = this;
    if (this.mayBeAbsent(inputs) && !(await this.chartOf(inputs, old))) {
      if (!old) await this.sayAbsent(urn, inputs);
      return absentOutputs(inputs);
    }
    if (cluster && renderer && !hasUnknown(inputs)) {
      const release = releaseOf(inputs);
      const chart = await this.charts.find(release);
      const problems = await withValuesFile(cluster, release, (file) =>
        renderer.problemsOf(release, chart, file),
      );
      if (problems.length > 0) {
        throw new Error([`Helm release "${idOf(release)}" would fail:`, ...indented(problems)].join("\n"));
      }
    }
    return { ...inputs, status: unknown, resourceNames: unknown };
  }

  async create(subject: Subject, inputs: Values, patience: Patience): Promise<Made> {
    const rollout = this.rolloutOf(
      subject,
      inputs,
      patience,
      "can't create Helm Release with unreachable cluster:",
    );
    const chart = await this.chartOf(inputs);
    if (!chart) {
      await this.sayAbsent(subject.urn, inputs);
      return { id: idOf(releaseOf(inputs)), outputs: absentOutputs(inputs) };
    }
    const outputs = await Rollout.make("install", chart, rollout);
    return { id: idOf(releaseOf(inputs)), outputs };
  }

  async update(
    subject: Subject,
    id: string,
    inputs: Values,
    old: State,
    patience: Patience,
  ): Promise<Values> {
    const rollout = this.rolloutOf(
      subject,
      inputs,
      patience,
      "can't update Helm Release with unreachable cluster:",
    );
    const chart = await this.chartOf(inputs, old);
    if (!chart) return absentOutputs(inputs);
    const isThere = !isAbsent(old) || (await this.wasBegun(id));
    return Rollout.make(isThere ? "upgrade" : "install", chart, rollout);
  }

  async remove(subject: Subject, id: string, state: State, patience: Patience): Promise<void> {
    if (isAbsent(state) && !(await this.wasBegun(id))) return;
    const refusal = "can't delete Helm Release with unreachable cluster. Reason:";
    await Rollout.remove(this.rolloutOf(subject, state.inputs, patience, refusal));
  }

  /** The release as Helm knows it; one whose last revision failed stays in need of an update. */
  async read(_subject: Subject, id: string, state: State): Promise<Found | undefined> {
    if (!this.cluster && this.options.deleteUnreachable) return undefined;
    if (isAbsent(state) && !(await this.wasBegun(id))) return { id, ...state };
    const cluster = this.reached("can't read Helm Release with unreachable cluster:");
    const [namespace = "", name = ""] = id.split("/");
    const last = (await revisionsOf(cluster.api, namespace, name)).at(-1);
    if (!last || last.status === "uninstalled") return undefined;
    const inputs = liveInputs(state.inputs, { namespace, name }, last);
    const found: Found = { id, inputs, outputs: outputsOf(inputs, last) };
    if (last.status === "deployed") return found;
    const { description = "" } = last.contents.info;
    const message = `Helm release "${id}" is ${last.status} at revision ${last.number}: ${description}`;
    throw new NotInitialised(message, found, [message]);
  }

  private mayBeAbsent(inputs: Values): boolean {
    return !hasUnknown(chartIn(inputs)) && this.options.absentCharts?.allows(releaseOf(inputs)) === true;
  }

  /**
   * The chart, or undefined where the release is absent.
   *
   * @throws when the release is installed: then its chart was there once, and nothing may forget the release
   */
  private async chartOf(inputs: Values, old?: State): Promise<Chart | undefined> {
    try {
      return await this.charts.find(releaseOf(inputs));
    } catch (error) {
      if (!(error instanceof ChartUnreachable)) throw error;
      if (!old || isAbsent(old)) return undefined;
      throw new Error(
        `Helm release "${idOf(releaseOf(inputs))}" is installed and stays so, but its chart cannot be had any more: ${error.message}`,
        { cause: error },
      );
    }
  }

  /**
   * Whether a release that the state calls absent is in the cluster by an operation of this world: the engine died
   * before it heard of it. What somebody else has installed under the same name is not ours.
   */
  private async wasBegun(id: string): Promise<boolean> {
    if (!this.cluster) return false;
    const [namespace = "", name = ""] = id.split("/");
    const revisions = await revisionsOf(this.cluster.api, namespace, name);
    return revisions.some(({ operation }) => operation !== undefined);
  }

  private async sayAbsent(urn: string, inputs: Values): Promise<void> {
    const absent = absentIn(absentOutputs(inputs));
    const words = this.options.absentCharts?.recent(releaseOf(inputs)) ?? "";
    if (absent) await this.options.warn?.(urn, absentText(absent, reasonIn(words)));
  }

  /** Stricter than the real provider, which does so in an update only. */
  private async lint(inputs: Values, chart: Chart): Promise<string[]> {
    const { cluster } = this;
    if (!cluster || inputs["lint"] !== true || hasUnknown(inputs)) return [];
    const release = releaseOf(inputs);
    const result = await withValuesFile(cluster, release, (file) =>
      helm(cluster, ["lint", chart.path, `--values=${file}`, `--namespace=${release.namespace}`, "--quiet"]),
    );
    if (result.exitCode === 0) return [];
    const errors = result.stdout.split("\n").filter((line) => line.startsWith("[ERROR]"));
    return errors.length > 0 ? errors : [wordsOf(result)];
  }

  private rolloutOf({ urn }: Subject, inputs: Values, patience: Patience, refusal: string) {
    const report = (message: string) => void this.options.warn?.(urn, message);
    return { cluster: this.reached(refusal), inputs, patience, report, env: this.env };
  }

  private reached(refusal: string): ControlPlane {
    if (this.cluster) return this.cluster;
    throw new Error(`${refusal} ${this.options.unreachableReason ?? "nothing answers at its address"}`);
  }
}

/** Inputs that were checked, and in which everything that a release is made with is known. */
function releaseOf(inputs: Values): ReleaseInputs {
  return inputs as unknown as ReleaseInputs;
}

function chartIn({ chart, version, repositoryOpts }: Values) {
  return [chart ?? null, version ?? null, repositoryOpts ?? null];
}

function isAbsent({ outputs }: State): boolean {
  return absentIn(outputs) !== undefined;
}
