import * as pulumi from "@pulumi/pulumi";

import type { Lifecycle } from "../config/settings";
import { Repository, type RepositoryArgs } from "./repository";

export interface RegistryArgs {
  location: string;
  /** Numbers of the projects whose nodes pull images. */
  imageReaders: readonly string[];
  /** Numbers of the projects that install charts: only those where deployers run. */
  chartReaders: readonly string[];
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

    const { gcrHost, imageReaders, chartReaders, releasesKept, lifecycle } = args;
    const builder = { builder: args.builder };
    const shelf = (id: string, more: Pick<RepositoryArgs, "purpose" | "readers"> & Partial<RepositoryArgs>) =>
      new Repository(
        id,
        { location: args.location, mutable: false, writers: builder, releasesKept, lifecycle, ...more },
        { parent: this },
      );

    const images = shelf("images", { purpose: "Images of every service", readers: imageReaders });
    const charts = shelf("charts", {
      purpose: "Helm charts of every service, as OCI artefacts",
      readers: chartReaders,
    });
    shelf("cache", {
      purpose: "Layers of earlier builds; anything here may be thrown away",
      mutable: true,
      readers: [],
    });
    shelf(gcrHost, {
      purpose: "Keeps the old Container Registry name working",
      location: gcrLocations[gcrHost],
      writers: {},
      readers: imageReaders,
    });

    this.images = images.address;
    this.charts = charts.address;
    this.registerOutputs({ images: this.images, charts: this.charts });
  }
}
