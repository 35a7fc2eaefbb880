import type { Instance } from "./answers";

/**
 * What is asked for to restore a backup of `source` into: all that has to be equal for the backup to fit, in one zone
 * as that is cheaper, and nothing by which anybody could reach the data or that would outlive it.
 * https://cloud.google.com/sql/docs/postgres/backup-recovery/restore
 */
export function temporaryInstance(name: string, source: Instance, expires: Date) {
  const { tier, edition, dataDiskType, dataDiskSizeGb, databaseFlags, userLabels } = source.settings;
  const key = source.diskEncryptionConfiguration?.kmsKeyName;
  return {
    name,
    region: source.region,
    databaseVersion: source.databaseVersion,
    ...(key !== undefined && { diskEncryptionConfiguration: { kmsKeyName: key } }),
    settings: {
      tier,
      ...(edition !== undefined && { edition }),
      ...(dataDiskType !== undefined && { dataDiskType }),
      dataDiskSizeGb: String(dataDiskSizeGb),
      // A restore does not bring flags, and some have to be there for the data: who logs in, what extensions load.
      databaseFlags,
      availabilityType: "ZONAL",
      // Without consumers the endpoint is one that nobody can connect to.
      ipConfiguration: {
        ipv4Enabled: false,
        sslMode: "ENCRYPTED_ONLY",
        pscConfig: { pscEnabled: true, allowedConsumerProjects: [] },
      },
      connectorEnforcement: "REQUIRED",
      backupConfiguration: { enabled: false, pointInTimeRecoveryEnabled: false },
      retainBackupsOnDelete: false,
      finalBackupConfig: { enabled: false },
      deletionProtectionEnabled: false,
      userLabels: {
        ...userLabels,
        // The program knows nothing of it.
        "managed-by": "rehearsal",
        purpose: "rehearsal",
        "expires-at": labelOf(expires),
      },
    },
  };
}

/** A time as a label may have it, without capitals, points and colons: `2026-11-29t14-20-00z`. */
function labelOf(time: Date): string {
  return time
    .toISOString()
    .toLowerCase()
    .replace(/\.\d+z$/, "z")
    .replaceAll(":", "-");
}
