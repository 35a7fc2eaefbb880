import type * as kubernetes from "@pulumi/kubernetes/types/input";

import type { PodRequest } from "../../config/machine-size";

/** What the scheduler takes a pod for: the requests of its containers together. */
export function requestOf({ containers }: Pick<kubernetes.core.v1.PodSpec, "containers">): PodRequest {
  const requests = (containers as kubernetes.core.v1.Container[]).map(
    ({ resources }) => (resources as { requests: { cpu: string; memory: string } }).requests,
  );
  const sum = (of: (request: { cpu: string; memory: string }) => number) =>
    requests.map(of).reduce((a, b) => a + b, 0);
  return { millicpus: sum(({ cpu }) => millicpus(cpu)), mebibytes: sum(({ memory }) => mebibytes(memory)) };
}

function millicpus(cpu: string): number {
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : 1000 * Number(cpu);
}

function mebibytes(memory: string): number {
  const [, amount, unit] = /^([0-9]+)(Mi|Gi)$/.exec(memory) ?? [];
  if (unit === undefined) throw new RangeError(`"${memory}" is no memory in Mi or Gi`);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}
