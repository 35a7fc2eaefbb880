import { join } from "node:path";

import { Cloud } from "../cloud/cloud";
import type { Elsewhere } from "../cloud/elsewhere";
import { rules } from "../cloud/rules";
import type { Values } from "../cloud/rules/shape";
import type { Programs } from "../clusters/programs";
import { googlePackage } from "../providers/google";
import { kubernetesRecorder } from "../providers/kubernetes-recorder";
import { findMade } from "../providers/kubernetes/objects/made";
import { type Clusters, kubernetesPackage } from "../providers/kubernetes/package";
import { AbsentCharts, type RepositoryChart } from "../providers/kubernetes/releases/absent-charts";
import type { Package } from "../providers/provider";
import { randomPackage } from "../providers/random";
import { type ProviderServer, serveProvider } from "../providers/server";
import { layoutOf } from "./layout";
import { isRunning } from "./process";
import { openClusters, type RealClusters } from "./real-clusters";

/** An emulated Google Cloud with the providers that stand in front of it. */
export interface World {
  readonly cloud: Cloud;
  /** Loopback port of each provider, by its package's name. */
  readonly providers: Readonly<Record<string, number>>;
  /** The real clusters behind the emulated ones, or nothing when what goes into them is only recorded. */
  readonly clusters?: RealClusters;
  /**
   * The id of what a program described with this type and these inputs, when it is there; `configuration` is that of
   * the provider.
   */
  locate(type: string, inputs: Values, configuration: Values): Promise<string | undefined>;
  /**
   * Whether what was in clusters that are gone may be forgotten, for as long as a process runs that says so: what
   * `PULUMI_K8S_DELETE_UNREACHABLE` is to the real provider, which is started by the engine and sees its environment.
   */
  forgetUnreachable(forPid: number, forget: boolean): void;
  /** Looks from now on in this folder first for charts of real clusters, instead of the one that it had. */
  useChartMirror(folder: string): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Where its state lives; absent: in memory only. */
  readonly folder?: string;
  /**
   * Seconds here for one second of the real thing.
   * @default 0, everything is immediate
   */
  readonly scale?: number;
  /** @default "checked" */
  readonly elsewhere?: Elsewhere;
  /**
   * What real clusters are made of; they need a folder.
   * @default none, what goes into a cluster is only recorded
   */
  readonly programs?: Programs;
  /**
   * The program of the registry behind Artifact Registry's names; it needs real clusters.
   * @default none, repositories hold nothing
   */
  readonly registryProgram?: string;
  /**
   * A folder of charts, `NAME-VERSION.tgz`, that real clusters get before any registry is asked.
   * @default none
   */
  readonly chartMirror?: string;
  /**
   * Charts whose releases are recorded as absent where their repository cannot be reached.
   * @default none, a chart that cannot be had is an error
   */
  readonly mayBeAbsent?: readonly RepositoryChart[];
  /** What went wrong with nobody waiting for it. */
  readonly onError?: (error: unknown) => void;
}

/** Opens a world in this process, with what its folder holds from before. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { folder, scale = 0, elsewhere, programs, registryProgram } = options;
  const { mayBeAbsent = [], onError = () => undefined } = options;
  if (programs && folder === undefined) throw new Error("a world with real clusters needs a folder");
  const clusters =
    programs && folder !== undefined
      ? await openClusters({
          layout: layoutOf(folder),
          programs,
          ...(registryProgram !== undefined && { registryProgram }),
          scale,
          onError,
        })
      : undefined;
  const cloud = new Cloud({
    scale,
    ...(folder !== undefined && { folder: join(folder, "cloud") }),
    ...(elsewhere !== undefined && { elsewhere }),
    ...(clusters && { machinery: clusters.machinery }),
  });
  const forgetful = new Set<number>();
  let { chartMirror } = options;
  const packages: Package[] = [
    googlePackage(cloud),
    randomPackage,
    clusters
      ? kubernetesPackage(
          seenByProvider(clusters, () => chartMirror, new AbsentCharts(mayBeAbsent), forgetful),
        )
      : kubernetesRecorder(cloud, folder && join(folder, "cloud", "kubernetes.jsonl")),
  ];
  try {
    await clusters?.resume(cloud);
  } catch (error) {
    await clusters?.close();
    throw error;
  }
  const servers = await Promise.all(
    packages.map(async (package_): Promise<[string, ProviderServer]> => [
      package_.name,
      await serveProvider(package_),
    ]),
  );
  return {
    cloud,
    providers: Object.fromEntries(servers.map(([name, { port }]) => [name, port])),
    ...(clusters && { clusters }),
    locate: (type, inputs, configuration) => {
      const [package_, kind] = [type.slice(0, type.indexOf(":")), type.slice(type.indexOf(":") + 1)];
      if (package_ === "gcp") return Promise.resolve(locate(cloud, kind, inputs));
      const cluster = configuration["clusterIdentifier"];
      const control = typeof cluster === "string" ? clusters?.engine.find(cluster) : undefined;
      return package_ === "kubernetes" && control
        ? findMade(control.api, kind, inputs)
        : Promise.resolve(undefined);
    },
    forgetUnreachable: (pid, forget) => void (forget ? forgetful.add(pid) : forgetful.delete(pid)),
    useChartMirror: (given) => void (chartMirror = given),
    close: async () => {
      await Promise.all(servers.map(([, server]) => server.close()));
      await clusters?.close();
    },
  };
}

function seenByProvider(
  { engine, ...clusters }: RealClusters,
  chartMirror: () => string | undefined,
  absentCharts: AbsentCharts,
  forgetful: ReadonlySet<number>,
): Clusters {
  return {
    find: (identifier) => engine.reach(identifier),
    trouble: (identifier) => engine.trouble(identifier),
    exists: (identifier) => engine.has(identifier),
    get deleteUnreachable() {
      return [...forgetful].some(isRunning);
    },
    absentCharts,
    get chartMirror() {
      return chartMirror();
    },
    ...(clusters.chartRegistry && { chartRegistry: clusters.chartRegistry }),
  };
}

function locate(cloud: Cloud, kind: string, inputs: Values): string | undefined {
  if (!rules.has(kind)) return undefined;
  // Some kinds do not say their project; it is then the provider's, and the id tells.
  const given = inputs["project"];
  return cloud
    .list(kind)
    .find(
      ({ id, project }) =>
        (given === undefined || given === project) && cloud.idOf(kind, project, inputs) === id,
    )?.id;
}
