import type { Values } from "../../../cloud/rules/shape";
import { helm } from "../../../clusters/commands";
import type { ControlPlane } from "../../../clusters/control-plane";
import {
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
    const { chartRegistry: registry } = options;
    this.charts = new Charts({ cluster, mirror, programFolder, env, ...(registry && { registry }) });
    this.renderer = cluster && new Renderer(cluster, env);
  }

  /** Fills in what is left out, and loads the chart, without which nobody knows the version. */
  async check(_subject: Subject, given: Values): Promise<CheckResult> {
    const { defaultNamespace = "default" } = this.options;
    const { inputs, failures } = completed(given, { defaultNamespace, programFolder: this.programFolder });
    const { chart, version, repositoryOpts } = inputs;
    if (failures.length > 0 || hasUnknown([chart ?? null, version ?? null, repositoryOpts ?? null])) {
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
      return { inputs, failures: [{ property: "chart", reason: messageOf(error) }] };
    }
  }

  diff(_subject: Subject, old: State, inputs: Values): Difference {
    return releaseChanges(old.inputs, inputs);
  }

  /**
   * Stricter than the real provider, which renders nothing in a preview: a template that cannot be rendered, values
   * that the chart's schema refuses and objects that the API server does not understand are refused.
   */
  async preview(_subject: Subject, inputs: Values): Promise<Values> {
    const { cluster, renderer } = this;
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
    const outputs = await Rollout.make("install", await this.charts.find(releaseOf(inputs)), rollout);
    return { id: idOf(releaseOf(inputs)), outputs };
  }

  async update(
    subject: Subject,
    _id: string,
    inputs: Values,
    _old: State,
    patience: Patience,
  ): Promise<Values> {
    const rollout = this.rolloutOf(
      subject,
      inputs,
      patience,
      "can't update Helm Release with unreachable cluster:",
    );
    return Rollout.make("upgrade", await this.charts.find(releaseOf(inputs)), rollout);
  }

  async remove(subject: Subject, _id: string, { inputs }: State, patience: Patience): Promise<void> {
    const refusal = "can't delete Helm Release with unreachable cluster. Reason:";
    await Rollout.remove(this.rolloutOf(subject, inputs, patience, refusal));
  }

  /** The release as Helm knows it; one whose last revision failed stays in need of an update. */
  async read(_subject: Subject, id: string, state: State): Promise<Found | undefined> {
    if (!this.cluster && this.options.deleteUnreachable) return undefined;
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
