import { expect } from "chai";

import { judgeChartWith } from "../../../../cli/service/rules/chart";
import { found } from "../../../support/service-repository";
import { root } from "../../../support/settings";

const judged = async (values: string) => found(judgeChartWith(root), { "chart/values.yaml": values });

/** With the real Helm and the chart that every service is packaged with. */
describe("the rules for a service's chart", function () {
  this.timeout(120_000);

  it("allow values that say nothing, since all have defaults", async () => {
    expect(await judged("service: {}\n")).to.deep.equal([]);
  });

  it("allow values for everything a service decides itself", async () => {
    const values =
      "service:\n  metrics: /internal/metrics\n  migration: { command: [node, dist/migrate.js] }\n";
    expect(await judged(values)).to.deep.equal([]);
  });

  const bad: [title: string, values: string, said: RegExp][] = [
    ["a key that the chart does not know", "service:\n  probe: { live: /x }\n", /probe/],
    ["what the platform decides", "service: {}\nenvironment: { port: 80 }\n", /environment/],
    ["an image, which packaging writes", "service: { image: { digest: x } }\n", /service\.image/],
    ["what is no YAML", "service: [\n", /YAML|yaml/],
  ];
  for (const [title, values, said] of bad) {
    it(`find ${title}, in the words of who refuses it`, async () => {
      const findings = await judged(values);
      expect(findings.map(({ rule, place }) => `${place} ${rule}`)).to.deep.equal([
        "chart/values.yaml chart-values",
      ]);
      expect(findings[0]?.problem).to.match(said);
    });
  }

  it("say nothing where there are no values, which another rule does", async () => {
    expect(await found(judgeChartWith(root), {})).to.deep.equal([]);
  });
});
