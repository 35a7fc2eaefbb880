/** What the figures are held against. */
export const aims = {
  /** The most that the program may take, as a ratio to the bare engine. */
  ratio: 1.15,
  /** Growth is linear when a further resource takes at most this much more among many than among few. */
  linear: 1.25,
} as const;

export function verdict(reached: boolean): string {
  return reached ? "reached" : "**not reached**";
}
