import type * as pulumi from "@pulumi/pulumi";

import { Cache } from "../components/cache";
import { CacheConnections } from "../components/cache-connections";
import type { Database } from "../components/database";
import { Identity, type Workload, workloadPrincipal } from "../components/identity";
import { InClusterStore } from "../components/in-cluster-store";
import { KubernetesAccount } from "../components/kubernetes-account";
import { Secrets } from "../components/secrets";
import { type Postgres, type Redis, Service } from "../components/service";
import type { StoreKind } from "../components/store-container";
import { cachePort } from "../components/traffic";
import { callersOf, type Catalogue } from "../config/catalogue";
import type { Loaded } from "../config/load";
import type { Releases } from "../config/releases";
import { type ServiceEntry, serviceIn } from "../config/service";
import type { DeliverySettings } from "../config/settings";
import type { Ground } from "./ground";
import type { Running } from "./monitoring";
import type { Route } from "./ways-in";

/** What is there to run: the services, and the version of each that does. */
export interface Product {
  readonly catalogue: Catalogue;
  readonly releases: Releases;
}

/** Where it runs. */
export interface Place {
  readonly stack: string;
  readonly settings: Loaded<DeliverySettings>;
  readonly ground: Ground;
}

/** What the services of an environment find there. */
export interface Surroundings extends Place {
  readonly namespace: pulumi.Input<string>;
  /** What guards the pods in it: what starts pods waits for it, and nothing else does. */
  readonly guards: readonly pulumi.Resource[];
  /** Google accounts of those that have one. */
  readonly accounts: Readonly<Record<string, Identity>>;
  /** Where services store data, and who changes its structure; where it is left out, they get stores of their own. */
  readonly data: { readonly database: Database; readonly migrator: Identity } | undefined;
  /** How the internet reaches those that are exposed. */
  readonly routes: Readonly<Record<string, Route>>;
}

/** A Google account that the pods of one Kubernetes account act as. */
export function createIdentity(name: string, purpose: string, place: Place): Identity {
  const { stack, settings, ground } = place;
  return new Identity(
    name,
    { prefix: stack, project: settings.project, purpose, workload: workloadOf(name, place) },
    ground.outside,
  );
}

/** Google accounts of the services that log in to Cloud SQL or Memorystore, which know no other members. */
export function createAccounts(catalogue: Catalogue, place: Place): Record<string, Identity> {
  const { database, cache } = place.settings;
  const logsIn = ({ stores }: ServiceEntry) =>
    (database !== undefined && stores.includes("postgres")) ||
    (cache !== undefined && stores.includes("redis"));
  return Object.fromEntries(
    Object.entries(catalogue)
      .filter(([, entry]) => logsIn(entry))
      .map(([name, { owner }]) => [name, createIdentity(name, `Service ${name} of ${owner}`, place)]),
  );
}

/** Everything that the services of the catalogue ask for, and a release of each that has a version. */
export function createServices(product: Product, around: Surroundings): Services {
  const { stack, settings, ground, namespace, data } = around;
  const migrations =
    data &&
    new KubernetesAccount("migrator", { namespace, googleAccount: data.migrator.email }, ground.inside);
  const connections =
    settings.cache &&
    new CacheConnections(
      "main",
      {
        prefix: stack,
        region: settings.region,
        network: ground.network.id,
        subnetwork: ground.network.subnetwork,
      },
      ground.outside,
    );
  const shared = { ...around, migrations, connections };
  const services = Object.entries(product.catalogue).map(
    ([name, entry]) => [name, createService(name, entry, product, shared)] as const,
  );
  const shown = services.filter(([name]) => product.releases[name] !== undefined);
  return {
    parts: [migrations, connections, ...services.flatMap(([, { parts }]) => parts)].filter(
      (part) => part !== undefined,
    ),
    running: Object.fromEntries(shown.map(([name, { running }]) => [name, running])),
  };
}

/** The services of an environment. */
export interface Services {
  readonly parts: readonly pulumi.Resource[];
  /** Those of which a version runs. */
  readonly running: Readonly<Record<string, Running>>;
}

/** What services share that is made for them alone. */
interface Shared extends Surroundings {
  /** Who migrations run as. */
  readonly migrations: KubernetesAccount | undefined;
  readonly connections: CacheConnections | undefined;
}

