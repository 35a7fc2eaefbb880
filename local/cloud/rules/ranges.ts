/** Arithmetic on IPv4 ranges, enough for the refusals of networks. */

/** First and last address of a range, as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** The range that `10.0.0.0/22` means, or undefined when it is not one or has bits beyond its prefix. */
export function parseRange(text: string): Range | undefined {
  const parts = /^([0-9.]+)\/([0-9]{1,2})$/.exec(text);
  const first = parts && parseAddress(parts[1] as string);
  const prefix = Number(parts?.[2]);
  if (first === null || first === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function parseAddress(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256)
    ? parts.reduce((address, part) => address * 256 + part, 0)
    : undefined;
}

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

export const overlap = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;

export const contains = (range: Range, address: number): boolean =>
  range.first <= address && address <= range.last;

/** Whether the new range lacks addresses of the old one. */
export function shrinks(old: string, next: string): boolean {
  const before = parseRange(old);
  const after = parseRange(next);
  return !!before && !!after && !(after.first <= before.first && before.last <= after.last);
}
