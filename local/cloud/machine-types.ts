/** A machine as Compute Engine sells it. */
export interface Machine {
  readonly cpus: number;
  readonly memoryGib: number;
}

/** Sizes of a family by their kind: GiB for each CPU, and how many CPUs there may be. */
type Family = Readonly<Record<string, readonly [gibPerCpu: number, cpus: readonly number[]]>>;

const upTo80 = [2, 4, 8, 16, 32, 48, 64, 80];
const upTo96 = [...upTo80, 96];
const c3Sizes = [4, 8, 22, 44, 88, 176];

// https://cloud.google.com/compute/docs/general-purpose-machines
const families: Readonly<Record<string, Family>> = {
  e2: {
    standard: [4, [2, 4, 8, 16, 32]],
    highmem: [8, [2, 4, 8, 16]],
    highcpu: [1, [2, 4, 8, 16, 32]],
  },
  n2: { standard: [4, [...upTo96, 128]], highmem: [8, upTo96], highcpu: [1, upTo96] },
  n2d: {
    standard: [4, [...upTo96, 128, 224]],
    highmem: [8, upTo96],
    highcpu: [1, [...upTo96, 128, 224]],
  },
  n4: { standard: [4, upTo80], highmem: [8, upTo80], highcpu: [2, upTo80] },
  t2d: { standard: [4, [1, 2, 4, 8, 16, 32, 48, 60]] },
  c3: { standard: [4, c3Sizes], highmem: [8, c3Sizes], highcpu: [2, c3Sizes] },
};

/** Those whose size is not in their name. */
const others: Readonly<Record<string, Machine>> = {
  "e2-micro": { cpus: 2, memoryGib: 1 },
  "e2-small": { cpus: 2, memoryGib: 2 },
  "e2-medium": { cpus: 2, memoryGib: 4 },
  "n2-highmem-128": { cpus: 128, memoryGib: 864 },
};

const machines: ReadonlyMap<string, Machine> = new Map([
  ...Object.entries(others),
  ...Object.entries(families).flatMap(([family, kinds]) =>
    Object.entries(kinds).flatMap(([kind, [gibPerCpu, sizes]]) =>
      sizes.map((cpus): [string, Machine] => [
        `${family}-${kind}-${cpus}`,
        { cpus, memoryGib: cpus * gibPerCpu },
      ]),
    ),
  ),
]);

/** Families in which CPUs and memory may be chosen freely. */
const customFamilies = /^(e2|n2|n2d|n4)-custom-([1-9][0-9]*)-([1-9][0-9]*)(-ext)?$/;

/** The machine of a type, or undefined for a type that is not known here. */
export function machineOf(machineType: string): Machine | undefined {
  const [, , cpus, memoryMib] = customFamilies.exec(machineType) ?? [];
  if (cpus !== undefined) return { cpus: Number(cpus), memoryGib: Number(memoryMib) / 1024 };
  // Local disks come on top; CPUs and memory are the same.
  return machines.get(machineType.replace(/^(c3-standard-\d+)-lssd$/, "$1"));
}

/** Why a machine type cannot be had, or undefined; those of its family are named, else one of each. */
export function machineTypeProblem(machineType: string): string | undefined {
  if (machineOf(machineType)) return undefined;
  const family = machineType.split("-")[0] ?? "";
  const alike = [...machines.keys()].filter((known) => known.startsWith(`${family}-`));
  const known =
    alike.length > 0 ? `${family} has ${alike.join(", ")}` : `known are ${Object.keys(families).join(", ")}`;
  return `the emulated cloud knows no machine type ${machineType}; ${known}; where Google sells it, add it to local/cloud/machine-types.ts`;
}
