/** Settings that cannot be used, through the engine: nothing is registered, and every problem is printed at once. */
import { expect } from "chai";

import { errorsOf, type PlanWorld, startPlanWorld, withSetting } from "../support/plan-world";

describe("bad settings", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
  });
  after(() => plan.close());

  it("register nothing and are all named with key, file, value and what is allowed", async () => {
    const edits = [
      withSetting("europe-wset1", "platform:region"),
      withSetting("yes", "platform:clustre"),
      withSetting(7, "platform:cluster", "pools", "services", "minNodse"),
      withSetting("popup-128", "platform:network", "addresses"),
      withSetting(50, "platform:database", "diskGb"),
      withSetting(20, "platform:database", "maxDiskGb"),
      withSetting("many", "platform:database", "backupsKept"),
    ];
    const settings = (config: Record<string, unknown>) => edits.reduce((at, change) => change(at), config);
    const result = await plan.preview("staging", { settings });

    expect(result.ok).to.equal(false);
    expect(result.steps.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
    const message = errorsOf(result);
    expect(message).to.include("in Pulumi.staging.yaml, nothing was changed");
    expect(message).to.include('platform:region is "europe-wset1"; did you mean europe-west1?');
    expect(message).to.include("platform:clustre is not a setting; did you mean cluster?");
    expect(message).to.include(
      "platform:cluster.pools.services.minNodse is not a setting; did you mean minNodes?",
    );
    expect(message).to.include(
      'platform:network.addresses is "popup-128": allowed: ci, staging, production, or popup-0 to popup-127',
    );
    expect(message).to.include('platform:database.backupsKept is "many"; it must be a number');
    expect(message).to.not.match(/unhandled exception|at .*\.ts:\d+/);
    expect(plan.world.cloud.journal.entries()).to.deep.equal([]);
  });

  it("name the command for a secret that is missing", async () => {
    const settings = (config: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(config).filter(([key]) => key !== "platform:slackToken"));
    const result = await plan.preview("staging", { settings });
    expect(errorsOf(result)).to.include("pulumi config set --secret platform:slackToken");
  });
});
