/** Does not prove that anything can be restored from it. */
import { expect } from "chai";

import { NamespaceBackup, type NamespaceBackupArgs } from "../../components/namespace-backup";
import { record } from "../support/recorder";

const args: NamespaceBackupArgs = {
  prefix: "ci",
  region: "europe-west1",
  cluster: "projects/acme-ci/locations/europe-west1-b/clusters/ci-main",
  namespace: "jenkins",
  daysKept: 30,
  labels: { environment: "ci" },
  lifecycle: "protected",
};
const backup = async (more: Partial<NamespaceBackupArgs> = {}) =>
  (await record(() => new NamespaceBackup("jenkins", { ...args, ...more }))).one(
    "gcp:gkebackup/backupPlan:BackupPlan",
  );

describe("the backup of a namespace", () => {
  it("has its disks, and none of its Secrets", async () => {
    expect((await backup()).inputs["backupConfig"]).to.deep.equal({
      selectedNamespaces: { namespaces: ["jenkins"] },
      includeVolumeData: true,
      includeSecrets: false,
    });
  });

  it("is made every night, and goes when it is old", async () => {
    expect((await backup()).inputs).to.deep.include({
      backupSchedule: { cronSchedule: "30 2 * * *" },
      retentionPolicy: { backupRetainDays: 30 },
    });
  });

  it("stays where its environment is protected, and goes with one that is not", async () => {
    expect((await backup()).protect).to.equal(true);
    const { protect, inputs } = await backup({ lifecycle: "disposable" });
    expect([protect, inputs["deletionPolicy"]]).to.deep.equal([false, "DELETE"]);
  });
});
