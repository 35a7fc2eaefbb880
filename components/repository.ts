import * as artifactregistry from "@pulumi/gcp/artifactregistry";
import * as pulumi from "@pulumi/pulumi";

import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface RepositoryArgs {
  location: string;
  /** What is in it; shown in the console. */
  purpose: string;
  /** Whether a tag may be moved to another image, and anything may be thrown away after two weeks. */
  mutable: boolean;
  /** Newest versions that clean-up never touches. */
  releasesKept: number;
  /** Who may push, by a short name, as IAM members. */
  writers: Readonly<Record<string, pulumi.Input<string>>>;
  /** Numbers of the projects whose service accounts may pull; the projects exist, their accounts need not yet. */
  readers: readonly string[];
  lifecycle: Lifecycle;
}

/** One shelf of the registry, called as its repository id, with exactly the people who may push and pull. */
export class Repository extends pulumi.ComponentResource {
  /** `LOCATION-docker.pkg.dev/PROJECT/ID` */
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Repository", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const repository = new artifactregistry.Repository(
      name,
      { repositoryId: name, deletionPolicy, ...repositoryArgs(args) },
      { parent: this, protect },
    );
    const place = { repository: repository.name, location: repository.location };
    for (const [writer, member] of Object.entries(args.writers)) {
      new artifactregistry.RepositoryIamMember(
        `${name}-${writer}`,
        { ...place, role: "roles/artifactregistry.writer", member },
        { parent: this },
      );
    }
    for (const reader of args.readers) {
      new artifactregistry.RepositoryIamMember(
        `${name}-${reader}`,
        { ...place, role: "roles/artifactregistry.reader", member: accountsOf(reader) },
        { parent: this },
      );
    }

    this.address = pulumi.interpolate`${repository.location}-docker.pkg.dev/${repository.project}/${repository.repositoryId}`;
    this.registerOutputs({ address: this.address });
  }
}

export function repositoryArgs({ location, purpose, mutable, releasesKept }: RepositoryArgs) {
  return {
    location,
    description: purpose,
    format: "DOCKER",
    mode: "STANDARD_REPOSITORY",
    dockerConfig: { immutableTags: !mutable },
    vulnerabilityScanningConfig: { enablementConfig: mutable ? "DISABLED" : "INHERITED" },
    cleanupPolicyDryRun: false,
    cleanupPolicies: mutable
      ? [deleteOlderThan("old-layers", "ANY", "1209600s")]
      : // A tag is a release: only what lost its tag may go, and never the newest versions.
        [
          { id: "newest", action: "KEEP", mostRecentVersions: { keepCount: releasesKept } },
          deleteOlderThan("untagged", "UNTAGGED", "2592000s"),
        ],
  } satisfies Partial<artifactregistry.RepositoryArgs>;
}

function deleteOlderThan(id: string, tagState: string, olderThan: string) {
  return { id, action: "DELETE", condition: { tagState, olderThan } };
}

/** All service accounts of a project, present and future, as one IAM member. */
function accountsOf(projectNumber: string): string {
  return `principalSet://cloudresourcemanager.googleapis.com/projects/${projectNumber}/type/ServiceAccount`;
}
