import { expect } from "chai";

import * as answers from "../../../cli/rehearsal/answers";
import { temporaryInstance } from "../../../cli/rehearsal/temporary-instance";
import { instanceOf, source } from "../../support/rehearsed-database";

const expires = new Date("2026-11-29T14:20:00.500Z");
const made = (changes = {}) =>
  temporaryInstance(
    "rehearsal-staging-00ff00",
    answers.instance.parse({ ...instanceOf(source), ...changes }),
    expires,
  );

describe("the instance that a backup is restored into", () => {
  it("is as the source where the backup would not fit otherwise, with the disk that that has by now", () => {
    const { region, databaseVersion, settings } = made();
    expect({ region, databaseVersion }).to.deep.equal({
      region: "europe-west1",
      databaseVersion: "POSTGRES_18",
    });
    expect(settings).to.deep.include({
      tier: "db-custom-2-7680",
      edition: "ENTERPRISE",
      dataDiskType: "PD_SSD",
      dataDiskSizeGb: "57",
      databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }],
    });
  });

  it("is in one zone, makes no backup and keeps none, and nothing keeps it", () => {
    expect(made().settings).to.deep.include({
      availabilityType: "ZONAL",
      backupConfiguration: { enabled: false, pointInTimeRecoveryEnabled: false },
      retainBackupsOnDelete: false,
      finalBackupConfig: { enabled: false },
      deletionProtectionEnabled: false,
    });
  });

  it("has no public address, and an endpoint that no project may connect to", () => {
    expect(made().settings.ipConfiguration).to.deep.equal({
      ipv4Enabled: false,
      sslMode: "ENCRYPTED_ONLY",
      pscConfig: { pscEnabled: true, allowedConsumerProjects: [] },
    });
  });

  it("is on the environment's bill, and says what it is for and until when in words that a label may have", () => {
    const { userLabels } = made().settings;
    expect(userLabels).to.deep.equal({
      environment: "staging",
      owner: "platform-team",
      "managed-by": "rehearsal",
      purpose: "rehearsal",
      "expires-at": "2026-11-29t14-20-00z",
    });
    expect(Object.values(userLabels).filter((value) => !/^[a-z0-9_-]{1,63}$/.test(value))).to.deep.equal([]);
  });

  it("is encrypted with the key of the source where that has one", () => {
    expect(made()).not.to.have.property("diskEncryptionConfiguration");
    const kmsKeyName = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k";
    expect(made({ diskEncryptionConfiguration: { kmsKeyName, kind: "sql#diskEncryptionConfiguration" } }))
      .to.have.property("diskEncryptionConfiguration")
      .that.deep.equals({ kmsKeyName });
  });
});
