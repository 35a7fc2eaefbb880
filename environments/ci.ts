import { DeletionGuard } from "../components/deletion-guard";
import { Identity } from "../components/identity";
import { Namespace } from "../components/namespace";
import { builderPodRules, placeRules } from "../components/pod-rules";
import { Registry } from "../components/registry";
import type { Loaded } from "../config/load";
import type { CiSettings } from "../config/settings";
import { connectCommand, type Ground, layGround, roomFor } from "./ground";
import { createAlerts, createBudget } from "./monitoring";

/** Where build pods and deploy pods run, and the Kubernetes accounts they run as. */
const builds = { namespace: "builds", account: "builder" };
const deploys = { namespace: "deploys" };

/** Builds images in build pods, rootless; the only image that may run unconfined, so the digest is what counts. */
const buildkit =
  "moby/buildkit:v0.33.0-rootless@sha256:80b15f0735e87bab7bf59ec4d695dfb4a7cfb25521cf56dc75d6f256285b63ef";

/** The storage class of Jenkins' home. */
const jenkinsHome = "jenkins-home";

/** The environment that builds: a cluster for Jenkins, the registries, and the accounts that build and deploy. */
export function createCi(stack: string, settings: Loaded<CiSettings>) {
  const { project, region, lifecycle } = settings;
  const ground = layGround(stack, settings, {
    apis: ["artifactregistry", "containerscanning"],
    keptDisks: [jenkinsHome],
  });
  const { outside, cluster } = ground;
  const pool = cluster.workloadPool;

  const namespaces = createNamespaces(settings, ground);
  const builder = new Identity(
    "builder",
    { prefix: stack, project, purpose: "Build pods push images and charts", workload: { ...builds, pool } },
    outside,
  );
  const deployers = settings.deployers.map(
    (target) =>
      new Identity(
        target,
        {
          prefix: "deployer",
          project,
          purpose: `Releases into ${target}, and nowhere else`,
          workload: { ...deploys, account: target, pool },
        },
        outside,
      ),
  );
  const { gcrHost, releasesKept, readers } = settings.registry;
  const registry = new Registry(
    "registry",
    {
      location: region,
      gcrHost,
      releasesKept,
      imageReaders: [...new Set([settings.projectNumber, ...readers])],
      chartReaders: [settings.projectNumber],
      builder: builder.member,
      lifecycle,
    },
    outside,
  );
  const alerts = createAlerts(settings, outside);
  const budget = createBudget(stack, settings, { outside, alerts });

  const parts = [...ground.parts, ...namespaces, builder, ...deployers, registry, alerts, budget];
  new DeletionGuard("environment", { lifecycle, guarded: parts.filter((part) => !!part) });

  return {
    cluster: cluster.name,
    connect: connectCommand(cluster, settings),
    images: registry.images,
    charts: registry.charts,
  };
}

/** Where pipelines run. Who writes one writes its pods, so both namespaces say which pods they take. */
function createNamespaces(settings: Loaded<CiSettings>, { inside }: Ground): Namespace[] {
  const forBuilds = roomFor(settings.cluster, builds.namespace);
  const forDeploys = roomFor(settings.cluster, deploys.namespace);
  // Pods of pipelines live on localhost, keep nothing, and call git, registries, Google and other clusters.
  const pipelines = { disks: false, traffic: { loadBalanced: false, scraped: false } };
  return [
    new Namespace(
      builds.namespace,
      {
        ...pipelines,
        namespace: builds.namespace,
        pods: {
          level: "privileged",
          rules: [
            ...placeRules({ accounts: [builds.account], pools: forBuilds.pools }),
            ...builderPodRules({ image: buildkit, account: builds.account }),
          ],
        },
        // What waits for a build can wait; what waits for a release should not.
        priorities: ["batch"],
        traffic: { ...pipelines.traffic, internetPorts: [22, 443] },
        capacity: forBuilds.capacity,
        container: { cpu: "500m", memory: "1Gi" },
      },
      inside,
    ),
    new Namespace(
      deploys.namespace,
      {
        ...pipelines,
        namespace: deploys.namespace,
        pods: {
          level: "restricted",
          rules: placeRules({ accounts: settings.deployers, pools: forDeploys.pools }),
        },
        priorities: ["standard"],
        traffic: { ...pipelines.traffic, internetPorts: [443] },
        capacity: forDeploys.capacity,
        container: { cpu: "250m", memory: "512Mi" },
      },
      inside,
    ),
  ];
}
