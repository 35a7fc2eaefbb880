import type { PoolSettings } from "./settings";

/** What can be asked for together: of machines, before Kubernetes and the system take their share. */
export interface Capacity {
  readonly cpus: number;
  readonly memoryGib: number;
  readonly pods: number;
}

type MachineSize = Omit<Capacity, "pods">;

/**
 * What a machine type has at most, read from its name.
 *
 * Families differ a little (a `c4-standard` has 3.75 GiB a CPU, a `c3-highcpu` has two where an `e2-highcpu` has one);
 * the larger figure is taken. Source: https://cloud.google.com/compute/docs/machine-resource
 */
export function machineSize(machineType: string): MachineSize {
  const [, kind = "", ...sizes] = machineType.split("-");
  const sharedCore = sharedCores[kind];
  if (sharedCore) return sharedCore;
  const [cpus = Number.NaN, megabytes = Number.NaN] = sizes.map(Number);
  const memoryGib = kind === "custom" ? megabytes / 1024 : cpus * (gibPerCpu[kind] ?? Number.NaN);
  if (!(cpus > 0 && memoryGib > 0))
    throw new RangeError(`machine type ${machineType} does not tell its size`);
  return { cpus, memoryGib };
}

const gibPerCpu: Readonly<Record<string, number>> = { standard: 4, highmem: 8, highcpu: 2 };

const sharedCores: Readonly<Record<string, MachineSize>> = {
  micro: { cpus: 2, memoryGib: 1 },
  small: { cpus: 2, memoryGib: 2 },
  medium: { cpus: 2, memoryGib: 4 },
};

/** What pools have when each has all the nodes it may reach. */
export function capacityOf(pools: readonly PoolSettings[], podsPerNode: number): Capacity {
  const sum = (of: (pool: PoolSettings) => number) =>
    pools.reduce((total, pool) => total + pool.maxNodes * of(pool), 0);
  return {
    cpus: sum(({ machineType }) => machineSize(machineType).cpus),
    memoryGib: sum(({ machineType }) => machineSize(machineType).memoryGib),
    pods: sum(() => podsPerNode),
  };
}

/** What a pod requests, all its containers together. */
export interface PodRequest {
  readonly millicpus: number;
  readonly mebibytes: number;
}

/**
 * What pods of ours are planned onto: GKE keeps up to a fifth of a machine of two CPUs and more, and its own pods run on
 * every node. https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
 */
const plannedShare = 0.75;

/** How many pods that all request the same have room on one machine, beside the system. */
export function podsThatFit(machineType: string, request: PodRequest): number {
  const { cpus, memoryGib } = machineSize(machineType);
  return Math.floor(
    plannedShare * Math.min((1000 * cpus) / request.millicpus, (1024 * memoryGib) / request.mebibytes),
  );
}
