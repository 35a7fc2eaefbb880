/** When the rules fire is asked of the engine of Prometheus in test/local/promql. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { alertRules, burnThreshold, bytesOf, coresOf } from "../../components/alert-rules";
import { root } from "../support/settings";
import { watched } from "../support/watched";

describe("alert rules", () => {
  it("are four kinds, of which saturation never calls anybody at night", () => {
    expect(alertRules(watched()).map(({ name }) => name)).to.deep.equal([
      "uptime-page",
      "uptime-ticket",
      "errors-page",
      "errors-ticket",
      "latency-page",
      "latency-ticket",
      "saturation-ticket",
    ]);
  });

  it("ask the internet's view only where there is a check", () => {
    const queries = (uptimeCheck?: string) =>
      alertRules(watched(uptimeCheck === undefined ? {} : { uptimeCheck })).map(({ query }) => query);
    expect(queries("billing-1").filter((query) => query.includes('check_id="billing-1"'))).to.have.length(1);
    expect(queries().filter((query) => query.includes("uptime_check"))).to.deep.equal([]);
  });

  it("have a threshold of burn rate times budget, never one that all calls together cannot reach", () => {
    expect(burnThreshold(99.9, 14.4)).to.equal(0.0144);
    expect(burnThreshold(99.95, 6)).to.equal(0.003);
    expect(burnThreshold(99.5, 1)).to.equal(0.005);
    expect(burnThreshold(90, 14.4)).to.equal(0.9);
    expect(burnThreshold(50, 1)).to.equal(0.5);
  });

  it("say what they mean and what to do first, of this service and this environment", () => {
    for (const { documentation, name } of alertRules(watched())) {
      expect(documentation, name).to.match(/^\*\*billing in staging\.\*\* \w.*\n\n1\. [\w`]/);
      expect(documentation, name).not.to.match(/NAMESPACE|SERVICE|undefined/);
      // Google's limit.
      expect(documentation.length, name).to.be.below(8192);
    }
  });

  it("run at multiples of half a minute, which is what Google takes", () => {
    for (const { everySeconds, forSeconds } of alertRules(watched())) {
      expect(everySeconds % 30).to.equal(0);
      expect(forSeconds % 30).to.equal(0);
    }
  });

  it("read sizes as Kubernetes does", () => {
    expect([coresOf("100m"), coresOf("2")]).to.deep.equal([0.1, 2]);
    expect([bytesOf("256Mi"), bytesOf("2Gi")]).to.deep.equal([268435456, 2147483648]);
  });

  it("have the names and thresholds that docs/monitoring.md says", () => {
    const documented = readFileSync(join(root, "docs", "monitoring.md"), "utf8").split("\n");
    const rowsOf = (row: RegExp) =>
      documented.filter((line) => row.test(line)).map((line) => line.split("|").map((cell) => cell.trim()));

    const names = rowsOf(/^\| `\w+-(page|ticket)`/).map(([, name]) => name?.replaceAll("`", ""));
    expect(names).to.deep.equal(alertRules(watched()).map(({ name }) => name));

    const thresholds = rowsOf(/^\| 9[\d.]+ /).map((row) => row.slice(1, 6).map(Number));
    expect(thresholds.map(([objective]) => objective)).to.deep.equal([99.95, 99.9, 99.5, 99, 95, 90]);
    for (const [objective = 0, fast, slow, steady, minutes] of thresholds) {
      const [a, b, c] = [14.4, 6, 1].map((rate) => burnThreshold(objective, rate));
      const perCent = [a, b, c].map((part = 0) => Number((100 * part).toPrecision(6)));
      expect([fast, slow, steady]).to.deep.equal(perCent);
      // A window of an hour is above the threshold once this many minutes of it are lost, or one of six hours is.
      expect(minutes).to.equal(Number(Math.min(60 * (a ?? 0), 360 * (b ?? 0)).toFixed(1)));
    }
  });
});
