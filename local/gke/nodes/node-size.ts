import { type Machine, machineOf, machineTypeProblem } from "../../cloud/machine-types";
import type { NodeResources } from "../../clusters/nodes";

/** What a machine has, and what pods can have of it after what GKE keeps for the system and its own parts. */
export interface NodeSize {
  cpus: number;
  memoryMib: number;
  allocatableMillicpus: number;
  allocatableMib: number;
}

/** The size of a node of a machine type; throws for one that is not known. */
export function nodeSize(machineType: string): NodeSize {
  const machine = machineOf(machineType);
  if (!machine) throw new RangeError(machineTypeProblem(machineType));
  const { cpus, memoryGib } = machine;
  return {
    cpus,
    memoryMib: memoryGib * 1024,
    allocatableMillicpus: cpus * 1000 - keptMillicpus(machineType, machine),
    allocatableMib: Math.floor((memoryGib - keptGib(memoryGib)) * 1024 - 100),
  };
}

/** The same in the words of a node's status. */
export function nodeResources(args: { machineType: string; diskGb: number; podsPerNode: number }): {
  capacity: NodeResources;
  allocatable: NodeResources;
} {
  const size = nodeSize(args.machineType);
  const pods = String(args.podsPerNode);
  return {
    capacity: {
      cpu: String(size.cpus),
      memory: `${size.memoryMib}Mi`,
      "ephemeral-storage": `${args.diskGb}Gi`,
      pods,
    },
    allocatable: {
      cpu: `${size.allocatableMillicpus}m`,
      memory: `${size.allocatableMib}Mi`,
      "ephemeral-storage": `${allocatableDiskGib(args.diskGb)}Gi`,
      pods,
    },
  };
}

/** Up to how much, and which share of that much is kept. */
type Steps = readonly (readonly [upTo: number, share: number])[];

// https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes, where the 100 MiB above are the eviction
// threshold. A real machine shows about 2 % less memory, which is the kernel's.
const cpuSteps: Steps = [
  [1, 0.06],
  [2, 0.01],
  [4, 0.005],
  [Infinity, 0.0025],
];
const memorySteps: Steps = [
  [4, 0.25],
  [8, 0.2],
  [16, 0.1],
  [128, 0.06],
  [Infinity, 0.02],
];

/** Machines that share a core can use half of what they show, and GKE keeps that from pods. */
function keptMillicpus(machineType: string, { cpus }: Machine): number {
  return /^e2-(micro|small|medium)$/.test(machineType) ? 1060 : kept(cpus, cpuSteps) * 1000;
}

function keptGib(memoryGib: number): number {
  return memoryGib < 1 ? 255 / 1024 : kept(memoryGib, memorySteps);
}

function kept(amount: number, steps: Steps): number {
  let sum = 0;
  let from = 0;
  for (const [upTo, share] of steps) {
    sum += Math.max(0, Math.min(amount, upTo) - from) * share;
    from = upTo;
  }
  return sum;
}

/**
 * GiB of a boot disk that pods can have: without the eviction threshold of a tenth, and without what the system keeps,
 * a half, 6 GiB and 35 %, or 100 GiB, whichever is least.
 */
export function allocatableDiskGib(diskGb: number): number {
  return Math.floor(diskGb - diskGb * 0.1 - Math.min(diskGb * 0.5, 6 + diskGb * 0.35, 100));
}
