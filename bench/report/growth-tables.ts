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
      "Production with generated catalogues, their services like the real ones. The first `up` of both sides is without",
      "checkpoints here (`PULUMI_EXPERIMENTAL=1 PULUMI_SKIP_CHECKPOINTS=1`): with them the bare engine alone grows with",
      "the square of the resources.",
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
    const growth = own.last / own.first;
    return [
      rows[0]?.comparison.operation ?? "",
      `${further(own.first)} to ${further(own.last)}`,
      `**${growthText(growth)}**`,
      isTold(growth) ? verdict(growth <= aims.linear) : "not to be told",
      `${further(bare.first)} to ${further(bare.last)}`,
      growthText(bare.last / bare.first),
    ];
  });
  const programHeadings = ["program, ms a resource", "growth", `linear: at most ${ratio(aims.linear)}`];
  return [
    `What each further resource takes, from the step of ${step(0)} services to that of ${step(sizes.length - 2)}:`,
    table(1, ["operation", ...programHeadings, "bare engine, ms a resource", "growth"], rows),
  ].join("\n\n");
}

function stepsOf(rows: readonly Row[], side: "own" | "bare"): { first: number; last: number } {
  const points = rows.map(({ size, comparison }) => ({
    resources: size.resources,
    ms: medianOf(timesOf(comparison[side])),
  }));
  const steps = points.slice(1).map((point, index) => furtherResource(points[index] ?? point, point));
  return { first: steps[0] ?? Number.NaN, last: steps.at(-1) ?? Number.NaN };
}

function further(ms: number): string {
  return ms.toFixed(2);
}

function growthText(growth: number): string {
  return isTold(growth) ? ratio(growth) : "not to be told";
}

/** A step that took no time, as noise can make a small one, tells nothing. */
function isTold(growth: number): boolean {
  return growth > 0 && Number.isFinite(growth);
}
