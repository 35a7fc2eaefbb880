import { type Api, ApiError } from "../../../clusters/api";
import { helm } from "../../../clusters/commands";
import type { ControlPlane } from "../../../clusters/control-plane";
import type { Chart } from "./charts";
import { wordsOf } from "./helm-words";
import type { ReleaseInputs } from "./release-inputs";
import { objectsIn, type Rendered } from "./resource-names";
import { type Environment, userEnvironment } from "./user-environment";

/** A version of a group of the API, with the kinds in it. */
interface Group {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/**
 * Renders charts for a cluster without installing them, and has its API server look at every object.
 *
 * What is refused here would fail, or silently not do what it says, in the install as well. What may become right until
 * then is let pass: a namespace that is not there yet, a kind that is not known yet, an object that is there already.
 */
export class Renderer {
  private groups: Promise<Group[]> | undefined;

  constructor(
    private readonly cluster: ControlPlane,
    /** The user's, for charts whose dependencies are fetched. */
    private readonly env: Environment,
  ) {}

  /** What is wrong with a chart and its values; nothing when all is well. */
  async problemsOf(release: ReleaseInputs, chart: Chart, valuesFile: string): Promise<string[]> {
    const args = [
      "template",
      release.name,
      chart.path,
      `--namespace=${release.namespace}`,
      `--values=${valuesFile}`,
      // Templates may look objects up in the cluster.
      "--dry-run=server",
      ...(await this.capabilities()),
      ...(release.skipCrds ? ["--skip-crds"] : ["--include-crds"]),
      ...(release.disableWebhooks ? ["--no-hooks"] : []),
      ...(release.dependencyUpdate ? ["--dependency-update"] : []),
    ];
    const options = release.dependencyUpdate ? { env: userEnvironment(this.env) } : {};
    const rendered = await helm(this.cluster, args, options);
    if (rendered.exitCode !== 0) return [wordsOf(rendered)];
    const objects = objectsIn(rendered.stdout);
    const problems = await Promise.all(objects.map((object) => this.problemOf(object, objects, release)));
    return problems.filter((problem) => problem !== undefined);
  }

  /** Charts ask which kinds there are, and `helm template` knows only those of a bare cluster. */
  private async capabilities(): Promise<string[]> {
    const { gitVersion } = await this.cluster.api.get<{ gitVersion: string }>("/version");
    const versions = (await this.discovered()).flatMap(({ groupVersion, resources }) => [
      groupVersion,
      ...resources.filter(({ name }) => !name.includes("/")).map(({ kind }) => `${groupVersion}/${kind}`),
    ]);
    return [`--kube-version=${gitVersion}`, `--api-versions=${versions.join(",")}`];
  }

  private async problemOf(
    object: Rendered,
    all: readonly Rendered[],
    release: ReleaseInputs,
  ): Promise<string | undefined> {
    const path = await this.pathOf(object, release.namespace);
    // A kind that the chart itself brings, or brings in another version than the one that is there.
    if (path === undefined || all.some((other) => defines(other, object))) return undefined;
    const query = "dryRun=All&fieldValidation=Strict";
    try {
      await this.cluster.api.call({ method: "POST", path: `${path}?${query}`, body: object });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || !isRefusal(error)) return undefined;
      return `${object.kind} ${object.metadata.name ?? ""}: ${error.message}`;
    }
  }

  /** Where objects of its kind are made; undefined when the API server does not know the kind. */
  private async pathOf(
    { apiVersion, kind, metadata }: Rendered,
    namespace: string,
  ): Promise<string | undefined> {
    const group = (await this.discovered()).find(({ groupVersion }) => groupVersion === apiVersion);
    const resource = group?.resources.find((found) => found.kind === kind && !found.name.includes("/"));
    if (!resource) return undefined;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return resource.namespaced
      ? `${root}/namespaces/${metadata.namespace ?? namespace}/${resource.name}`
      : `${root}/${resource.name}`;
  }

  /** Once for each engine's run: a preview does not change what there is. */
  private discovered(): Promise<Group[]> {
    this.groups ??= discover(this.cluster.api);
    this.groups.catch(() => (this.groups = undefined));
    return this.groups;
  }
}

async function discover(api: Api): Promise<Group[]> {
  const { groups } = await api.get<{ groups: { versions: { groupVersion: string }[] }[] }>("/apis");
  const paths = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`));
  const found = await Promise.all(
    // An aggregated API whose server is away answers with an error, and says nothing about the others.
    ["/api/v1", ...paths].map((path) => api.get<Group>(path).catch(() => undefined)),
  );
  return found.filter((group) => group !== undefined);
}

function defines(definition: Rendered, { apiVersion, kind }: Rendered): boolean {
  if (definition.kind !== "CustomResourceDefinition") return false;
  const { spec } = definition as { spec?: { group?: string; names?: { kind?: string } } };
  return spec?.names?.kind === kind && apiVersion.startsWith(`${spec.group ?? ""}/`);
}

/**
 * Whether the object itself is wrong. Not found and forbidden depend on what else the same run makes; a conflict says
 * that it is there already, and so does a port or an address that is taken.
 */
function isRefusal({ status, message }: ApiError): boolean {
  return (status === 400 || status === 422) && !/already (allocated|exists)/.test(message);
}
