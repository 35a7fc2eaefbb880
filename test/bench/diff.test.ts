import { expect } from "chai";

import { measureDiff } from "../../bench/diff";

describe("measuring the diff of a pull request", () => {
  const breakdown = (total: number) => ({ total, parts: [{ name: "preview", ms: total - 1 }] });
  const signal = new AbortController().signal;

  it("takes cold and cached in turns and does not count the first of each", async () => {
    const calls: string[] = [];
    const take = (name: string) => () => Promise.resolve(breakdown(100 * calls.push(name)));
    const lines: string[] = [];
    const result = await measureDiff({ cold: take("cold"), cached: take("cached") }, 2, signal, (line) =>
      lines.push(line),
    );
    expect(calls).to.deep.equal(["cold", "cached", "cold", "cached", "cold", "cached"]);
    expect(result).to.deep.equal({
      cold: [breakdown(300), breakdown(500)],
      cached: [breakdown(400), breakdown(600)],
    });
    expect(lines[0]).to.equal("warm-up, diff: 100 ms cold, 200 ms from cache");
  });

  it("stops between two when it is interrupted", async () => {
    const stop = new AbortController();
    const cold = () => Promise.resolve(breakdown(1));
    const cached = () => {
      stop.abort(new Error("interrupted"));
      return Promise.resolve(breakdown(1));
    };
    const outcome = await measureDiff({ cold, cached }, 5, stop.signal, () => undefined).catch(String);
    expect(outcome).to.equal("Error: interrupted");
  });
});
