import { expect } from "chai";

import { report } from "../../../bench/report/report";
import type { Comparison, GrowthResult, Results, Sample } from "../../../bench/results";

const circumstances = {
  date: "2026-11-24",
  command: "npm run bench -- --repeats 3",
  engineVersion: "3.259.0",
  nodeVersion: "20.20.2",
  sdkVersion: "3.270.0",
  cores: 2,
  memoryBytes: 24 * 2 ** 30,
  load: 0.25,
};

const mebibyte = 2 ** 20;

const samples = (...times: number[]): Sample[] =>
  times.map((ms) => ({ ms, programBytes: 200 * mebibyte, engineBytes: 100 * mebibyte }));

const comparison = (own: Sample[], bare: Sample[], operation = "no-change up", aimed = true): Comparison => ({
  operation,
  aimed,
  own,
  bare,
});

const stack = (...comparisons: Comparison[]) => ({ stack: "staging", resources: 102, comparisons });

const reportOf = (results: Partial<Results>) => report({ circumstances, stacks: [], growth: [], ...results });

/** Cells of each row that begins with this text. */
const rowsOf = (text: string, beginning: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith(`| ${beginning}`))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

describe("the report of the bench", () => {
  it("says when, with what and where the figures were taken", () => {
    const [first = ""] = reportOf({}).split("\n\n");
    expect(first.replaceAll("\n", " ")).to.equal(
      "Measured on 2026-11-24 by `npm run bench -- --repeats 3`: Pulumi 3.259.0, Node.js 20.20.2, SDK 3.270.0, " +
        "2 cores, 24.0 GiB of memory, a load of 0.3 when it began.",
    );
  });

  it("says what a ratio is to and what the aims are", () => {
    expect(reportOf({})).to.include("**Ratios are to the bare engine**").and.include("at most 1.15");
  });

  it("has sections only for what was measured", () => {
    expect(reportOf({})).to.not.include("###");
  });

  describe("on stacks", () => {
    it("shows the ratio first, then both medians, each with its lowest and highest", () => {
      const text = reportOf({
        stacks: [stack(comparison(samples(1_000, 1_200, 1_100), samples(1_000, 1_000, 1_100)))],
      });
      expect(rowsOf(text, "staging")[0]).to.deep.equal([
        "staging (102)",
        "no-change up",
        "**1.10** (1.00–1.20)",
        "reached",
        "1,100 ms (1,000–1,200)",
        "1,000 ms (1,000–1,100)",
      ]);
    });

    const verdicts: [ratio: number, shown: string, verdict: string][] = [
      [1.15, "**1.15**", "reached"],
      [1.151, "**1.16**", "**not reached**"],
      [0.98, "**0.98**", "reached"],
      [1.3, "**1.30**", "**not reached**"],
    ];
    for (const [ratio, shown, verdict] of verdicts) {
      it(`calls a ratio of ${ratio} what it is`, () => {
        const text = reportOf({ stacks: [stack(comparison(samples(1_000 * ratio), samples(1_000)))] });
        const cells = rowsOf(text, "staging")[0] ?? [];
        expect([cells[2]?.split(" ")[0], cells[3]]).to.deep.equal([shown, verdict]);
      });
    }

    it("holds no aim against a first up", () => {
      const up = comparison(samples(900), samples(1_000), "first up", false);
      expect(rowsOf(reportOf({ stacks: [stack(up)] }), "staging")[0]?.[3]).to.equal("no aim");
    });

    it("compares the peak memory of both processes", () => {
      const bare = [{ ms: 1, programBytes: 160 * mebibyte, engineBytes: 80 * mebibyte }];
      const text = reportOf({ stacks: [stack(comparison(samples(1), bare))] });
      expect(rowsOf(text, "staging")[1]?.slice(2)).to.deep.equal(["1.25", "200 / 160", "1.25", "100 / 80"]);
    });

    it("says that the engine's memory was not measured where nothing tells it", () => {
      const untold = [{ ms: 1, programBytes: 160 * mebibyte }];
      const text = reportOf({ stacks: [stack(comparison(untold, untold))] });
      expect(rowsOf(text, "staging")[1]?.slice(4)).to.deep.equal(["not measured", "–"]);
    });
  });

  describe("on growth", () => {
    const size = (services: number, own: number, bare: number): GrowthResult => ({
      stack: "production",
      services,
      resources: services * 10,
      comparisons: [comparison(samples(own), samples(bare))],
    });
    const linear = [size(10, 1_200, 1_100), size(100, 3_000, 2_000), size(1_000, 21_000, 11_000)];

    it("shows what each resource takes, from the smallest to the largest", () => {
      const rows = rowsOf(reportOf({ growth: [...linear].reverse() }), "no-change up").slice(0, 3);
      expect(rows.map(([, services, resources]) => [services, resources])).to.deep.equal([
        ["10", "100"],
        ["100", "1,000"],
        ["1,000", "10,000"],
      ]);
      expect(rows[2]?.slice(3)).to.deep.equal([
        "**1.91** (1.91–1.91)",
        "**not reached**",
        "21,000 ms (21,000–21,000)",
        "2.1 ms",
        "11,000 ms (11,000–11,000)",
        "1.1 ms",
        "1",
      ]);
    });

    it("calls it linear when a further resource takes no longer among many than among few", () => {
      expect(rowsOf(reportOf({ growth: linear }), "no-change up")[3]).to.deep.equal([
        "no-change up",
        "2.00 to 2.00",
        "**1.00**",
        "reached",
        "1.00 to 1.00",
        "1.00",
      ]);
    });

    it("sees the square behind what every run takes", () => {
      const time = (services: number) => 1_000 + services * 10 + 0.02 * services ** 2;
      const square = [10, 100, 1_000].map((services) => size(services, time(services), time(services)));
      // The time per resource falls from 11.0 to 3.1 ms and would hide it.
      expect(rowsOf(reportOf({ growth: square }), "no-change up")[3]?.slice(1, 4)).to.deep.equal([
        "1.22 to 3.20",
        "**2.63**",
        "**not reached**",
      ]);
    });

    it("does not judge from two sizes, nor from a step that took no time", () => {
      expect(reportOf({ growth: linear.slice(0, 2) })).to.include("takes three sizes to tell");
      for (const times of [
        [1_200, 1_100, 1_300],
        [1_200, 1_100, 1_000],
      ]) {
        const noise = times.map((ms, index) => size(10 + index, ms, 1_100));
        const cells = rowsOf(reportOf({ growth: noise }), "no-change up")[3];
        expect(cells?.slice(2, 4)).to.deep.equal(["**not to be told**", "not to be told"]);
      }
    });
  });

  it("shows the diff of a pull request in its parts, cold and from cache", () => {
    const breakdown = (total: number, parts: Record<string, number>) => ({
      total,
      parts: Object.entries(parts).map(([name, ms]) => ({ name, ms })),
    });
    const text = reportOf({
      diff: {
        cold: [breakdown(5_000, { checkout: 1_000, preview: 4_000 })],
        cached: [breakdown(1_000, { preview: 900 })],
      },
    });
    expect(text).to.include("### The diff of a pull request");
    expect(rowsOf(text, "")).to.deep.include.members([
      ["checkout", "1,000 ms (1,000–1,000)", "–"],
      ["preview", "4,000 ms (4,000–4,000)", "900 ms (900–900)"],
      ["**total**", "5,000 ms (5,000–5,000)", "1,000 ms (1,000–1,000)"],
    ]);
  });

  it("shows what real clusters add to a first up, as a ratio, and the memory they take", () => {
    const full = [
      { ms: 9_000, nodes: 3, bytes: 400 * mebibyte },
      { ms: 12_000, nodes: 3, bytes: 500 * mebibyte },
    ];
    const text = reportOf({ clusters: [{ stack: "staging", plan: [{ ms: 3_000 }, { ms: 3_000 }], full }] });
    expect(rowsOf(text, "staging")).to.deep.equal([
      ["staging", "3", "10,500 ms (9,000–12,000)", "3,000 ms (3,000–3,000)", "3.50 (3.00–4.00)", "450"],
    ]);
  });

  it("says nothing of memory where the system does not tell", () => {
    const text = reportOf({ clusters: [{ stack: "ci", plan: [{ ms: 1 }], full: [{ ms: 1 }] }] });
    expect(rowsOf(text, "ci").map((cells) => cells.slice(-1))).to.deep.equal([["–"]]);
  });
});
