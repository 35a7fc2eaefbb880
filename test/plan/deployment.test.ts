/**
 * Whole stacks by the real engine, through Pulumi's own program runner, in an emulated cloud.
 *
 * Not proven here: that Google itself takes these inputs, and anything inside a cluster.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { exportStack } from "../../local/engine/run";
import {
  errorsOf,
  type PlanWorld,
  programCopy,
  startPlanWorld,
  verdicts,
  withSetting,
} from "../support/plan-world";

const stacks = ["ci", "popups", "staging", "production"];

/** What Google keeps when everything else of an environment is deleted: nobody can remove it. */
const keptForEver = [
  "projects/service:Service",
  "projects/serviceIdentity:ServiceIdentity",
  "kms/keyRing:KeyRing",
];

const deletes = ({ world }: PlanWorld) =>
  world.cloud.journal.entries().filter(({ call }) => call === "delete");

const idsOf = ({ world }: PlanWorld, project: string) =>
  world.cloud
    .list()
    .filter((resource) => resource.project === project && !keptForEver.includes(resource.kind))
    .map(({ kind, id }) => `${kind} ${id}`);

const disposable = withSetting("disposable", "platform:lifecycle");

describe("the deployed program", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
    for (const stack of stacks) {
      const result = await plan.up(stack);
      expect(errorsOf(result), stack).to.equal("");
    }
  });
  after(() => plan.close());

  it("has one cluster for each stack and a database for each that runs the product", () => {
    const count = (kind: string) => plan.world.cloud.list(kind).map(({ project }) => project);
    expect(count("container/cluster:Cluster").sort()).to.deep.equal([
      "acme-ci",
      "acme-production",
      "acme-staging",
    ]);
    expect(count("sql/databaseInstance:DatabaseInstance").sort()).to.deep.equal([
      "acme-production",
      "acme-staging",
    ]);
  });

  it("is remembered in the state with the lines of TypeScript that made each resource", async () => {
    const { deployment } = (await exportStack(await plan.workspace("ci"))) as {
      deployment: { resources: { type: string; stackTrace?: { sourcePosition?: string }[] }[] };
    };
    const lost = deployment.resources.filter(
      ({ stackTrace }) =>
        !stackTrace?.some(({ sourcePosition = "" }) =>
          /\/environments\/ci\.ts#\d+,\d+$/.test(sourcePosition),
        ),
    );
    expect(lost.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
  });

  for (const stack of stacks) {
    it(`is left as it is by a second up of ${stack}`, async () => {
      const calls = plan.world.cloud.journal.entries().length;
      const result = await plan.up(stack);
      expect(Object.keys(result.changes)).to.deep.equal(["same"]);
      expect(plan.world.cloud.journal.entries().length).to.equal(calls);
    });

    for (const skipPreview of [false, true]) {
      it(`is not destroyed in ${stack} ${skipPreview ? "without" : "with"} the engine's preview, and no delete is sent`, async () => {
        const result = await plan.destroy(stack, { skipPreview });
        expect(result.ok).to.equal(false);
        expect(errorsOf(result)).to.match(/DeletionGuard.* cannot be deleted\s+because it is protected/);
        expect(deletes(plan)).to.deep.equal([]);
      });
    }
  }

  it("is not destroyed in production when the engine is told to ignore protection", async () => {
    const before = idsOf(plan, "acme-production").filter((id) =>
      /cluster:|databaseInstance:|network:|sql\/database:/.test(id),
    );
    const result = await plan.destroy("production", { skipPreview: true, flags: ["--ignore-protect"] });
    expect(result.ok).to.equal(false);
    expect(errorsOf(result)).to.match(/deletionProtection is true|deletionPolicy is PREVENT/);
    expect(idsOf(plan, "acme-production")).to.include.members(before);
    expect(errorsOf(await plan.up("production"))).to.equal("");
  });

  it("is found as it was made by a refresh", async () => {
    const refreshed = await plan.refresh("staging");
    expect(errorsOf(refreshed)).to.equal("");
    expect(Object.keys(refreshed.changes)).to.deep.equal(["same"]);
    expect(Object.keys((await plan.up("staging")).changes)).to.deep.equal(["same"]);
  });

  it("keeps secrets out of the state and of every event", async () => {
    const seen: string[] = [];
    const result = await plan.preview(
      "staging",
      { settings: withSetting("other-team", "platform:owner") },
      { onEvent: (event) => seen.push(JSON.stringify(event)) },
    );
    expect(result.ok).to.equal(true);
    expect(`${seen.join("\n")}${result.output}`).to.not.include("local-placeholder-for-");
  });

  it("loses the guards of staging in one up, and then goes whole and alone", async () => {
    const others = [...idsOf(plan, "acme-ci"), ...idsOf(plan, "acme-production")];
    const unprotected = await plan.up("staging", { settings: disposable });
    expect(errorsOf(unprotected)).to.equal("");
    expect(Object.keys(unprotected.changes).sort()).to.deep.equal(["same", "update"]);

    const destroyed = await plan.destroy("staging");
    expect(errorsOf(destroyed)).to.equal("");
    expect(idsOf(plan, "acme-staging")).to.deep.equal([]);
    expect([...idsOf(plan, "acme-ci"), ...idsOf(plan, "acme-production")]).to.deep.equal(others);
  });

  it("comes up again under other names after it was destroyed", async () => {
    const result = await plan.up("staging");
    expect(errorsOf(result)).to.equal("");
    expect(idsOf(plan, "acme-staging").filter((id) => id.startsWith("sql/databaseInstance"))).to.have.length(
      1,
    );
  });

  it("gives up a service in two steps, and its database only in the second", async () => {
    const billing = "catalog/services/billing.yaml";
    const gone = programCopy({
      "catalog/releases/production.yaml": (text) => text.replace(/^billing: .*\n/m, ""),
    });
    rmSync(join(gone, billing));
    const refused = await plan.preview("production", { program: gone });
    expect(errorsOf(refused)).to.match(
      /(Database::billing|Secret::billing-payment-provider-key)" cannot be deleted\s+because it is protected/,
    );

    const retired = programCopy({ [billing]: (text) => `${text}retired: true\n` });
    const first = await plan.up("production", { program: retired });
    expect(verdicts(first)).to.deep.equal([
      "update Database billing",
      "update Secret billing-payment-provider-key",
    ]);

    const second = await plan.up("production", { program: gone });
    expect(errorsOf(second)).to.equal("");
    expect(
      idsOf(plan, "acme-production").filter((id) =>
        /^(sql\/database|secretmanager\/secret):.*billing/.test(id),
      ),
    ).to.deep.equal([]);
    expect(idsOf(plan, "acme-production").filter((id) => id.startsWith("sql/database:"))).to.have.length(3);
  });
});

