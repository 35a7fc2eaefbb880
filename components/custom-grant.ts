import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";

export interface CustomGrantArgs {
  project: string;
  /** Who gets the permissions, `serviceAccount:EMAIL`. */
  member: pulumi.Input<string>;
  /** What they are for; shown in the console. */
  purpose: string;
  /** All that it may, such as `cloudsql.instances.get`. */
  permissions: readonly string[];
  /**
   * Narrows the permissions, for example to instances of some names.
   * @default the whole project
   */
  condition?: { title: string; expression: pulumi.Input<string> };
}

/**
 * A few permissions in the environment's project for one account, where every role of Google's has more.
 *
 * Google keeps a role's id for 37 days after its deletion; asked for again in the first 7, the provider takes the deleted
 * one back, and later nobody can have the id.
 * https://cloud.google.com/iam/docs/creating-custom-roles
 */
export class CustomGrant extends pulumi.ComponentResource {
  constructor(name: string, args: CustomGrantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:CustomGrant", name, {}, opts);

    const { project, member, purpose, permissions, condition } = args;
    const role = new projects.IAMCustomRole(
      name,
      { project, roleId: roleId(name), title: name, description: purpose, permissions: [...permissions] },
      { parent: this },
    );
    new projects.IAMMember(
      name,
      { project, role: role.name, member, ...(condition && { condition }) },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** Ids of roles may have no dashes. */
function roleId(name: string): string {
  return name.replaceAll("-", "_");
}
