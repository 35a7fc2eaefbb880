import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

import { parse } from "yaml";

import { helm } from "../../../clusters/commands";
import type { ControlPlane } from "../../../clusters/control-plane";
import { layoutOf } from "../../../clusters/layout";
import { buildPrograms } from "../../../clusters/programs";
import { type AbsentCharts, cannotBeReached, ChartUnreachable } from "./absent-charts";
import type { ChartRegistry } from "./chart-registry";
import { wordsOf } from "./helm-words";
import type { ReleaseInputs } from "./release-inputs";
import { type Environment, userEnvironment } from "./user-environment";

/** A chart that is on this machine: a folder or an archive. */
export interface Chart {
  readonly path: string;
  readonly version: string;
}

export interface ChartsArgs {
  /** Undefined while it cannot be reached: charts are looked for all the same. */
  readonly cluster: Cluster | undefined;
  /** A folder of `NAME-VERSION.tgz`, looked at before any registry. */
  readonly mirror: string | undefined;
  /** Asked for the charts that it serves, instead of the host in their name. */
  readonly registry?: ChartRegistry;
  /** Those that this world may do without. @default none */
  readonly absent?: AbsentCharts;
  /** What a path in the program starts from. */
  readonly programFolder: string;
  /** The user's: says the way to the internet, and where logins to registries are. */
  readonly env: Environment;
}

type Wanted = Pick<ReleaseInputs, "chart" | "version" | "devel" | "repositoryOpts">;

type Cluster = Pick<ControlPlane, "folder" | "programs" | "adminKubeconfig">;

/** Where the charts of releases come from: a folder, an archive, a mirror, a registry or a repository. */
export class Charts {
  private readonly found = new Map<string, Promise<Chart>>();

  constructor(private readonly args: ChartsArgs) {}

  /**
   * @throws with where it was looked for and what to do
   * @throws ChartUnreachable when it may be absent and its repository cannot be reached
   */
  async find(wanted: Wanted): Promise<Chart> {
    const { chart, version, devel, repositoryOpts } = wanted;
    const key = JSON.stringify([chart, version, devel, repositoryOpts]);
    const earlier = this.found.get(key);
    if (earlier && (await this.isGone(earlier))) this.forget(key, earlier);
    const found = this.found.get(key) ?? this.look(wanted);
    this.found.set(key, found);
    // A chart that is pushed a moment later is found then.
    found.catch(() => this.forget(key, found));
    return found;
  }

  /** A control plane that starts again begins without its temporary files. */
  private async isGone(found: Promise<Chart>): Promise<boolean> {
    const { path } = await found;
    return this.args.cluster !== undefined && !existsSync(path);
  }

  /** Unless somebody looks again already. */
  private forget(key: string, found: Promise<Chart>): void {
    if (this.found.get(key) === found) this.found.delete(key);
  }

  private async look(wanted: Wanted): Promise<Chart> {
    const local = this.localPath(wanted);
    if (local !== undefined) return this.localChart(local, wanted);
    const mirrored = this.mirrored(wanted);
    if (mirrored !== undefined) return mirrored;
    const recent = this.args.absent?.recent(wanted);
    if (recent !== undefined) throw new ChartUnreachable(this.notFound(wanted, recent, undefined));
    return this.pull(wanted);
  }

  private localPath({ chart, repositoryOpts }: Wanted): string | undefined {
    if (chart.startsWith("oci://") || repositoryOpts?.repo !== undefined) return undefined;
    const path = resolve(this.args.programFolder, chart);
    if (existsSync(path) && (statSync(path).isFile() || existsSync(join(path, "Chart.yaml")))) return path;
    if (isAbsolute(chart) || chart.startsWith(".")) {
      throw new Error(`there is no chart at ${path}: neither an archive nor a folder with a Chart.yaml`);
    }
    return undefined;
  }

  private async localChart(path: string, { version }: Wanted): Promise<Chart> {
    const text = statSync(path).isFile()
      ? await this.shown(path)
      : readFileSync(join(path, "Chart.yaml"), "utf8");
    const found = (parse(text) as { version?: unknown } | null)?.version;
    if (typeof found !== "string") throw new Error(`${path} says no version in its Chart.yaml`);
    if (version !== undefined && isExact(version) && version !== found) {
      throw new Error(
        `the chart at ${path} is version ${found}, and the program wants ${version}; change one of them`,
      );
    }
    return { path, version: found };
  }

  private mirrored(wanted: Wanted): Chart | undefined {
    const { mirror } = this.args;
    if (mirror === undefined || !existsSync(mirror)) return undefined;
    const name = nameOf(wanted.chart);
    const versions = readdirSync(mirror).flatMap((file) => {
      const version = file.startsWith(`${name}-`) ? file.slice(name.length + 1).replace(/\.tgz$/, "") : "";
      return isExact(version) && file.endsWith(".tgz") ? [version] : [];
    });
    const version =
      wanted.version !== undefined
        ? versions.find((found) => found === wanted.version)
        : versions
            .filter((found) => wanted.devel === true || !found.includes("-"))
            .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
            .at(-1);
    return version === undefined ? undefined : { path: join(mirror, `${name}-${version}.tgz`), version };
  }

