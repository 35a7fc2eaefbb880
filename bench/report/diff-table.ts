import type { Breakdown, DiffResult } from "../results";
import { milliseconds, table } from "./cells";

/** The diff of a pull request and the parts it is made of. */
export function diffTable({ cold, cached }: DiffResult): string[] {
  const names = [...cold, ...cached].flatMap(({ parts }) => parts.map(({ name }) => name));
  const row = (name: string, msOf: (breakdown: Breakdown) => number | undefined) => [
    name,
    ...[cold, cached].map((rounds) => {
      const figures = rounds.map(msOf).filter((ms) => ms !== undefined);
      return figures.length > 0 ? milliseconds(figures) : "–";
    }),
  ];
  return [
    "### The diff of a pull request",
    table(
      1,
      ["part", "cold", "from cache"],
      [
        ...[...new Set(names)].map((name) =>
          row(name, ({ parts }) => parts.find((part) => part.name === name)?.ms),
        ),
        row("**total**", ({ total }) => total),
      ],
    ),
  ];
}
