/** What pods can have of a machine, after what GKE keeps for the system and its own parts. */
export interface NodeSize {
  cpus: number;
  memoryMib: number;
  allocatableMillicpus: number;
  allocatableMib: number;
}

/** Machines as Compute Engine sells them: virtual CPUs and GiB of memory. */
const machineTypes: Readonly<Record<string, { cpus: number; memoryGib: number }>> = {
  "e2-standard-2": { cpus: 2, memoryGib: 8 },
  "e2-standard-4": { cpus: 4, memoryGib: 16 },
  "e2-standard-8": { cpus: 8, memoryGib: 32 },
  "e2-standard-16": { cpus: 16, memoryGib: 64 },
};

/** The size of a node of a machine type; throws for one that is not in the table. */
export function nodeSize(machineType: string): NodeSize {
  const machine = machineTypes[machineType];
  if (!machine) {
    throw new RangeError(
      `machine type ${machineType} is not known here; known are ${Object.keys(machineTypes).join(", ")}; ` +
        "add it to local/clusters/machine-types.ts",
    );
  }
  const memoryMib = machine.memoryGib * 1024;
  return {
    cpus: machine.cpus,
    memoryMib,
    allocatableMillicpus: machine.cpus * 1000 - reserved(machine.cpus, cpuSteps) * 1000,
    allocatableMib: Math.floor((machine.memoryGib - reserved(machine.memoryGib, memorySteps)) * 1024 - 100),
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

function reserved(amount: number, steps: Steps): number {
  let kept = 0;
  let from = 0;
  for (const [upTo, share] of steps) {
    kept += Math.max(0, Math.min(amount, upTo) - from) * share;
    from = upTo;
  }
  return kept;
}

/**
 * GiB of a boot disk that pods can have: without the eviction threshold of a tenth, and without what the system keeps,
 * a half, 6 GiB and 35 %, or 100 GiB, whichever is least.
 */
export function allocatableDiskGib(diskGb: number): number {
  return Math.floor(diskGb - diskGb * 0.1 - Math.min(diskGb * 0.5, 6 + diskGb * 0.35, 100));
}
