import * as projects from "@pulumi/gcp/projects";
import * as gcp from "@pulumi/gcp/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export interface ProjectArgs {
  /** Google Cloud project id; the project itself is made by the bootstrap, not here. */
  project: string;
  region: string;
  /** APIs that this environment uses, `container.googleapis.com`. */
  apis: readonly string[];
  /** Labels of everything that can carry labels. */
  labels: Record<string, string>;
}

/**
 * The ground an environment stands on: its project with the APIs switched on, and the providers that wait for them.
 *
 * Everything else is made by `providers`, so nothing can be made before its API is there, and nothing has to say so.
 * Destroying it leaves the APIs on: other environments of the project use them.
 */
export class Project extends pulumi.ComponentResource {
  public readonly providers: pulumi.ProviderResource[];

  constructor(name: string, args: ProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Project", name, {}, opts);

    const settings = { project: args.project, region: args.region };
    const switchboard = new gcp.Provider(`${name}-apis`, settings, { parent: this });
    const apis = args.apis.map(
      (api) =>
        new projects.Service(
          `${name}-${api.split(".")[0]}`,
          { project: args.project, service: api, disableOnDestroy: false, disableDependentServices: false },
          { parent: this, provider: switchboard },
        ),
    );
    const google = new gcp.Provider(
      `${name}-google`,
      { ...settings, defaultLabels: args.labels, addPulumiAttributionLabel: false },
      // An API is not an input of anything, but every call fails until it is on.
      { parent: this, dependsOn: apis },
    );
    this.providers = [google, new random.Provider(`${name}-random`, {}, { parent: this })];
    this.registerOutputs({});
  }
}
