/** Edits of the real program against production as it stands, by the engine's own plan. */
import { expect } from "chai";

import {
  errorsOf,
  type PlanWorld,
  programCopy,
  startPlanWorld,
  type Variation,
  verdicts,
  withSetting,
} from "../support/plan-world";

const edit = (file: string, from: string, to: string): Variation => ({
  program: programCopy({ [file]: (text) => text.replace(from, to) }),
});

const pool = (key: string, value: unknown): Variation => ({
  settings: withSetting(value, "platform:cluster", "pools", "services", key),
});

const database = (key: string, value: unknown): Variation => ({
  settings: withSetting(value, "platform:database", key),
});

describe("an edit of production", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
    for (const stack of ["ci", "production"]) expect(errorsOf(await plan.up(stack))).to.equal("");
  });
  after(() => plan.close());

  /** What a namespace may request is what its pools have. */
  const poolAndItsRoom = ["update NodePool services", "update ResourceQuota services"];
  const harmless: readonly [string, () => Variation, string[]][] = [
    ["a pool's machine type", () => pool("machineType", "e2-standard-16"), poolAndItsRoom],
    ["a pool's size", () => pool("maxNodes", 40), poolAndItsRoom],
    ["the database's tier", () => database("tier", "db-custom-8-30720"), ["update DatabaseInstance main"]],
    [
      "the release channel",
      () => ({ settings: withSetting("REGULAR", "platform:cluster", "releaseChannel") }),
      ["update Cluster main"],
    ],
    [
      "a comment",
      () => edit("components/network.ts", "export class Network", "// a word\nexport class Network"),
      [],
    ],
    ["the first size of the database's disk, which has grown since", () => database("diskGb", 100), []],
  ];
  for (const [what, variation, expected] of harmless) {
    it(`of ${what} replaces nothing`, async () => {
      const result = await plan.preview("production", variation());
      expect(errorsOf(result)).to.equal("");
      expect(verdicts(result)).to.deep.equal(expected);
    });
  }

  const dangerous: readonly [string, () => Variation, RegExp][] = [
    [
      "the network's description",
      () =>
        edit(
          "components/network.ts",
          "autoCreateSubnetworks: false,",
          'autoCreateSubnetworks: false, description: "x",',
        ),
      /unable to replace resource ".*compute\/network:Network::main"/,
    ],
    [
      "the network's addresses",
      () => ({ settings: withSetting("staging", "platform:network", "addresses") }),
      /unable to replace resource ".*compute\/subnetwork:Subnetwork::main"/,
    ],
    [
      "the cluster's description",
      () =>
        edit(
          "components/cluster.ts",
          "resourceLabels: args.labels,",
          'resourceLabels: args.labels, description: "x",',
        ),
      /unable to replace resource ".*container\/cluster:Cluster::main"/,
    ],
    [
      "the cluster's location",
      () => ({ settings: withSetting("europe-west1-b", "platform:cluster", "location") }),
      /unable to replace resource ".*container\/cluster:Cluster::main"/,
    ],
    [
      "the database's region",
      () =>
        edit(
          "components/database.ts",
          "region: args.region,\n    databaseVersion",
          'region: "europe-west4",\n    databaseVersion',
        ),
      /unable to replace resource ".*sql\/databaseInstance:DatabaseInstance::main"/,
    ],
  ];
  for (const [what, variation, refusal] of dangerous) {
    it(`of ${what} is shown as a replacement and refused, in preview and in up`, async () => {
      const given = variation();
      const calls = plan.world.cloud.journal.entries().length;
      const preview = await plan.preview("production", given);
      expect(preview.ok).to.equal(false);
      expect(errorsOf(preview)).to.match(refusal).and.to.include("marked for protection");
      const up = await plan.up("production", given);
      expect(up.ok).to.equal(false);
      const changed = plan.world.cloud.journal
        .entries()
        .slice(calls)
        .filter(({ call }) => call !== "read");
      expect(changed.filter(({ call }) => call === "delete")).to.deep.equal([]);
      expect(changed.filter(({ kind }) => /Cluster$|DatabaseInstance$|Network$/.test(kind))).to.deep.equal(
        [],
      );
    });
  }

  it("that replaces a node pool has the new one ready before the old one goes", async () => {
    expect(errorsOf(await plan.up("production"))).to.equal("");
    const calls = plan.world.cloud.journal.entries().length;
    const [old] = plan.world.cloud
      .list("container/nodePool:NodePool")
      .filter(({ project }) => project === "acme-production");

    const result = await plan.up("production", pool("spot", true));

    expect(errorsOf(result)).to.equal("");
    const poolCalls = plan.world.cloud.journal
      .entries()
      .slice(calls)
      .filter(({ kind }) => kind === "container/nodePool:NodePool");
    expect(poolCalls.map(({ call, outcome }) => `${call} ${outcome}`)).to.deep.equal([
      "create ok",
      "delete ok",
    ]);
    expect(poolCalls[1]?.id).to.equal(old?.id);
    expect(poolCalls[0]?.id).to.not.equal(old?.id);
  });

  it("that takes the protection off and replaces in one up ends at the deletion of the old cluster", async () => {
    expect(errorsOf(await plan.up("production"))).to.equal("");
    const clusters = () => plan.world.cloud.list("container/cluster:Cluster").map(({ id }) => id);
    const before = clusters();
    const result = await plan.up("production", {
      settings: (config) =>
        withSetting(
          "europe-west1-b",
          "platform:cluster",
          "location",
        )(withSetting("disposable", "platform:lifecycle")(config)),
    });
    expect(result.ok).to.equal(false);
    expect(errorsOf(result)).to.include("deletionProtection is true in the state");
    expect(clusters()).to.have.length(before.length + 1);
    expect(clusters()).to.include.members(before);
  });
});