  private async pull(wanted: Wanted): Promise<Chart> {
    const { cluster } = this.args;
    if (cluster) return this.pullInto(join(layoutOf(cluster.folder).temporary, "charts"), cluster, wanted);
    // Only its version counts now: nothing can be made of it before the cluster is there.
    const folder = mkdtempSync(join(tmpdir(), "platform-charts-"));
    try {
      const nowhere = { folder, programs: await buildPrograms(), adminKubeconfig: join(folder, "none") };
      return await this.pullInto(folder, nowhere, wanted);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async pullInto(folder: string, cluster: Cluster, wanted: Wanted): Promise<Chart> {
    mkdirSync(folder, { recursive: true });
    const own = mkdtempSync(join(folder, "pull-"));
    try {
      const registry = this.registryOf(wanted);
      const absent = this.args.absent?.allows(wanted) ? this.args.absent : undefined;
      const pulled = await helm(
        cluster,
        [
          "pull",
          ...referenceFlags(wanted),
          ...(registry ? [`--ca-file=${registry.certificate}`] : []),
          "--destination",
          own,
        ],
        {
          env: registry?.environment ?? userEnvironment(this.args.env),
          ...(absent && { timeoutSeconds: absent.patienceSeconds }),
        },
      );
      const [file] = readdirSync(own);
      if (pulled.exitCode !== 0 || file === undefined) {
        const words = wordsOf(pulled);
        if (absent && cannotBeReached(words)) {
          absent.remember(wanted, words);
          throw new ChartUnreachable(this.notFound(wanted, words, undefined));
        }
        throw new Error(this.notFound(wanted, words, await registry?.explain(wanted.chart)));
      }
      // One file for one content, however many releases ask.
      const hash = createHash("sha256").update(readFileSync(join(own, file)));
      const path = join(folder, `${hash.digest("hex").slice(0, 16)}-${file}`);
      renameSync(join(own, file), path);
      return { path, version: (parse(await this.shown(path)) as { version: string }).version };
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }

  private async shown(path: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "platform-charts-"));
    try {
      const programs = this.args.cluster?.programs ?? (await buildPrograms());
      const nowhere = { folder, programs, adminKubeconfig: join(folder, "none") };
      const shown = await helm(nowhere, ["show", "chart", path]);
      if (shown.exitCode !== 0) throw new Error(`${path} is no chart: ${wordsOf(shown)}`);
      return shown.stdout;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private registryOf({ chart }: Wanted): ChartRegistry | undefined {
    const { registry } = this.args;
    return registry?.serves(chart) ? registry : undefined;
  }

  private notFound(
    { chart, version, repositoryOpts }: Wanted,
    words: string,
    explanation: string | undefined,
  ): string {
    const { mirror } = this.args;
    const file = `${nameOf(chart)}-${version ?? "VERSION"}.tgz`;
    return [
      `chart ${chart}${version === undefined ? "" : ` ${version}`} was not found`,
      mirror === undefined
        ? "no mirror folder of charts is named"
        : `the mirror ${mirror} holds no ${nameOf(chart)}${version === undefined ? "" : ` ${version}`}`,
      ...(explanation === undefined ? [] : [explanation]),
      `${repositoryOpts?.repo ?? (chart.startsWith("oci://") ? "its registry" : "Helm")} said: ${words}`,
      explanation === undefined
        ? `check name and version, or put ${file} into a mirror folder`
        : `check name and version, or push the chart: ./platform local helm STACK push ${file} ${chart.slice(0, chart.lastIndexOf("/"))}`,
    ].join("; ");
  }
}

/** The last part of `oci://HOST/PATH/NAME`, of `REPOSITORY/NAME` or of a plain name. */
function nameOf(chart: string): string {
  return chart.slice(chart.lastIndexOf("/") + 1);
}

function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+([-+].*)?$/.test(version);
}

function referenceFlags({ chart, version, devel, repositoryOpts = {} }: Wanted): string[] {
  const { repo, username, password, caFile, certFile, keyFile } = repositoryOpts;
  const flag = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    chart,
    ...flag("version", version),
    ...(devel && version === undefined ? ["--devel"] : []),
    ...(chart.startsWith("oci://") ? [] : flag("repo", repo)),
    ...flag("username", username),
    ...flag("password", password),
    ...flag("ca-file", caFile),
    ...flag("cert-file", certFile),
    ...flag("key-file", keyFile),
    // A registry on this machine has no certificate; any other has to have one.
    ...(/^oci:\/\/(127\.0\.0\.1|localhost)[:/]/.test(chart) ? ["--plain-http"] : []),
  ];
}
