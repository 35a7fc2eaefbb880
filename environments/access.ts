import { CustomGrant } from "../components/custom-grant";
import { ProjectGrant } from "../components/project-grant";
import { rehearsalPrefix } from "../config/rehearsal";
import { type Ground, nodeRoles } from "./ground";

/** What a deployer does: install releases. Making clusters and databases stays with people. */
const deployerRoles = ["roles/container.clusterViewer", "roles/container.developer"];

/**
 * What comparing takes: to see all that there is, and who may do what with it, without the values of secrets. Google's
 * `roles/viewer` would see more than the program makes.
 */
export const previewerRoles = [
  "roles/certificatemanager.viewer",
  "roles/cloudkms.viewer",
  "roles/cloudsql.viewer",
  "roles/compute.viewer",
  "roles/container.viewer",
  "roles/dns.reader",
  "roles/gkebackup.viewer",
  "roles/iam.securityReviewer",
  "roles/memorystore.viewer",
  "roles/monitoring.viewer",
  "roles/secretmanager.viewer",
  "roles/serviceusage.serviceUsageViewer",
];

/**
 * What finding a backup and comparing takes, in the whole project: a list has no name that a condition could ask for, and
 * Cloud SQL knows conditions for instances and their backups only, not for databases. Google's `roles/cloudsql.viewer`
 * may export data too.
 */
export const rehearserReads = [
  "cloudsql.backupRuns.get",
  "cloudsql.backupRuns.list",
  "cloudsql.databases.list",
  // Operations are asked for with these as well.
  "cloudsql.instances.get",
  "cloudsql.instances.list",
  // The calls are counted where the database is, since the API is on there.
  "serviceusage.services.use",
];

/** What a rehearsal changes, and only instances that have the name of one. */
export const rehearserChanges = [
  "cloudsql.instances.create",
  "cloudsql.instances.delete",
  "cloudsql.instances.restoreBackup",
];

/** Accounts of ci that pipelines act as here, by their e-mail. */
export interface Pipelines {
  readonly project: string;
  readonly deployer?: string | undefined;
  readonly previewer?: string | undefined;
  readonly rehearser?: string | undefined;
}

/** Lets the pipelines that the settings name do their work in an environment, and no more. */
export function grantPipelines(
  { project, deployer, previewer, rehearser }: Pipelines,
  outside: Ground["outside"],
): (ProjectGrant | CustomGrant)[] {
  const grants = Object.entries({
    deployer: [deployer, deployerRoles] as const,
    previewer: [previewer, previewerRoles] as const,
  }).flatMap(([name, [account, roles]]) =>
    account === undefined
      ? []
      : [new ProjectGrant(name, { project, member: `serviceAccount:${account}`, roles }, outside)],
  );
  return rehearser === undefined ? grants : [...grants, ...grantRehearsals(project, rehearser, outside)];
}

/** What making and removing a whole pop-up takes, and looking whether anything is left. All of it in a project of pop-ups only. */
const popupRoles = [
  "roles/cloudasset.viewer",
  "roles/compute.networkAdmin",
  "roles/compute.securityAdmin",
  "roles/container.admin",
  "roles/dns.admin",
  "roles/iam.serviceAccountAdmin",
  "roles/iam.serviceAccountUser",
  "roles/monitoring.dashboardEditor",
  "roles/secretmanager.admin",
  "roles/serviceusage.serviceUsageAdmin",
];

/** Lets who makes pop-ups do so. The one role that it gives away is that of nodes. */
export function grantPopups(
  { project, deployer }: Pick<Pipelines, "project" | "deployer">,
  outside: Ground["outside"],
): ProjectGrant[] {
  if (deployer === undefined) return [];
  const grant = { project, member: `serviceAccount:${deployer}` };
  return [
    new ProjectGrant("deployer", { ...grant, roles: popupRoles }, outside),
    new ProjectGrant(
      "deployer-nodes",
      {
        ...grant,
        roles: ["roles/resourcemanager.projectIamAdmin"],
        // https://docs.cloud.google.com/iam/docs/setting-limits-on-granting-roles
        condition: {
          title: "roles-of-nodes-only",
          expression: `api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly([${nodeRoles.map((role) => JSON.stringify(role)).join(", ")}])`,
        },
      },
      outside,
    ),
  ];
}

/** https://cloud.google.com/sql/docs/postgres/iam-conditions */
function grantRehearsals(project: string, rehearser: string, outside: Ground["outside"]): CustomGrant[] {
  const grant = { project, member: `serviceAccount:${rehearser}` };
  return [
    new CustomGrant(
      "rehearsal-reads",
      { ...grant, purpose: "Finds backups, and compares databases by name", permissions: rehearserReads },
      outside,
    ),
    new CustomGrant(
      "rehearsal-changes",
      {
        ...grant,
        purpose: "Restores a backup into an instance made for that, and deletes it",
        permissions: rehearserChanges,
        condition: {
          title: "rehearsals-only",
          expression: `resource.type == "sqladmin.googleapis.com/Instance" && resource.name.startsWith("projects/${project}/instances/${rehearsalPrefix}")`,
        },
      },
      outside,
    ),
  ];
}
