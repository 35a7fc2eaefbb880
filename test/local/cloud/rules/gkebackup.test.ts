/** Plans of Backup for GKE as a program sees them. Not proven: Google's own words, and that anything is backed up. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { make, makeNetwork, refusal, smallCloud } from "../../../support/small-cloud";

const plan = "gkebackup/backupPlan:BackupPlan";

async function cluster(cloud: Cloud, agent: boolean): Promise<string> {
  return make(cloud, "container/cluster:Cluster", {
    ...(await makeNetwork(cloud)),
    name: "main",
    location: "europe-west1-b",
    initialNodeCount: 1,
    ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    workloadIdentityConfig: { workloadPool: "acme-test.svc.id.goog" },
    addonsConfig: { gkeBackupAgentConfig: { enabled: agent } },
  });
}

const inputs = (of: string, more: Values = {}): Values => ({
  name: "nightly",
  location: "europe-west1",
  cluster: of,
  backupConfig: { selectedNamespaces: { namespaces: ["jenkins"] }, includeVolumeData: true },
  backupSchedule: { cronSchedule: "30 2 * * *" },
  retentionPolicy: { backupRetainDays: 30 },
  ...more,
});

describe("a backup plan", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
  });

  it("is made, unchanged the next time and read back", async () => {
    const given = inputs(await cluster(cloud, true));
    const kept = await program.create(plan, given);
    expect(kept.id).to.equal("projects/acme-test/locations/europe-west1/backupPlans/nightly");
    expect(program.plan(kept, given)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
  });

  it("changes what it keeps in place, and is another for another cluster", async () => {
    const of = await cluster(cloud, true);
    const kept = await program.create(plan, inputs(of));
    const longer = program.plan(kept, inputs(of, { retentionPolicy: { backupRetainDays: 60 } }));
    expect(longer).to.deep.equal({ "retentionPolicy.backupRetainDays": false });
    expect(program.plan(kept, inputs("projects/acme-test/locations/europe-west1/clusters/b"))).to.include({
      cluster: true,
    });
  });

  for (const [what, more, expected] of [
    ["no scope", { backupConfig: { includeVolumeData: true } }, /0 of allNamespaces, .* exactly one/],
    [
      "two scopes",
      { backupConfig: { allNamespaces: true, selectedNamespaces: { namespaces: ["a"] } } },
      /2 of allNamespaces, .* exactly one/,
    ],
    ["a schedule and no age at which backups go", { retentionPolicy: {} }, /needs retentionPolicy/],
    [
      "backups that go before they may",
      { retentionPolicy: { backupRetainDays: 5, backupDeleteLockDays: 7 } },
      /backupRetainDays is 5, below backupDeleteLockDays 7/,
    ],
    [
      "two schedules",
      { backupSchedule: { cronSchedule: "30 2 * * *", rpoConfig: { targetRpoMinutes: 60 } } },
      /only one of them/,
    ],
    ["half a schedule", { backupSchedule: { cronSchedule: "30 2" } }, /five fields/],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      const given = inputs(await cluster(cloud, true), more as unknown as Values);
      expect(await refusal(program.create(plan, given))).to.match(expected);
    });
  }

  it("is refused for a cluster without the agent, and where the API is off", async () => {
    const given = inputs(await cluster(cloud, false));
    expect(await refusal(program.create(plan, given))).to.match(/has no backup agent/);
    const without = await smallCloud({ without: ["gkebackup"] });
    const elsewhere = inputs(await cluster(without, true));
    expect(await refusal(googleProgram(without).create(plan, elsewhere))).to.match(
      /gkebackup\.googleapis\.com/,
    );
  });
});
