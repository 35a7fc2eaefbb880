/** The address plan: every network of every environment and pop-up, computed from its name alone. */

export interface AddressRanges {
  /** Nodes and internal endpoints. */
  readonly nodes: string;
  /** Pods; GKE gives each node twice its maximum of pods from here, used or not. */
  readonly pods: string;
}

/** Pop-ups that can live side by side. */
export const popupSlices = 128;

const longLived = {
  production: { nodes: "10.0.0.0/22", pods: "10.16.0.0/16" },
  staging: { nodes: "10.0.4.0/22", pods: "10.17.0.0/17" },
  ci: { nodes: "10.0.8.0/22", pods: "10.17.128.0/17" },
} as const satisfies Record<string, AddressRanges>;

/** Names of the slices that a long-lived environment may take. */
export const longLivedSlices = Object.keys(longLived) as readonly (keyof typeof longLived)[];

/** Whether `slice` names a part of the plan: an environment, or `popup-0` to `popup-127`. */
export function isSlice(slice: string): boolean {
  return Object.hasOwn(longLived, slice) || popupIndex(slice) !== undefined;
}

/**
 * The ranges of one slice. A pop-up gets a /27 for nodes (28 usable addresses) and a /21 for pods, which holds
 * 32 nodes of 32 pods each.
 */
export function addressRanges(slice: string): AddressRanges {
  const index = popupIndex(slice);
  if (index !== undefined) {
    return {
      nodes: `${dotted(address(10, 100) + index * 2 ** (32 - 27))}/27`,
      pods: `${dotted(address(10, 104) + index * 2 ** (32 - 21))}/21`,
    };
  }
  if (!isSlice(slice)) throw new RangeError(`no address slice is called "${slice}"`);
  return longLived[slice as keyof typeof longLived];
}

/** Addresses of a subnet that nodes cannot have: four that Google keeps, and four left for internal endpoints. */
const notForNodes = 4 + 4;

/** How many nodes of so many pods a slice holds: GKE gives each twice its pods' addresses, in a power of two. */
export function nodesThatFit(slice: string, podsPerNode: number): number {
  const { nodes, pods } = addressRanges(slice);
  const podBlock = 2 ** Math.ceil(Math.log2(2 * podsPerNode));
  return Math.min(sizeOf(nodes) - notForNodes, Math.floor(sizeOf(pods) / podBlock));
}

function sizeOf(range: string): number {
  return 2 ** (32 - Number(range.split("/")[1]));
}

function popupIndex(slice: string): number | undefined {
  const digits = /^popup-(0|[1-9][0-9]{0,2})$/.exec(slice)?.[1];
  const index = digits === undefined ? Number.NaN : Number(digits);
  return index < popupSlices ? index : undefined;
}

function address(first: number, second: number): number {
  return first * 2 ** 24 + second * 2 ** 16;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