describe("a pop-up", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
    // The accounts that it lets in are ci's, which is not in this world.
    const ci = [withSetting(undefined, "platform:deployer"), withSetting(undefined, "platform:previewer")];
    const alone = {
      settings: (config: Record<string, unknown>) => ci.reduce((at, without) => without(at), config),
    };
    expect(errorsOf(await plan.up("popups", alone))).to.equal("");
  });
  after(() => plan.close());

  const slice = (index: number) => ({
    settings: withSetting(`popup-${index}`, "platform:network", "addresses"),
  });

  it("gets another cluster when its place changes, with everything that was inside", async () => {
    expect(errorsOf(await plan.up("popup-moved"))).to.equal("");
    const elsewhere = { settings: withSetting("europe-west1-c", "platform:cluster", "location") };
    expect(errorsOf(await plan.up("popup-moved", elsewhere))).to.equal("");
    const clusters = idsOf(plan, "acme-popups").filter((id) => id.startsWith("container/cluster:"));
    expect(clusters).to.have.length(1);
    expect(clusters[0]).to.include("europe-west1-c");
    expect(errorsOf(await plan.destroy("popup-moved"))).to.equal("");
  });

  it("comes up beside another on one base, and goes without touching them", async () => {
    const base = idsOf(plan, "acme-popups");
    expect(errorsOf(await plan.up("popup-one", slice(0)))).to.equal("");
    // Not by their names: Google makes up those of dashboards.
    const own = idsOf(plan, "acme-popups").filter((id) => !base.includes(id));
    expect(errorsOf(await plan.up("popup-two", slice(1)))).to.equal("");
    const others = idsOf(plan, "acme-popups").filter((id) => !own.includes(id));
    expect(others.filter((id) => id.includes("popup-two")).length).to.be.above(10);

    expect(errorsOf(await plan.destroy("popup-one", { skipPreview: true }))).to.equal("");

    expect(idsOf(plan, "acme-popups")).to.deep.equal(others);
    expect(Object.keys((await plan.up("popup-two", slice(1))).changes)).to.deep.equal(["same"]);
  });
});
