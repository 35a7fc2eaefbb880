import { expect } from "chai";

import { metrics, metricsPath } from "../../../components/jenkins/metrics";

describe("metrics of Jenkins", () => {
  it("are where the collector asks, which follows no redirect to the path with a slash", () => {
    expect(metricsPath).to.equal(`/${metrics().prometheusConfiguration.path}/`);
  });

  it("have no series for each build", () => {
    expect(metrics().prometheusConfiguration.perBuildMetrics).to.equal(false);
  });
});
