/** That its queries are PromQL is asked of the engine of Prometheus in test/local/promql. */
import { expect } from "chai";

import { dashboardQueries, serviceDashboard } from "../../components/service-dashboard";
import { watched } from "../support/watched";

const dashboard = serviceDashboard({ ...watched(), repository: "https://github.com/acme/billing" });
const { columns, tiles } = dashboard.mosaicLayout;

describe("the dashboard of a service", () => {
  it("is told from those of other environments in its project", () => {
    expect(dashboard.displayName).to.equal("staging: billing");
  });

  it("shows what is left of the promises first, then traffic, errors, latency, saturation and versions", () => {
    expect(tiles.map(({ widget: { title } }) => title.split(/[:,]/)[0])).to.deep.equal([
      "What billing promises",
      "Availability budget left",
      "Latency budget left",
      "Pods that answer",
      "Calls a second",
      "Traffic",
      "Errors",
      "Latency",
      "Latency",
      "Saturation",
      "Saturation",
      "Saturation",
      "Versions",
      "Pods",
    ]);
  });

  it("asks only for series of this service in this environment", () => {
    const queries = dashboardQueries(dashboard);
    expect(queries).to.have.length(15);
    for (const query of queries) {
      const selectors = query.match(/\{[^}]*\}/g) ?? [];
      expect(selectors.length, query).to.be.above(0);
      for (const one of selectors)
        expect(one).to.match(/namespace(_name)?="staging",(job="billing"|pod_name)/);
    }
  });

  it("has no tile upon another, and none beside the page", () => {
    const taken = new Set<string>();
    for (const { xPos = 0, yPos = 0, width, height } of tiles) {
      expect(xPos + width).to.be.at.most(columns);
      for (let x = xPos; x < xPos + width; x++)
        for (let y = yPos; y < yPos + height; y++) {
          expect(taken.has(`${x} ${y}`)).to.equal(false);
          taken.add(`${x} ${y}`);
        }
    }
  });

  it("says no zero, which Google would leave out and the next preview put back", () => {
    expect(JSON.stringify(dashboard)).not.to.match(/"(xPos|yPos|value)":0[,}]/);
  });

  it("draws the objectives into the charts", () => {
    const limits = tiles.flatMap(({ widget: { xyChart } }) => xyChart?.thresholds ?? []);
    expect(limits.map((limit) => (limit as { value: number }).value)).to.deep.equal([
      0.1,
      0.5,
      1,
      256 * 1024 ** 2,
      0.1,
      4,
    ]);
  });
});
