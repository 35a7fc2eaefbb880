import * as sql from "@pulumi/gcp/sql";
import * as pulumi from "@pulumi/pulumi";

import type { Identity } from "./identity";
import { ProjectGrant } from "./project-grant";

export interface DatabaseLoginArgs {
  project: string;
  instance: sql.DatabaseInstance;
  account: Identity;
  /** Owns tables in every database, so PostgreSQL never drops it: it goes with the instance and not before. */
  ownsObjects: boolean;
}

/** What an account has to hold to open a connection and to log in, on this instance and no other. */
const roles = ["roles/cloudsql.client", "roles/cloudsql.instanceUser"];

/** A service account as a PostgreSQL login: IAM stands in for the password. */
export class DatabaseLogin extends pulumi.ComponentResource {
  /** Its name inside the database. */
  public readonly user: pulumi.Output<string>;

  constructor(name: string, args: DatabaseLoginArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:DatabaseLogin", name, {}, opts);

    const user = new sql.User(
      name,
      {
        instance: args.instance.name,
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
        // PostgreSQL names are limited to 63 characters; Cloud SQL leaves the common ending out.
        name: args.account.email.apply((email) => email.replace(/\.gserviceaccount\.com$/, "")),
        deletionPolicy: args.ownsObjects ? "ABANDON" : "DELETE",
        ...(args.ownsObjects && { databaseRoles: ["cloudsqlsuperuser"] }),
      },
      { parent: this, deletedWith: args.instance },
    );
    const { project, instance } = args;
    new ProjectGrant(
      name,
      {
        project,
        member: args.account.member,
        roles,
        condition: {
          title: "this-instance-only",
          expression: pulumi.interpolate`resource.service == "sqladmin.googleapis.com" && resource.name == "projects/${project}/instances/${instance.name}"`,
        },
      },
      { parent: this },
    );

    this.user = user.name;
    this.registerOutputs({ user: this.user });
  }
}
