import { expect } from "chai";

import { chartKeys, unknownKeys } from "../../../config/jenkins/chart-keys";
import { jenkinsRelease } from "../../../config/jenkins/release";

describe("the keys of the chart", () => {
  it("are those of the chart that is pinned", () => {
    expect(chartKeys.version).to.equal(jenkinsRelease.chart);
  });

  it("are named with the nearest one when a value has another", () => {
    expect(unknownKeys({ controller: { numExecutor: 1 } })).to.deep.equal([
      "controller.numExecutor is no key of the chart 5.9.53; did you mean controller.numExecutors? " +
        "its keys are in config/jenkins/chart-5.9.53-keys.json",
    ]);
  });

  it("do not have those of earlier charts", () => {
    expect(unknownKeys({ master: { tag: "1" }, controller: { adminUser: "a", tag: "1" } })).to.have.length(3);
  });

  it("are open only where the chart hands the block on", () => {
    expect(unknownKeys({ controller: { nodeSelector: { pool: "a" }, image: { pool: "a" } } })).to.have.length(
      1,
    );
  });
});
