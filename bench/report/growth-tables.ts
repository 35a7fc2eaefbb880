import type { Comparison, GrowthResult, Sample } from "../results";
import { furtherResource, medianOf } from "../statistics";
import { aims, verdict } from "./aims";
import {
  decimal,
  memoryCells,
  memoryHeadings,
  milliseconds,
  ratio,
  ratioCells,
  ratioHeadings,
  table,
  timesOf,
  whole,
} from "./cells";

/** One operation at one size. */
interface Row {
  readonly size: GrowthResult;
  readonly comparison: Comparison;
}

/** What comes of more and more services: time, whether it is linear, and memory. */
export function growthTables(growth: readonly GrowthResult[]): string[] {
  const sizes = [...growth].sort((a, b) => a.resources - b.resources);
  const operations = sizes[0]?.comparisons.map(({ operation }) => operation) ?? [];
  const rowsOf = (operation: string): Row[] =>
    sizes.flatMap((size) =>
      size.comparisons
        .filter((comparison) => comparison.operation === operation)
        .map((comparison) => ({ size, comparison })),
    );
  const rows = operations.flatMap(rowsOf);
  return [
    "### Growth",
    [
      "Production with generated catalogues, their services like the real ones and all released. The first `up` of both",
      "sides is without checkpoints here (`PULUMI_EXPERIMENTAL=1 PULUMI_SKIP_CHECKPOINTS=1`): with them the bare engine",
      "alone grows with the square of the resources.",
    ].join("\n"),
    timeTable(rows),
    linearity(operations.map(rowsOf)),
    "Peak resident memory, as a ratio and as program / bare engine:",
    table(
      1,
      [...labelHeadings, ...memoryHeadings],
      rows.map((row) => [...labelsOf(row), ...memoryCells(row.comparison)]),
    ),
  ];
}

const labelHeadings = ["operation", "services", "resources"];

function labelsOf({ size, comparison }: Row): string[] {
  return [comparison.operation, whole(size.services), whole(size.resources)];
}

function timeTable(rows: readonly Row[]): string {
  const perResource = (samples: readonly Sample[], { size }: Row) =>
    `${decimal(medianOf(timesOf(samples)) / size.resources)} ms`;
  return table(
    1,
    [...labelHeadings, ...ratioHeadings, "program", "per resource", "bare engine", "per resource", "rounds"],
    rows.map((row) => [
      ...labelsOf(row),
      ...ratioCells(row.comparison),
      milliseconds(timesOf(row.comparison.own)),
      perResource(row.comparison.own, row),
      milliseconds(timesOf(row.comparison.bare)),
      perResource(row.comparison.bare, row),
      String(row.comparison.own.length),
    ]),
  );
}

/** Compares what a further resource takes among many with what it takes among few; that needs three sizes. */
function linearity(operations: readonly Row[][]): string {
  const sizes = operations[0]?.map(({ size }) => whole(size.services)) ?? [];
  if (sizes.length < 3) return "Whether growth is linear takes three sizes to tell.";
  const step = (index: number) => sizes.slice(index).slice(0, 2).join(" to ");
  const rows = operations.map((rows) => {
    const [own, bare] = [stepsOf(rows, "own"), stepsOf(rows, "bare")];
    const growth = growthOf(own);
    return [
      rows[0]?.comparison.operation ?? "",
      stepsText(own),
      `**${growthText(growth)}**`,
      growth === undefined ? untold : verdict(growth <= aims.linear),
      stepsText(bare),
      growthText(growthOf(bare)),
    ];
  });
  const programHeadings = ["program, ms a resource", "growth", `linear: at most ${ratio(aims.linear)}`];
  return [
    `What each further resource takes, from the step of ${step(0)} services to that of ${step(sizes.length - 2)}:`,
    table(1, ["operation", ...programHeadings, "bare engine, ms a resource", "growth"], rows),
  ].join("\n\n");
}

/** What a further resource takes in the first step from size to size and in the last, in milliseconds. */
interface Steps {
  readonly first: number;
  readonly last: number;
}

function stepsOf(rows: readonly Row[], side: "own" | "bare"): Steps {
  const points = rows.map(({ size, comparison }) => ({
    resources: size.resources,
    ms: medianOf(timesOf(comparison[side])),
  }));
  const steps = points.slice(1).map((point, index) => furtherResource(points[index] ?? point, point));
  return { first: steps[0] ?? Number.NaN, last: steps.at(-1) ?? Number.NaN };
}

/** Undefined when a step took no time, as noise can make a small one: it tells nothing. */
function growthOf({ first, last }: Steps): number | undefined {
  return first > 0 && last > 0 ? last / first : undefined;
}

function stepsText({ first, last }: Steps): string {
  return `${first.toFixed(2)} to ${last.toFixed(2)}`;
}

const untold = "not to be told";

function growthText(growth: number | undefined): string {
  return growth === undefined ? untold : ratio(growth);
}
