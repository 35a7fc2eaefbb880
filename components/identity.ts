import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import { ProjectGrant } from "./project-grant";

export interface IdentityArgs {
  /** Stack prefix of every physical name. */
  prefix: string;
  project: string;
  /** Who acts as this account and why; shown in the console. */
  purpose: string;
  /**
   * Roles in the environment's own project.
   * @default none
   */
  roles?: readonly string[];
  /**
   * The Kubernetes service account that acts as this one, without a key.
   * @default nobody
   */
  workload?: Workload;
}

export interface Workload {
  namespace: string;
  account: string;
  /** Workload Identity pool; it exists once the first cluster of the project does. */
  pool: pulumi.Input<string>;
}

/** A Google service account with the few roles it needs and no key, so there is nothing to leak or rotate. */
export class Identity extends pulumi.ComponentResource {
  public readonly email: pulumi.Output<string>;
  /** The account as IAM members name it, `serviceAccount:EMAIL`. */
  public readonly member: pulumi.Output<string>;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Identity", name, {}, opts);

    const account = new serviceaccount.Account(
      name,
      {
        accountId: physicalName("serviceAccount", args.prefix, name),
        displayName: `${args.prefix} ${name}`,
        description: args.purpose,
      },
      { parent: this },
    );
    if (args.roles) {
      new ProjectGrant(
        name,
        { project: args.project, member: account.member, roles: args.roles },
        { parent: this },
      );
    }
    if (args.workload) {
      new serviceaccount.IAMMember(
        `${name}-workload`,
        {
          serviceAccountId: account.name,
          role: "roles/iam.workloadIdentityUser",
          member: workloadMember(args.workload),
        },
        { parent: this },
      );
    }

    this.email = account.email;
    this.member = account.member;
    this.registerOutputs({ email: this.email, member: this.member });
  }
}

/**
 * A Kubernetes service account as an IAM member of its own, where no Google account stands in for it. Many of Google's
 * services take it; Cloud SQL and Memorystore do not.
 * https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
 */
export function workloadPrincipal(projectNumber: string, workload: Workload): pulumi.Output<string> {
  return pulumi.interpolate`principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${workload.pool}/subject/ns/${workload.namespace}/sa/${workload.account}`;
}

function workloadMember(workload: Workload): pulumi.Output<string> {
  return pulumi.interpolate`serviceAccount:${workload.pool}[${workload.namespace}/${workload.account}]`;
}
