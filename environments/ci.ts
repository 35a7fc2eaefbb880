import { Alerts } from "../components/alerts";
import { DeletionGuard } from "../components/deletion-guard";
import { Identity } from "../components/identity";
import { Namespace } from "../components/namespace";
import { Registry } from "../components/registry";
import type { Loaded } from "../config/load";
import type { CiSettings } from "../config/settings";
import { connectCommand, layGround } from "./ground";

/** Where build pods and deploy pods run, and the Kubernetes accounts they run as. */
const builds = { namespace: "builds", account: "builder" };
const deploys = { namespace: "deploys" };

/** The environment that builds: a cluster for Jenkins, the registries, and the accounts that build and deploy. */
export function createCi(stack: string, settings: Loaded<CiSettings>) {
  const { project, region, lifecycle } = settings;
  const ground = layGround(stack, settings, ["artifactregistry", "containerscanning"]);
  const { outside, inside, cluster } = ground;
  const pool = cluster.workloadPool;

  const namespaces = [builds.namespace, deploys.namespace].map(
    (namespace) => new Namespace(namespace, { namespace }, inside),
  );
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
  const alerts =
    settings.alerts &&
    settings.slackToken &&
    new Alerts("platform", { ...settings.alerts, slackToken: settings.slackToken }, outside);

  const parts = [...ground.parts, ...namespaces, builder, ...deployers, registry, alerts];
  new DeletionGuard("environment", { lifecycle, guarded: parts.filter((part) => !!part) });

  return {
    cluster: cluster.name,
    connect: connectCommand(cluster, settings),
    images: registry.images,
    charts: registry.charts,
  };
}
