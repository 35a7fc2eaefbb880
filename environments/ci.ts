import { DeletionGuard } from "../components/deletion-guard";
import { Registry } from "../components/registry";
import type { Loaded } from "../config/load";
import type { CiSettings, JenkinsSettings } from "../config/settings";
import { connectCommand, layGround } from "./ground";
import { createJenkins, jenkinsHome } from "./jenkins";
import { createAlerts, createBudget } from "./monitoring";
import { createPipelines } from "./pipelines";

type Settings = Loaded<CiSettings>;

/** The environment that builds: Jenkins in a cluster, the registries, and the accounts that build and deploy. */
export function createCi(stack: string, settings: Settings) {
  const { region, lifecycle } = settings;
  const jenkins = hasJenkins(settings);
  const ground = layGround(stack, settings, {
    apis: ["artifactregistry", "containerscanning", ...(jenkins ? ["certificatemanager", "gkebackup"] : [])],
    keptDisks: [jenkinsHome],
    ...(jenkins && { cluster: { syncedSecrets: true, backedUp: true } }),
  });
  const { outside, cluster } = ground;

  const pipelines = createPipelines(stack, settings, ground);
  const { gcrHost, releasesKept, readers } = settings.registry;
  const registry = new Registry(
    "registry",
    {
      location: region,
      gcrHost,
      releasesKept,
      imageReaders: [...new Set([settings.projectNumber, ...readers])],
      chartReaders: [settings.projectNumber],
      builder: pipelines.builder.member,
      lifecycle,
    },
    outside,
  );
  const server = jenkins ? createJenkins(stack, settings, ground, pipelines) : undefined;
  const alerts = createAlerts(settings, outside);
  const budget = createBudget(stack, settings, { outside, alerts });

  const parts = [...ground.parts, ...pipelines.parts, registry, ...(server?.parts ?? []), alerts, budget];
  new DeletionGuard("environment", { lifecycle, guarded: parts.filter((part) => !!part) });

  return {
    cluster: cluster.name,
    connect: connectCommand(cluster, settings),
    images: registry.images,
    charts: registry.charts,
    ...server?.outputs,
  };
}

function hasJenkins(settings: Settings): settings is Settings & { jenkins: JenkinsSettings } {
  return settings.jenkins !== undefined;
}
