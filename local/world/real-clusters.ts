import type { Programs } from "../clusters/programs";
import { serveEndpointProxy } from "../gke/access/endpoint-proxy";
import { KubernetesEngine } from "../gke/kubernetes-engine";
import type { Layout } from "./layout";

/** The real clusters of a world, and the way in by the names that the program knows them under. */
export interface RealClusters {
  readonly engine: KubernetesEngine;
  /** Address of the proxy that leads to them. */
  readonly proxyUrl: string;
  close(): Promise<void>;
}

export interface RealClustersArgs {
  readonly layout: Layout;
  readonly programs: Programs;
  readonly scale: number;
  readonly onError: (error: unknown) => void;
}

export async function openClusters({ layout, ...args }: RealClustersArgs): Promise<RealClusters> {
  const engine = new KubernetesEngine({
    ...args,
    folder: layout.clusters,
    login: { folder: layout.login },
  });
  const proxy = await serveEndpointProxy((hostName) => {
    const control = engine.findByHost(hostName);
    return control && Number(new URL(control.endpoint).port);
  });
  return {
    engine,
    proxyUrl: proxy.url,
    close: async () => {
      await proxy.close();
      await engine.stop();
    },
  };
}
