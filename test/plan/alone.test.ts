/** Each stack by itself, in a world where nothing of the others ever was and other projects are taken for granted. */
import { expect } from "chai";

import { errorsOf, type PlanWorld, startPlanWorld } from "../support/plan-world";

const homes = {
  ci: "acme-ci",
  staging: "acme-staging",
  production: "acme-production",
  "popup-one": "acme-popups",
};

describe("a stack alone", () => {
  let plan: PlanWorld;
  afterEach(() => plan.close());

  for (const [stack, home] of Object.entries(homes)) {
    it(`comes up as ${stack} in the one project there is`, async () => {
      plan = await startPlanWorld({ only: [home], elsewhere: "assumed" });
      expect(errorsOf(await plan.up(stack))).to.equal("");
      expect(plan.world.cloud.list("container/cluster:Cluster")).to.have.length(1);
      expect([...new Set(plan.world.cloud.list().map(({ project }) => project))]).to.deep.equal([home]);
    });
  }

  it("is refused as staging where the account that deploys is checked", async () => {
    plan = await startPlanWorld({ only: [homes.staging] });
    expect(errorsOf(await plan.up("staging"))).to.match(
      /Service account deployer--staging@acme-ci\S+ does not exist/,
    );
  });
});
