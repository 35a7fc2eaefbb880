import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";

export interface ProjectGrantArgs {
  project: string;
  /** Who gets the roles, `serviceAccount:EMAIL`. */
  member: pulumi.Input<string>;
  roles: readonly string[];
  /**
   * Narrows the roles, for example to one instance.
   * @default the whole project
   */
  condition?: { title: string; expression: pulumi.Input<string> };
}

/** Roles in the environment's project for one account, added to what others have and never replacing it. */
export class ProjectGrant extends pulumi.ComponentResource {
  constructor(name: string, args: ProjectGrantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:ProjectGrant", name, {}, opts);

    const { project, member, condition } = args;
    for (const role of args.roles) {
      new projects.IAMMember(
        `${name}-${roleKey(role)}`,
        { project, role, member, ...(condition && { condition }) },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/** A role's short form for resource names: `roles/logging.logWriter` is `logging-logwriter`. */
function roleKey(role: string): string {
  return role
    .replace(/^roles\//, "")
    .replaceAll(".", "-")
    .toLowerCase();
}
