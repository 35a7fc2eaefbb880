import * as artifactregistry from "@pulumi/gcp/artifactregistry";
import * as pulumi from "@pulumi/pulumi";

import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface RegistryArgs {
  location: string;
  /** Numbers of the projects whose service accounts may pull; they need not exist yet. */
  readers: readonly string[];
  /** The account that builds, as an IAM member. */
  builder: pulumi.Input<string>;
  /** Old Container Registry host that keeps working, `eu.gcr.io`. */
  gcrHost: GcrHost;
  /** Newest versions of each image and chart that clean-up never touches. */
  releasesKept: number;
  lifecycle: Lifecycle;
}

/** Google serves an old host only from a repository of exactly this name in exactly this place. */
const gcrLocations = {
  "gcr.io": "us",
  "us.gcr.io": "us",
  "eu.gcr.io": "europe",
  "asia.gcr.io": "asia",
} as const;

export type GcrHost = keyof typeof gcrLocations;

interface Shelf {
  readonly location: string;
  readonly purpose: string;
  /** Whether a tag may be moved to another image. */
  readonly mutable: boolean;
  readonly builderWrites: boolean;
  readonly clustersRead: boolean;
}

/**
 * The registries: images, charts, a build cache that no cluster may read, and the old Container Registry name.
 *
 * Destroying it loses every released version; no cluster could start a pod that is not already on its nodes.
 */
export class Registry extends pulumi.ComponentResource {
  /** `LOCATION-docker.pkg.dev/PROJECT/images` */
  public readonly images: pulumi.Output<string>;
  public readonly charts: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Registry", name, {}, opts);

    const repositories = Object.fromEntries(
      Object.entries(shelves(args)).map(([id, shelf]) => [id, this.repository(id, shelf, args)]),
    );

    this.images = hostOf(repositories["images"]);
    this.charts = hostOf(repositories["charts"]);
    this.registerOutputs({ images: this.images, charts: this.charts });
  }

  private repository(id: string, shelf: Shelf, args: RegistryArgs): artifactregistry.Repository {
    const { protect, deletionPolicy } = guards(args.lifecycle);
    const repository = new artifactregistry.Repository(
      id,
      { repositoryId: id, deletionPolicy, ...repositoryArgs(shelf, args) },
      { parent: this, protect },
    );
    const grant = (key: string, role: string, member: pulumi.Input<string>) =>
      new artifactregistry.RepositoryIamMember(
        `${id}-${key}`,
        { repository: repository.name, location: repository.location, role, member },
        { parent: this },
      );
    if (shelf.builderWrites) grant("builder", "roles/artifactregistry.writer", args.builder);
    if (shelf.clustersRead) {
      for (const reader of args.readers) grant(reader, "roles/artifactregistry.reader", accountsOf(reader));
    }
    return repository;
  }
}

function shelves(args: RegistryArgs): Record<string, Shelf> {
  return {
    images: {
      location: args.location,
      purpose: "Images of every service",
      mutable: false,
      builderWrites: true,
      clustersRead: true,
    },
    charts: {
      location: args.location,
      purpose: "Helm charts of every service, as OCI artefacts",
      mutable: false,
      builderWrites: true,
      clustersRead: true,
    },
    cache: {
      location: args.location,
      purpose: "Layers of earlier builds; anything here may be thrown away",
      mutable: true,
      builderWrites: true,
      clustersRead: false,
    },
    [args.gcrHost]: {
      location: gcrLocations[args.gcrHost],
      purpose: "Keeps the old Container Registry name working",
      mutable: false,
      builderWrites: false,
      clustersRead: true,
    },
  };
}

export function repositoryArgs(shelf: Shelf, args: Pick<RegistryArgs, "releasesKept">) {
  return {
    location: shelf.location,
    description: shelf.purpose,
    format: "DOCKER",
    mode: "STANDARD_REPOSITORY",
    dockerConfig: { immutableTags: !shelf.mutable },
    vulnerabilityScanningConfig: { enablementConfig: shelf.mutable ? "DISABLED" : "INHERITED" },
    cleanupPolicyDryRun: false,
    cleanupPolicies: shelf.mutable
      ? [deleteOlderThan("old-layers", "ANY", "1209600s")]
      : // A tag is a release: only what lost its tag may go, and never the newest versions.
        [
          { id: "newest", action: "KEEP", mostRecentVersions: { keepCount: args.releasesKept } },
          deleteOlderThan("untagged", "UNTAGGED", "2592000s"),
        ],
  };
}

function deleteOlderThan(id: string, tagState: string, olderThan: string) {
  return { id, action: "DELETE", condition: { tagState, olderThan } };
}

/** All service accounts of a project, present and future, as one IAM member. */
function accountsOf(projectNumber: string): string {
  return `principalSet://cloudresourcemanager.googleapis.com/projects/${projectNumber}/type/ServiceAccount`;
}

function hostOf(repository: artifactregistry.Repository | undefined): pulumi.Output<string> {
  if (!repository) throw new RangeError("a registry always has images and charts");
  return pulumi.interpolate`${repository.location}-docker.pkg.dev/${repository.project}/${repository.repositoryId}`;
}
