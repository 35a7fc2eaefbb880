import { type SqlAdminApi, sqlAdminApi, type SqlInstance } from "./sql-admin-api";

export const project = "acme-staging";
export const source = "staging-main-0a1b2c";

/** The time so many hours ago, as the API says it. */
export const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** An API with staging's database as the program makes it, and its backups: one of tonight, and older ones. */
export async function rehearsedDatabase(): Promise<SqlAdminApi> {
  const api = await sqlAdminApi(project);
  api.instances.set(source, instanceOf(source));
  api.backups.set(source, [
    { id: "1003", status: "RUNNING", databases: [] },
    {
      id: "1002",
      status: "SUCCESSFUL",
      endTime: hoursAgo(5),
      databases: ["billing", "identity", "postgres"],
    },
    { id: "1001", status: "SUCCESSFUL", endTime: hoursAgo(29), databases: ["billing", "postgres"] },
  ]);
  return api;
}

/** An instance of staging; by another name what a rehearsal of staging left. */
export function instanceOf(name: string, madeHoursAgo = 1000): SqlInstance {
  return {
    name,
    state: "RUNNABLE",
    createTime: hoursAgo(madeHoursAgo),
    instanceType: "CLOUD_SQL_INSTANCE",
    region: "europe-west1",
    databaseVersion: "POSTGRES_18",
    settings: {
      tier: "db-custom-2-7680",
      edition: "ENTERPRISE",
      dataDiskType: "PD_SSD",
      dataDiskSizeGb: "57",
      databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }],
      availabilityType: "REGIONAL",
      deletionProtectionEnabled: name === source,
      retainBackupsOnDelete: true,
      ipConfiguration: {
        ipv4Enabled: false,
        pscConfig: { pscEnabled: true, allowedConsumerProjects: [project] },
      },
      userLabels: { environment: "staging", owner: "platform-team", "managed-by": "pulumi" },
    },
    databases: ["billing", "identity", "postgres"],
  };
}
