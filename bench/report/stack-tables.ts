import type { StackResult } from "../results";
import {
  memoryCells,
  memoryHeadings,
  milliseconds,
  ratioCells,
  ratioHeadings,
  table,
  timesOf,
} from "./cells";

/** The stacks as they are: time first, then memory. */
export function stackTables(stacks: readonly StackResult[]): string[] {
  const rows = stacks.flatMap(({ stack, resources, comparisons }) =>
    comparisons.map((comparison) => ({
      comparison,
      labels: [`${stack} (${resources})`, comparison.operation],
    })),
  );
  return [
    "### Stacks",
    table(
      2,
      ["stack (resources)", "operation", ...ratioHeadings, "program", "bare engine"],
      rows.map(({ labels, comparison }) => [
        ...labels,
        ...ratioCells(comparison),
        milliseconds(timesOf(comparison.own)),
        milliseconds(timesOf(comparison.bare)),
      ]),
    ),
    "Peak resident memory, as a ratio and as program / bare engine:",
    table(
      2,
      ["stack (resources)", "operation", ...memoryHeadings],
      rows.map(({ labels, comparison }) => [...labels, ...memoryCells(comparison)]),
    ),
  ];
}
