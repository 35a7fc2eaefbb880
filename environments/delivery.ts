import { Alerts } from "../components/alerts";
import { Database } from "../components/database";
import { DeletionGuard } from "../components/deletion-guard";
import { Identity } from "../components/identity";
import { Namespace } from "../components/namespace";
import { ProjectGrant } from "../components/project-grant";
import type { Catalogue } from "../config/catalogue";
import type { Loaded } from "../config/load";
import type { DatabaseSettings, DeliverySettings } from "../config/settings";
import { connectCommand, type Ground, layGround, roomFor } from "./ground";
import { createWaysIn } from "./ways-in";

type Settings = Loaded<DeliverySettings>;

/** What a deployer does: install releases. Making clusters and databases stays with people. */
const deployerRoles = ["roles/container.clusterViewer", "roles/container.developer"];

/**
 * An environment that runs the product. Staging, production and every pop-up are this with other settings.
 *
 * The namespace is called as the stack, since pop-ups share a project and with it one Workload Identity pool.
 */
export function createDelivery(stack: string, settings: Settings, catalogue: Catalogue) {
  const { project, lifecycle } = settings;
  const ground = layGround(stack, settings, { apis: ["certificatemanager", "sqladmin"] });
  const { outside, inside, cluster } = ground;

  const data = settings.database && createDatabase(stack, settings, settings.database, catalogue, ground);
  const namespace = new Namespace(
    "services",
    {
      namespace: stack,
      pods: { level: "restricted" },
      priorities: ["standard", "batch"],
      traffic: {
        inside: true,
        internetPorts: [443],
        loadBalanced: true,
        scraped: true,
        ...(data && { database: data.database.address }),
      },
      capacity: roomFor(settings.cluster).capacity,
      disks: true,
      container: { cpu: "100m", memory: "256Mi" },
    },
    inside,
  );
  const ways = createWaysIn(stack, settings, ground, namespace.namespace, catalogue);
  const deployer =
    settings.deployer !== undefined &&
    new ProjectGrant(
      "deployer",
      { project, member: `serviceAccount:${settings.deployer}`, roles: deployerRoles },
      outside,
    );
  const alerts =
    settings.alerts &&
    settings.slackToken &&
    new Alerts("platform", { ...settings.alerts, slackToken: settings.slackToken }, outside);

  const parts = [...ground.parts, ...(data?.parts ?? []), namespace, ...ways.parts, deployer, alerts];
  new DeletionGuard("environment", { lifecycle, guarded: parts.filter((part) => !!part) });

  return {
    cluster: cluster.name,
    connect: connectCommand(cluster, settings),
    namespace: namespace.namespace,
    ...ways.outputs,
    ...(data && { database: data.database.connectionName }),
  };
}

/** The database, and for each service that stores something the one account that may log in to its part. */
function createDatabase(
  stack: string,
  settings: Settings,
  database: DatabaseSettings,
  catalogue: Catalogue,
  { outside, network, cluster, labels }: Ground,
) {
  const { project, region, lifecycle } = settings;
  const identity = (name: string, purpose: string) =>
    new Identity(
      name,
      {
        prefix: stack,
        project,
        purpose,
        workload: { namespace: stack, account: name, pool: cluster.workloadPool },
      },
      outside,
    );
  const services = Object.fromEntries(
    Object.entries(catalogue)
      .filter(([, { stores }]) => stores.includes("postgres"))
      .map(([name, { owner, retired }]) => [
        name,
        { account: identity(name, `Service ${name} of ${owner}`), retired },
      ]),
  );
  const migrator = identity("migrator", "Changes the schemas of all services, from their migration jobs");
  const main = new Database(
    "main",
    {
      ...database,
      prefix: stack,
      project,
      region,
      network: network.id,
      subnetwork: network.subnetwork,
      services,
      migrator,
      labels,
      lifecycle,
    },
    outside,
  );
  return {
    database: main,
    parts: [...Object.values(services).map(({ account }) => account), migrator, main],
  };
}
