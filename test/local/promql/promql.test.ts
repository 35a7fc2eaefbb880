/** Whether it is the engine of Prometheus is not tested here: `tools/promql/go.mod` says so. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { askPromql } from "../../../local/promql/promql";

const counting = { series: 'calls{pod="a"}', values: "0+60x10" };
const query = (expression: string, at: string) => ({ expression, from: at, to: at, step: "1m" });

/** Why a question is not answered. */
async function refusal(...asked: Parameters<typeof askPromql>): Promise<string> {
  const error: unknown = await askPromql(...asked).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new Error("it was answered");
  return error.message;
}

describe("the query engine", () => {
  it("gives the values of an expression by moment", async () => {
    const { cases } = await askPromql({
      cases: [
        {
          interval: "1m",
          series: [counting],
          queries: [
            { expression: "rate(calls[5m]) > 0", from: "5m", to: "6m", step: "1m" },
            query("calls", "16m"),
          ],
        },
      ],
    });
    expect(cases).to.deep.equal([
      [
        {
          series: [
            {
              labels: { pod: "a" },
              points: [
                { seconds: 300, value: "1" },
                { seconds: 360, value: "1" },
              ],
            },
          ],
        },
        // Six minutes after its last value a series is gone.
        { series: [] },
      ],
    ]);
  });

  it("says what is wrong with an expression", async () => {
    const { parse } = await askPromql({ parse: ["sum(up)", "sum(up"] });
    expect(parse[0]).to.equal("");
    expect(parse[1]).to.contain("unclosed left parenthesis");
  });

  it("refuses a question that it cannot understand as a whole", async () => {
    const one = { interval: "1m", series: [counting], queries: [] };
    expect(await refusal({ cases: [{ ...one, series: [{ series: "calls{", values: "1" }] }] })).to.contain(
      "case 0: series calls{",
    );
    expect(await refusal({ cases: [{ ...one, seris: [] } as never] })).to.contain('unknown field "seris"');
    expect(
      await refusal({ cases: [{ ...one, queries: [{ ...query("calls", "1m"), step: "0s" }] }] }),
    ).to.contain("by 0s");
  });

  it("says what to install where there is no Go", async () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-promql-"));
    try {
      mkdirSync(join(folder, "bin"));
      const env = { PATH: join(folder, "bin"), HOME: folder, PLATFORM_CACHE: join(folder, "cache") };
      expect(await refusal({}, { env })).to.match(/found: no Go on PATH\ninstall Go 1\.\d+/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
