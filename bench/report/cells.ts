import type { Comparison, Sample } from "../results";
import { medianOf, ratioOf, type Spread, spreadOf } from "../statistics";
import { aims, verdict } from "./aims";

/** A table whose first columns are texts and whose others are figures, aligned to the right. */
export function table(texts: number, headings: string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = headings.map((_, column) => (column < texts ? "---" : "--:"));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

export const ratioHeadings = ["ratio", `at most ${ratio(aims.ratio)}`];

/** What the program takes as a ratio to the bare engine, and whether that is the aim. */
export function ratioCells({ own, bare, aimed }: Comparison): string[] {
  const { median, min, max } = ratioOf(timesOf(own), timesOf(bare));
  const text = `**${ratio(median)}** (${ratio(min)}–${ratio(max)})`;
  return [text, aimed ? verdict(median <= aims.ratio) : "no aim"];
}

export const memoryHeadings = ["program's process", "MiB", "engine's process", "MiB"];

/** For both processes the ratio to the bare engine's, and the two figures it comes from. */
export function memoryCells({ own, bare }: Comparison): string[] {
  return [
    ...memoryPair(own, bare, ({ programBytes }) => programBytes),
    ...memoryPair(own, bare, ({ engineBytes }) => engineBytes),
  ];
}

function memoryPair(
  own: readonly Sample[],
  bare: readonly Sample[],
  bytesOf: (sample: Sample) => number | undefined,
): string[] {
  const known = (samples: readonly Sample[]) => samples.map(bytesOf).filter((bytes) => bytes !== undefined);
  const [ours, theirs] = [known(own), known(bare)];
  if (ours.length < own.length || theirs.length < bare.length) return ["not measured", "–"];
  const mebibytes = (figures: readonly number[]) => whole(medianOf(figures) / 2 ** 20);
  return [ratio(medianOf(ours) / medianOf(theirs)), `${mebibytes(ours)} / ${mebibytes(theirs)}`];
}

export function timesOf(samples: readonly Sample[]): number[] {
  return samples.map(({ ms }) => ms);
}

/** Never better than it is: 1.151 is 1.16. */
export function ratio(figure: number): string {
  return (Math.ceil(figure * 100 - 1e-9) / 100).toFixed(2);
}

/** The median with the lowest and the highest, in milliseconds. */
export function milliseconds(figures: readonly number[]): string {
  const { median, min, max }: Spread = spreadOf(figures);
  return `${whole(median)} ms (${whole(min)}–${whole(max)})`;
}

export function whole(figure: number): string {
  return Math.round(figure).toLocaleString("en-GB");
}

export function decimal(figure: number): string {
  return figure.toFixed(1);
}
