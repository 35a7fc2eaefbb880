import type { KubernetesObject, ListOf } from "../clusters/api";
import type { ControlPlane } from "../clusters/control-plane";

/** How many there are, and how many of them are as they should be. */
export interface Count {
  readonly ready: number;
  readonly all: number;
}

/** What is in a cluster, in numbers. */
export interface Census {
  readonly nodes: Count;
  /** Without those that have ended and are only kept to be read. */
  readonly pods: Count;
}

interface Conditioned extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export async function censusOf({ api }: ControlPlane): Promise<Census> {
  const [nodes, pods] = await Promise.all(
    ["/api/v1/nodes", "/api/v1/pods"].map(async (path) => (await api.get<ListOf<Conditioned>>(path)).items),
  );
  const live = (pods ?? []).filter(({ status }) => status?.phase !== "Succeeded");
  return { nodes: countOf(nodes ?? []), pods: countOf(live) };
}

function countOf(objects: readonly Conditioned[]): Count {
  const ready = objects.filter(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return { ready: ready.length, all: objects.length };
}
