import type { Circumstances, Results } from "../results";
import { aims } from "./aims";
import { decimal, ratio } from "./cells";
import { clusterTable } from "./cluster-table";
import { diffTable } from "./diff-table";
import { growthTables } from "./growth-tables";
import { stackTables } from "./stack-tables";

/** The figures as Markdown, each aim beside what came of it. */
export function report({ circumstances, stacks, growth, diff, clusters }: Results): string {
  return [
    ...introduction(circumstances),
    ...(stacks.length > 0 ? stackTables(stacks) : []),
    ...(growth.length > 0 ? growthTables(growth) : []),
    ...(diff ? diffTable(diff) : []),
    ...(clusters ? clusterTable(clusters) : []),
  ].join("\n\n");
}

function introduction(at: Circumstances): string[] {
  const memory = decimal(at.memoryBytes / 2 ** 30);
  return [
    [
      `Measured on ${at.date} by \`${at.command}\`: Pulumi ${at.engineVersion}, Node.js ${at.nodeVersion}, SDK ${at.sdkVersion},`,
      `${at.cores} cores, ${memory} GiB of memory, a load of ${decimal(at.load)} when it began.`,
    ].join("\n"),
    [
      "- **Ratios are to the bare engine**: the same engine, in turns with ours, on as many resources that are all",
      "  trivial. One file registers them, loaded by the same loader with the same options and modules; their provider",
      "  does nothing. Whatever the engine counts is a resource: components, providers and the stack too.",
      "- **Figures are medians**, with the lowest and the highest round in brackets. A ratio is that of the medians, with",
      "  the lowest and the highest of single rounds, and is rounded up.",
      "- **Times** are from the start of the engine to its end. An `up` is without a preview of its own",
      "  (`--skip-preview`). The emulated cloud answers at once, from memory, and every round begins with an empty one.",
      "  The providers of both sides share a process with what measures; it is in no figure of memory.",
      `- **Aims**: a ratio of at most ${ratio(aims.ratio)} for previews and for an \`up\` that changes nothing, and linear growth. A`,
      "  first `up` has none: our resources wait for one another, the trivial ones for nobody.",
    ].join("\n"),
  ];
}
