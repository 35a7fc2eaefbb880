import type { Machinery } from "../cloud/machinery";
import type { Cloud } from "../cloud/cloud";
import type { Programs } from "../clusters/programs";
import { serveEndpointProxy } from "../gke/access/endpoint-proxy";
import { authorityFile, wayThrough } from "../gke/access/login";
import { KubernetesEngine } from "../gke/kubernetes-engine";
import type { ChartRegistry } from "../providers/kubernetes/releases/chart-registry";
import { ArtifactRegistry } from "../registry/artifact-registry";
import type { Layout } from "./layout";

/** Path of the certificate that a world's registry is known by, among the others that a login trusts. */
export function registryCertificate({ login }: Layout): string {
  return authorityFile({ folder: login }, "artifact-registry");
}

/** The real clusters of a world, and the way in by the names that the program knows them under. */
export interface RealClusters {
  readonly engine: KubernetesEngine;
  /** The registry behind the names of Artifact Registry, where there is a program for it. */
  readonly registry?: ArtifactRegistry;
  /** The same, as the releases of a program see it. */
  readonly chartRegistry?: ChartRegistry;
  /** What the emulated cloud runs behind its resources. */
  readonly machinery: ReadonlyMap<string, Machinery>;
  /** Address of the proxy that leads to them. */
  readonly proxyUrl: string;
  /** Goes on with what the cloud holds from before; called once, before anybody else uses the cloud. */
  resume(cloud: Cloud): Promise<void>;
  close(): Promise<void>;
}

export interface RealClustersArgs {
  readonly layout: Layout;
  readonly programs: Programs;
  /** Path of the registry's program. @default no registry */
  readonly registryProgram?: string;
  readonly scale: number;
  readonly onError: (error: unknown) => void;
}

export async function openClusters({
  layout,
  registryProgram,
  ...args
}: RealClustersArgs): Promise<RealClusters> {
  const engine = new KubernetesEngine({
    ...args,
    folder: layout.clusters,
    login: { folder: layout.login },
  });
  const certificate = registryCertificate(layout);
  const registry =
    registryProgram === undefined
      ? undefined
      : new ArtifactRegistry({
          folder: layout.registry,
          certificate,
          program: registryProgram,
          onError: args.onError,
        });
  const proxy = await serveEndpointProxy(
    (hostName) => {
      const control = engine.findByHost(hostName);
      return control && Number(new URL(control.endpoint).port);
    },
    (hostName) => registry?.entrance(hostName),
  );
  return {
    engine,
    ...(registry && { registry, chartRegistry: chartsOf(registry, certificate, proxy.url) }),
    machinery: new Map([...engine.machinery, ...(registry?.machinery ?? [])]),
    proxyUrl: proxy.url,
    resume: async (cloud) => {
      await registry?.resume(cloud);
      await engine.resume(cloud);
    },
    close: async () => {
      await proxy.close();
      await Promise.all([engine.stop(), registry?.stop()]);
    },
  };
}

function chartsOf(registry: ArtifactRegistry, certificate: string, proxyUrl: string): ChartRegistry {
  return {
    serves: (chart) => chart.startsWith("oci://") && registry.entrance(hostOf(chart)) !== undefined,
    environment: wayThrough(proxyUrl),
    certificate,
    explain: (chart) => registry.explain(chart),
  };
}

function hostOf(chart: string): string {
  return chart.split("/")[2] ?? "";
}
