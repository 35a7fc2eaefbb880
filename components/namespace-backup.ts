import * as gkebackup from "@pulumi/gcp/gkebackup";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface NamespaceBackupArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  /** Where backups are kept; another region than the cluster's would cost traffic. */
  region: string;
  /** `projects/PROJECT/locations/LOCATION/clusters/NAME`; it has the agent that backs up. */
  cluster: pulumi.Input<string>;
  /** Namespace whose objects and disks are kept. */
  namespace: string;
  /** Days after which a backup goes. */
  daysKept: number;
  labels: Record<string, string>;
  lifecycle: Lifecycle;
}

/**
 * A backup each night of all that is in a namespace, its disks with it and its Secrets without: these have their values
 * elsewhere.
 *
 * A plan that has backups is not deleted by Google; they go first, by hand or by their age.
 */
export class NamespaceBackup extends pulumi.ComponentResource {
  public readonly plan: pulumi.Output<string>;

  constructor(name: string, args: NamespaceBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:NamespaceBackup", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const plan = new gkebackup.BackupPlan(
      name,
      {
        name: physicalName("backupPlan", args.prefix, name),
        cluster: args.cluster,
        deletionPolicy,
        ...planArgs(args),
      },
      { parent: this, protect },
    );

    this.plan = plan.name;
    this.registerOutputs({ plan: this.plan });
  }
}

export function planArgs({ region, namespace, daysKept, labels }: NamespaceBackupArgs) {
  return {
    location: region,
    description: `Every night, for ${daysKept} days`,
    backupConfig: {
      selectedNamespaces: { namespaces: [namespace] },
      includeVolumeData: true,
      includeSecrets: false,
    },
    backupSchedule: { cronSchedule: "30 2 * * *" },
    retentionPolicy: { backupRetainDays: daysKept },
    labels,
  } satisfies Partial<gkebackup.BackupPlanArgs>;
}
