// By its file: the index of the folder loads all of the SDK for rendering charts, on every run.
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";

import type { ServiceEntry } from "../config/service";
import { KubernetesAccount } from "./kubernetes-account";

export interface ServiceArgs {
  /** The stack's name, which its pods are told. */
  environment: string;
  namespace: pulumi.Input<string>;
  /** What the catalogue says of it, as it is in this environment. */
  entry: ServiceEntry;
  /** Services that call it. */
  callers: readonly string[];
  /**
   * E-mail of the Google account that it is to Google.
   * @default it has none
   */
  googleAccount?: pulumi.Input<string>;
  /**
   * How it gets to its database.
   * @default it has none
   */
  postgres?: Postgres;
  /**
   * How it gets to its cache.
   * @default it has none
   */
  redis?: Redis;
  /** The version of each secret that it reads, by the name it knows. */
  secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * How the internet reaches what it exposes.
   * @default not at all
   */
  route?: { hostname: string; gateway: pulumi.Input<string> };
  /** Repository that its chart is in, `oci://HOST/PATH`. */
  charts: string;
  /**
   * Version of its chart, and with it of its image.
   * @default it does not run, and has everything that it needs to
   */
  version?: string;
  /** What has to be there before its first pod, and until its last is gone, and is in none of the above. */
  needs: readonly pulumi.Resource[];
}

export type Postgres = { database: pulumi.Input<string> } & (
  { cloudSql: CloudSql } | { inCluster: StoreLogin }
);

export interface CloudSql {
  /** `PROJECT:REGION:INSTANCE` */
  instance: pulumi.Input<string>;
  user: pulumi.Input<string>;
  /** Who its migrations run as: a Kubernetes account, and a login. */
  migrator: { account: pulumi.Input<string>; user: pulumi.Input<string> };
}

export interface StoreLogin {
  host: pulumi.Input<string>;
  user: string;
}

export type Redis = { memorystore: Memorystore } | { inCluster: { host: pulumi.Input<string> } };

export interface Memorystore {
  host: pulumi.Input<string>;
  port: number;
  /** Certificates in PEM. */
  authorities: pulumi.Input<string>;
}

/**
 * One microservice in one environment: who its pods are, and one Helm release of the version that is to run.
 *
 * A version that does not come up is taken back by Helm, and the one before goes on running.
 */
export class Service extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Service", name, {}, opts);

    const { namespace, googleAccount } = args;
    const account = new KubernetesAccount(
      name,
      { namespace, ...(googleAccount !== undefined && { googleAccount }) },
      { parent: this },
    );
    if (args.version !== undefined) {
      new Release(
        name,
        {
          name,
          namespace,
          chart: `${args.charts}/${name}`,
          version: args.version,
          values: serviceValues(account.name, args),
          ...releasePolicy,
        },
        // Each of them is hidden: no value names what the pods need at Google, in the cluster and in the network.
        { parent: this, dependsOn: [...args.needs] },
      );
    }
    this.registerOutputs({});
  }
}

/** How every release is made: all or nothing, and with an end. */
const releasePolicy = {
  atomic: true,
  // For each wait by itself: the migration, then all pods one after the other, then the way back.
  timeout: 600,
  maxHistory: 10,
  createNamespace: false,
};

/** What an environment tells the chart of a service. The chart refuses everything else, and none of it is secret. */
export function serviceValues(account: pulumi.Input<string>, args: ServiceArgs) {
  const { entry, route, postgres, redis } = args;
  return {
    environment: {
      name: args.environment,
      owner: entry.owner,
      port: entry.port,
      replicas: entry.replicas,
      resources: entry.resources,
      account,
      ...(postgres && { postgres }),
      ...(redis && { redis }),
      secrets: args.secrets,
      calls: entry.calls,
      callers: [...args.callers],
      ...(entry.exposes && route && { route: { ...route, path: entry.exposes.path } }),
    },
  };
}
