import { ProjectGrant } from "../components/project-grant";
import type { Ground } from "./ground";

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

/** Accounts of ci that pipelines act as here, by their e-mail. */
export interface Pipelines {
  readonly project: string;
  readonly deployer?: string | undefined;
  readonly previewer?: string | undefined;
}

/** Lets the pipelines that the settings name do their work in an environment, and no more. */
export function grantPipelines(
  { project, deployer, previewer }: Pipelines,
  outside: Ground["outside"],
): ProjectGrant[] {
  return Object.entries({
    deployer: [deployer, deployerRoles] as const,
    previewer: [previewer, previewerRoles] as const,
  }).flatMap(([name, [account, roles]]) =>
    account === undefined
      ? []
      : [new ProjectGrant(name, { project, member: `serviceAccount:${account}`, roles }, outside)],
  );
}