function createService(
  name: string,
  entry: ServiceEntry,
  { catalogue, releases }: Product,
  shared: Shared,
): { parts: readonly pulumi.Resource[]; running: Running } {
  const { stack, settings, ground, namespace, accounts, guards, routes } = shared;
  const { services } = settings;
  const account = accounts[name];
  const secrets = createSecrets(name, entry, shared);
  const postgres = entry.stores.includes("postgres") ? createPostgres(name, entry, shared) : undefined;
  const redis = entry.stores.includes("redis") ? createRedis(name, entry, shared) : undefined;
  const stores = [...(postgres?.needs ?? []), ...(redis?.needs ?? [])];
  // No value of a release tells that accounts may act and log in, that a secret may be read, that a store runs, that
  // the network lets the service's pods through to it, and that all that guards their namespace is there.
  const needs = [account, secrets, ...stores, ...guards].filter((need) => need !== undefined);
  const version = releases[name]?.version;
  const route = routes[name];
  const service = new Service(
    name,
    {
      environment: stack,
      namespace,
      entry: serviceIn(entry, services.overrides),
      callers: callersOf(catalogue, name),
      ...(account && { googleAccount: account.email }),
      ...(postgres && { postgres: postgres.way }),
      ...(redis && { redis: redis.way }),
      secrets: secrets?.versions ?? {},
      ...(route && { route }),
      charts: services.charts,
      ...(version !== undefined && { version }),
      needs,
    },
    ground.inside,
  );
  const running = { entry, release: service, ...(route && { host: route.hostname }) };
  return { parts: [service, ...needs], running };
}

/** Empty secrets, and the right to read them for whoever the service is to Google. */
function createSecrets(name: string, entry: ServiceEntry, place: Shared): Secrets | undefined {
  const { stack, settings, ground, accounts } = place;
  if (entry.secrets.length === 0) return undefined;
  return new Secrets(
    name,
    {
      prefix: stack,
      region: settings.region,
      secrets: entry.secrets,
      // The driver that mounts them acts as the Google account where there is one, and never as both.
      reader: accounts[name]?.member ?? workloadPrincipal(settings.projectNumber, workloadOf(name, place)),
      lifecycle: lifecycleOf(entry, settings),
    },
    ground.outside,
  );
}

/** How a service gets to a store, and what has to be there for it that the way does not tell. */
interface Reached<T> {
  readonly way: T;
  readonly needs: readonly pulumi.Resource[];
}

function createPostgres(name: string, entry: ServiceEntry, shared: Shared): Reached<Postgres> {
  const { data, migrations } = shared;
  const access = data?.database.access[name];
  if (!data || !migrations || !access) {
    const store = createStore("postgres", name, entry, shared);
    return { way: { database: name, inCluster: { host: store.host, user: name } }, needs: [store] };
  }
  return {
    way: {
      database: access.database,
      cloudSql: {
        instance: data.database.connectionName,
        user: access.user,
        migrator: { account: migrations.name, user: data.database.migrator },
      },
    },
    needs: [...access.logins, data.migrator],
  };
}

function createRedis(name: string, entry: ServiceEntry, shared: Shared): Reached<Redis> {
  const { stack, settings, ground, namespace, accounts, connections } = shared;
  const account = accounts[name];
  if (!settings.cache || !connections || !account) {
    const store = createStore("redis", name, entry, shared);
    return { way: { inCluster: { host: store.host } }, needs: [store] };
  }
  const cache = new Cache(
    name,
    {
      ...settings.cache,
      prefix: stack,
      project: settings.project,
      region: settings.region,
      network: ground.network.id,
      connections,
      maintenance: settings.cluster.maintenance,
      account,
      namespace,
      lifecycle: lifecycleOf(entry, settings),
    },
    { providers: [...ground.outside.providers, ground.inside.provider] },
  );
  const { host, authorities } = cache;
  return { way: { memorystore: { host, port: cachePort, authorities } }, needs: [cache] };
}

function createStore(kind: StoreKind, service: string, { owner }: ServiceEntry, around: Surroundings) {
  return new InClusterStore(
    `${service}-${kind}`,
    { kind, service, namespace: around.namespace, owner, needs: around.guards },
    around.ground.inside,
  );
}

/** A retired service keeps its data, and nothing holds it back when the service is removed. */
function lifecycleOf({ retired }: ServiceEntry, { lifecycle }: Pick<DeliverySettings, "lifecycle">) {
  return retired ? "disposable" : lifecycle;
}

/** Who the pods of a service are in the cluster. */
function workloadOf(account: string, { stack, ground }: Place): Workload {
  return { namespace: stack, account, pool: ground.cluster.workloadPool };
}
