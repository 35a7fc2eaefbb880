import { expect } from "chai";

import { measureClusters } from "../../bench/clusters";
import type { Level } from "../../local/world/level";

describe("measuring real clusters", () => {
  const signal = new AbortController().signal;

  it("takes both levels in turns and does not count the first of each", async () => {
    const calls: Level[] = [];
    const take = (level: Level) => Promise.resolve({ ci: { ms: 100 * calls.push(level) } });
    const lines: string[] = [];
    const results = await measureClusters(take, 2, signal, (line) => lines.push(line));
    expect(calls).to.deep.equal(["plan", "full", "plan", "full", "plan", "full"]);
    expect(results).to.deep.equal([
      { stack: "ci", plan: [{ ms: 300 }, { ms: 500 }], full: [{ ms: 400 }, { ms: 600 }] },
    ]);
    expect(lines[1]).to.equal("warm-up, first up at level full: ci 200 ms");
  });

  it("stops between two when it is interrupted", async () => {
    const stop = new AbortController();
    const take = () => {
      stop.abort(new Error("interrupted"));
      return Promise.resolve({ ci: { ms: 1 } });
    };
    const outcome = await measureClusters(take, 5, stop.signal, () => undefined).catch(String);
    expect(outcome).to.equal("Error: interrupted");
  });
});
