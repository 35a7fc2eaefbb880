import * as memorystore from "@pulumi/gcp/memorystore";
import type { memorystore as outputs } from "@pulumi/gcp/types/output";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "../config/names";
import type { CacheSettings, ClusterSettings, Lifecycle } from "../config/settings";
import { guards } from "./guards";
import type { Identity } from "./identity";
import { ProjectGrant } from "./project-grant";
import { wayToCache } from "./traffic";

export interface CacheArgs extends CacheSettings {
  /** Stack prefix of every physical name. */
  prefix: string;
  project: string;
  region: string;
  network: pulumi.Input<string>;
  /** What lets Memorystore into the network. */
  connections: pulumi.Resource;
  /** When the cluster is maintained; the cache is on the first of these days. */
  maintenance: ClusterSettings["maintenance"];
  /** The account that logs in. */
  account: Identity;
  /** Namespace of the pods that use it. */
  namespace: pulumi.Input<string>;
  lifecycle: Lifecycle;
}

/**
 * A Valkey of one service, called as the service, that only this service's pods reach and only its account logs in to.
 *
 * It is a cache: what is in it is on no disk and in no backup. Destroying it, or losing all its nodes, loses that.
 */
export class Cache extends pulumi.ComponentResource {
  /** Address of the endpoint inside the network. */
  public readonly host: pulumi.Output<string>;
  /** Certificates of the authorities that sign its own, in PEM; no secret. */
  public readonly authorities: pulumi.Output<string>;

  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Cache", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    const instance = new memorystore.Instance(
      name,
      {
        instanceId: physicalName("cache", args.prefix, name),
        deletionProtectionEnabled: protect,
        deletionPolicy,
        labels: { service: name },
        ...cacheArgs(args),
      },
      {
        parent: this,
        protect,
        // Its name is fixed and what is in it may be lost: the old one goes first.
        deleteBeforeReplace: true,
        // The policy that lets Memorystore put the endpoint into the network is in no input.
        dependsOn: args.connections,
      },
    );
    new ProjectGrant(
      name,
      {
        project: args.project,
        member: args.account.member,
        roles: ["roles/memorystore.dbConnectionUser"],
        condition: {
          title: "this-instance-only",
          expression: pulumi.interpolate`resource.name == "${instance.name}"`,
        },
      },
      { parent: this },
    );
    const host = instance.endpoints.apply((endpoints) => {
      const found = primaryAddress(endpoints);
      if (found === undefined) throw new pulumi.ResourceError("the cache has no endpoint", this, true);
      return found;
    });
    new networking.NetworkPolicy(
      name,
      { metadata: { name: `${name}-to-redis`, namespace: args.namespace }, spec: wayToCache(name, host) },
      { parent: this },
    );

    this.host = host;
    this.authorities = instance.managedServerCas.apply(certificates);
    this.registerOutputs({ host: this.host, authorities: this.authorities });
  }
}

/** Everything about a cache that does not depend on what it is called. */
export function cacheArgs(args: CacheArgs) {
  return {
    location: args.region,
    engineVersion: "VALKEY_9_0",
    mode: "CLUSTER_DISABLED",
    shardCount: 1,
    nodeType: args.nodeType,
    replicaCount: args.replicas,
    zoneDistributionConfig: { mode: "MULTI_ZONE" },
    desiredAutoCreatedEndpoints: [{ network: args.network, projectId: args.project }],
    authorizationMode: "IAM_AUTH",
    transitEncryptionMode: "SERVER_AUTHENTICATION",
    persistenceConfig: { mode: "DISABLED" },
    // A full cache forgets what was used longest ago, and never refuses to take something.
    engineConfigs: { "maxmemory-policy": "allkeys-lru" },
    maintenancePolicy: { weeklyMaintenanceWindows: [maintenanceWindow(args.maintenance)] },
  } satisfies Partial<memorystore.InstanceArgs>;
}

const dayNames = {
  MO: "MONDAY",
  TU: "TUESDAY",
  WE: "WEDNESDAY",
  TH: "THURSDAY",
  FR: "FRIDAY",
  SA: "SATURDAY",
  SU: "SUNDAY",
} as const;

function maintenanceWindow({ days, start }: ClusterSettings["maintenance"]) {
  // The schema wants two days or more.
  const [day = "SU"] = days;
  return {
    day: dayNames[day],
    startTime: { hours: new Date(start).getUTCHours(), minutes: 0, seconds: 0, nanos: 0 },
  };
}

/** Where writes go; where there are replicas, there is an endpoint for reading beside it. */
export function primaryAddress(endpoints: readonly outputs.InstanceEndpoint[]): string | undefined {
  return endpoints
    .flatMap(({ connections = [] }) => connections)
    .map(({ pscAutoConnection }) => pscAutoConnection)
    .find((connection) => connection?.connectionType === "CONNECTION_TYPE_PRIMARY")?.ipAddress;
}

/** While an authority is being replaced there are two. */
function certificates(authorities: readonly outputs.InstanceManagedServerCa[]): string {
  return authorities
    .flatMap(({ caCerts }) => caCerts.flatMap((chain) => chain.certificates))
    .map((certificate) => `${certificate.trim()}\n`)
    .join("");
}
