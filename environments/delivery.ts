import { Database } from "../components/database";
import { DeletionGuard } from "../components/deletion-guard";
import type { Identity } from "../components/identity";
import { Namespace } from "../components/namespace";
import type { Catalogue } from "../config/catalogue";
import type { Loaded } from "../config/load";
import type { DatabaseSettings, DeliverySettings } from "../config/settings";
import { grantPipelines } from "./access";
import { connectCommand, layGround, roomFor } from "./ground";
import { createAlerts, createBudget, createMonitoring } from "./monitoring";
import { createAccounts, createIdentity, createServices, type Place, type Product } from "./services";
import { createWaysIn } from "./ways-in";

type Settings = Loaded<DeliverySettings>;

/** What Memorystore is made with; Service Consumer Management is how it makes endpoints in our network. */
const cacheApis = ["memorystore", "networkconnectivity", "serviceconsumermanagement"];

/**
 * An environment that runs the product. Staging, production and every pop-up are this with other settings.
 *
 * The namespace is called as the stack, since pop-ups share a project and with it one Workload Identity pool.
 */
export function createDelivery(stack: string, settings: Settings, product: Product) {
  const { lifecycle } = settings;
  const apis = ["certificatemanager", "sqladmin", ...(settings.cache ? cacheApis : [])];
  const ground = layGround(stack, settings, { apis });
  const { outside, inside, cluster } = ground;
  const place = { stack, settings, ground };

  const accounts = createAccounts(product.catalogue, place);
  const data = settings.database && createDatabase(settings.database, product.catalogue, accounts, place);
  const namespace = new Namespace(
    "services",
    {
      namespace: stack,
      pods: { level: "restricted" },
      priorities: ["standard", "batch"],
      traffic: {
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
  const ways = createWaysIn(stack, settings, ground, namespace.name, product.catalogue);
  const services = createServices(product, {
    ...place,
    namespace: namespace.name,
    guards: [namespace],
    accounts,
    data,
    routes: ways.routes,
  });
  const access = grantPipelines(settings, outside);
  const alerts = createAlerts(settings, outside);

  const watched = createMonitoring(stack, settings, services.running, { ...ground, alerts });
  const budget = createBudget(stack, settings, { outside, alerts });

  const own = [data?.database, data?.migrator, namespace, ...ways.parts, ...services.parts];
  const around = [...access, alerts, ...watched, budget];
  const parts = [
    ...ground.parts,
    ...Object.values(accounts),
    ...[...own, ...around].filter((part) => !!part),
  ];
  new DeletionGuard("environment", { lifecycle, guarded: parts });

  return {
    cluster: cluster.name,
    connect: connectCommand(cluster, settings),
    namespace: namespace.namespace,
    ...ways.outputs,
    ...(data && { database: data.database.connectionName }),
  };
}

/** The database, and who changes the structure of what is in it. */
function createDatabase(
  database: DatabaseSettings,
  catalogue: Catalogue,
  accounts: Readonly<Record<string, Identity>>,
  place: Place,
) {
  const { stack, settings, ground } = place;
  const { project, region, lifecycle } = settings;
  const services = Object.entries(catalogue).flatMap(([name, { stores, retired }]) => {
    const account = accounts[name];
    return account && stores.includes("postgres") ? [[name, { account, retired }] as const] : [];
  });
  const purpose = "Changes the schemas of all services, from their migration jobs";
  const migrator = createIdentity("migrator", purpose, place);
  const main = new Database(
    "main",
    {
      ...database,
      prefix: stack,
      project,
      region,
      network: ground.network.id,
      subnetwork: ground.network.subnetwork,
      services: Object.fromEntries(services),
      migrator,
      labels: ground.labels,
      lifecycle,
    },
    ground.outside,
  );
  return { database: main, migrator };
}
