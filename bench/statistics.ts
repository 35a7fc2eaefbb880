/** Several figures of one thing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError when there is no figure. */
export function spreadOf(figures: readonly number[]): Spread {
  const [min, max] = [Math.min(...figures), Math.max(...figures)];
  return { median: medianOf(figures), min, max };
}

/** The middle one, or the mean of the two in the middle. */
export function medianOf(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (low === undefined || high === undefined) throw new RangeError("no figure has no median");
  return (low + high) / 2;
}

/** The ratio of the medians, between the lowest and the highest ratio of a single round. */
export function ratioOf(own: readonly number[], bare: readonly number[]): Spread {
  const rounds = own.map((figure, round) => figure / (bare[round] ?? Number.NaN));
  const { min, max } = spreadOf(rounds);
  return { median: medianOf(own) / medianOf(bare), min, max };
}

/** What a number of resources took. */
export interface Point {
  readonly resources: number;
  readonly ms: number;
}

/** What each further resource took between two sizes, in milliseconds. */
export function furtherResource(from: Point, to: Point): number {
  return (to.ms - from.ms) / (to.resources - from.resources);
}
