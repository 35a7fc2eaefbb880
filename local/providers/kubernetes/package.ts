import type { ControlPlane } from "../../clusters/control-plane";
import type { Values } from "../../cloud/rules/shape";
import type { Engine, Found, Made, Package, Patience, Provider, State, Subject } from "../provider";
import { isOn, replacedBy, version } from "./configuration";
import { releaseKind, textOf } from "./identity";
import { Objects } from "./objects/objects";
import type { AbsentCharts } from "./releases/absent-charts";
import type { ChartRegistry } from "./releases/chart-registry";
import { Releases } from "./releases/releases";

/** Finds the control plane behind a GKE cluster: by the id that the program gives as `clusterIdentifier`. */
export interface Clusters {
  find(identifier: string): ControlPlane | undefined | Promise<ControlPlane | undefined>;
  /** Why a cluster that exists has no control plane now; undefined where it has one, or there is no such cluster. */
  trouble?(identifier: string): string | undefined;
  /** @default only what is found exists */
  exists?(identifier: string): boolean;
  /**
   * What `PULUMI_K8S_DELETE_UNREACHABLE` is to the real provider, which the engine starts and hands its environment:
   * a server that runs elsewhere cannot see it, so whoever starts the engine says it here. A cluster that is only in
   * trouble is never forgotten by it.
   *
   * @default false
   */
  readonly deleteUnreachable?: boolean;
  /** A folder of `NAME-VERSION.tgz`, looked at first for every chart that is no folder. */
  readonly chartMirror?: string | undefined;
  /** Asked for the charts that it serves, instead of the host in their name. */
  readonly chartRegistry?: ChartRegistry;
  /** Charts that this world may do without. @default none */
  readonly absentCharts?: AbsentCharts;
}

/** Settings of the provider that would change what it does, and that nobody has written down here. */
const notImitated = ["namespace", "renderYamlToDirectory", "skipUpdateUnreachable", "upsertExistingObjects"];

/** The `kubernetes` package in front of real API servers. */
export function kubernetesPackage(clusters: Clusters): Package {
  return {
    name: "kubernetes",
    version,
    configure: async (config, engine) => {
      refuseOthers(config);
      const { cluster, reason } = await reached(clusters, config);
      const { chartMirror, chartRegistry, absentCharts } = clusters;
      return new Kinds(
        new Objects(cluster, optionsOf(clusters, config, engine, reason)),
        new Releases(cluster, {
          unreachableReason: reason,
          deleteUnreachable: forgetsUnreachable(clusters, config),
          warn: (urn, message) => engine.warn(urn, message),
          ...(chartMirror !== undefined && { chartMirror }),
          ...(chartRegistry && { chartRegistry }),
          ...(absentCharts && { absentCharts }),
        }),
      );
    },
    replacedBy,
  };
}

/** Decides once, as the real provider does, whether there is a cluster to work with. */
async function reached(
  clusters: Clusters,
  config: Values,
): Promise<{ cluster: ControlPlane | undefined; reason: string }> {
  const identifier = textOf(config["clusterIdentifier"]);
  const nothing = (reason: string) => ({ cluster: undefined, reason });
  if (identifier === "")
    return nothing("the provider has no clusterIdentifier, which is how it is found here");
  const cluster = await clusters.find(identifier);
  if (!cluster) return nothing(clusters.trouble?.(identifier) ?? `there is no cluster ${identifier}`);
  if (await cluster.api.answers("/livez")) return { cluster, reason: "" };
  return nothing(`nobody answers for ${identifier} at ${cluster.endpoint}`);
}

function optionsOf(clusters: Clusters, config: Values, engine: Engine, reason: string) {
  return {
    engine,
    mutability: {
      configMaps: isOn(config["enableConfigMapMutable"]),
      secrets: isOn(config["enableSecretMutable"]),
    },
    patchForce: isOn(config["enablePatchForce"]),
    deleteUnreachable: forgetsUnreachable(clusters, config),
    reason,
  };
}

function forgetsUnreachable(clusters: Clusters, config: Values): boolean {
  if (isOn(config["deleteUnreachable"])) return true;
  const exists = clusters.exists?.(textOf(config["clusterIdentifier"])) === true;
  return clusters.deleteUnreachable === true && !exists;
}

function refuseOthers(config: Values): void {
  const isSet = (name: string) => ![undefined, null, "", false, "false"].includes(config[name] as string);
  const others = notImitated.filter(isSet);
  if (config["enableServerSideApply"] === "false") others.push("enableServerSideApply: false");
  if (others.length > 0)
    throw new Error(`the kubernetes provider's ${others.join(", ")} is not imitated here`);
}

/** Sends each resource to whoever knows its kind. */
class Kinds implements Provider {
  constructor(
    private readonly objects: Provider,
    private readonly releases: Provider,
  ) {}

  check(subject: Subject, inputs: Values, old: Values | undefined, seed: Uint8Array) {
    return this.of(subject).check(subject, inputs, old, seed);
  }

  diff(subject: Subject, old: State, inputs: Values) {
    return this.of(subject).diff(subject, old, inputs);
  }

  preview(subject: Subject, inputs: Values, old?: State) {
    return this.of(subject).preview(subject, inputs, old);
  }

  create(subject: Subject, inputs: Values, patience: Patience): Promise<Made> {
    return this.of(subject).create(subject, inputs, patience);
  }

  update(subject: Subject, id: string, inputs: Values, old: State, patience: Patience): Promise<Values> {
    return this.of(subject).update(subject, id, inputs, old, patience);
  }

  remove(subject: Subject, id: string, state: State, patience: Patience): Promise<void> {
    return this.of(subject).remove(subject, id, state, patience);
  }

  read(subject: Subject, id: string, state: State): Promise<Found | undefined> {
    return this.of(subject).read(subject, id, state);
  }

  private of({ kind }: Subject): Provider {
    return kind === releaseKind ? this.releases : this.objects;
  }
}
