import type { ClusterResult } from "../results";
import { medianOf, ratioOf } from "../statistics";
import { milliseconds, ratio, table, whole } from "./cells";

/** What real clusters add to a first `up`, and the memory they take. */
export function clusterTable(results: readonly ClusterResult[]): string[] {
  return [
    "### Real clusters",
    [
      "A first `up` at level full starts a control plane, its nodes and what goes into them; at level plan the same is",
      "only recorded. Memory is that of the control plane's processes after the `up`, shared pages divided among them.",
    ].join("\n"),
    table(
      1,
      ["stack", "nodes", "first up, full", "first up, plan", "ratio", "MiB"],
      results.map(({ stack, plan, full }) => {
        const times = (samples: ClusterResult["full"]) => samples.map(({ ms }) => ms);
        const { median, min, max } = ratioOf(times(full), times(plan));
        const bytes = full.map(({ bytes }) => bytes).filter((figure) => figure !== undefined);
        return [
          stack,
          String(full.at(-1)?.nodes ?? "–"),
          milliseconds(times(full)),
          milliseconds(times(plan)),
          `${ratio(median)} (${ratio(min)}–${ratio(max)})`,
          bytes.length > 0 ? whole(medianOf(bytes) / 2 ** 20) : "–",
        ];
      }),
    ),
  ];
}
