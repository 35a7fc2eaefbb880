import * as container from "@pulumi/gcp/container";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { suffixBytes, suffixedName } from "../config/names";
import type { ClusterSettings, Lifecycle } from "../config/settings";
import { guards } from "./guards";
import { kubeconfig } from "./kubeconfig";
import { podRange } from "./network";
import { NodePool } from "./node-pool";

export interface ClusterArgs extends Omit<ClusterSettings, "secretsEncryption"> {
  /** Stack prefix of every physical name. */
  prefix: string;
  project: string;
  /** Slice of the address plan that `network` was made with; another slice is another cluster. */
  addresses: string;
  network: pulumi.Input<string>;
  subnetwork: pulumi.Input<string>;
  /** E-mail of the account that nodes run as. */
  nodeAccount: pulumi.Input<string>;
  /**
   * KMS key that encrypts Kubernetes secrets.
   * @default encrypted by Google's own keys only
   */
  secretsKey?: pulumi.Input<string>;
  /**
   * Whether secrets of Secret Manager can be kept as Kubernetes Secrets, for what reads no files.
   * @default false
   */
  syncedSecrets?: boolean;
  /**
   * Whether Google backs up what is inside, where a plan says so.
   * @default false
   */
  backedUp?: boolean;
  /** What nodes need from their first minute, the way out and their account's roles, and what no input names. */
  nodesNeed: readonly pulumi.Resource[];
  labels: Record<string, string>;
  lifecycle: Lifecycle;
}

/**
 * A private GKE cluster with its node pools, reached through its DNS endpoint by IAM and by nothing else.
 *
 * Destroying it loses what its volumes hold. GKE leaves load balancers and disks of a deleted cluster behind, so
 * everything inside has to go first: whatever is made with `kubernetes` does.
 */
export class Cluster extends pulumi.ComponentResource {
  public readonly name: pulumi.Output<string>;
  /** `projects/PROJECT/locations/LOCATION/clusters/NAME` */
  public readonly id: pulumi.Output<string>;
  /** Workload Identity pool of the project, known once the cluster that brings it exists. */
  public readonly workloadPool: pulumi.Output<string>;
  /** The provider for everything inside the cluster: the only one there is. */
  public readonly kubernetes: kubernetes.Provider;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Cluster", name, {}, opts);

    const { protect, deletionPolicy } = guards(args.lifecycle);
    // A replaced cluster needs another name: its id is what tells Kubernetes resources that theirs is gone.
    const suffix = new random.RandomId(
      name,
      {
        byteLength: suffixBytes,
        keepers: { project: args.project, location: args.location, addresses: args.addresses },
      },
      { parent: this, protect },
    );
    const cluster = new container.Cluster(
      name,
      {
        name: pulumi.interpolate`${suffixedName("cluster", args.prefix, name)}-${suffix.hex}`,
        deletionProtection: protect,
        deletionPolicy,
        ...clusterArgs(args),
      },
      {
        parent: this,
        protect,
        // Delete-first takes the provider away from what is inside, and the engine stops half-way. Google may refuse a
        // second cluster in one range for pods: then the new one fails before the old one is touched.
        deleteBeforeReplace: false,
        // The first pool is gone a minute later; its settings differ from then on and would replace the cluster.
        ignoreChanges: ["nodeConfig"],
      },
    );
    const pools = Object.entries(args.pools).map(
      ([pool, settings]) =>
        new NodePool(
          pool,
          {
            ...settings,
            cluster: cluster.id,
            location: args.location,
            podsPerNode: args.podsPerNode,
            serviceAccount: args.nodeAccount,
            labels: args.labels,
            respectDisruptionBudgets: protect,
          },
          { parent: this, dependsOn: [...args.nodesNeed] },
        ),
    );

    const address = cluster.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint;

    this.name = cluster.name;
    this.id = cluster.id;
    this.workloadPool = cluster.id.apply(() => workloadPool(args.project));
    this.kubernetes = new kubernetes.Provider(
      name,
      {
        kubeconfig: pulumi.secret(
          pulumi.all([cluster.name, address]).apply(([own, host]) => kubeconfig(own, host)),
        ),
        // Without it every change of the kubeconfig plans to replace all that is in the cluster.
        clusterIdentifier: cluster.id,
        // A changed ConfigMap or Secret is an update, not a replacement with pods down in between.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
      },
      // Nodes are in no input, yet uninstalling waits for pods that only nodes can end.
      { parent: this, dependsOn: pools },
    );
    this.registerOutputs({ name: this.name, workloadPool: this.workloadPool });
  }
}

/** Everything about a cluster that does not depend on what it is called. */
export function clusterArgs(args: ClusterArgs) {
  return {
    location: args.location,
    resourceLabels: args.labels,
    ...networkArgs(args),
    ...accessArgs(args),
    ...nodeArgs(args),
    ...upkeepArgs(args),
  } satisfies container.ClusterArgs;
}

/** Private nodes, and a control plane that has no address, only a DNS name behind IAM. */
function networkArgs(args: ClusterArgs) {
  return {
    network: args.network,
    subnetwork: args.subnetwork,
    networkingMode: "VPC_NATIVE",
    // Services stay in GKE's own 34.118.224.0/20, the same for every cluster.
    ipAllocationPolicy: { clusterSecondaryRangeName: podRange },
    datapathProvider: "ADVANCED_DATAPATH",
    enableIntranodeVisibility: true,
    // `enablePrivateEndpoint` belongs beside `ipEndpointsConfig.enabled: false`, or every preview shows a change.
    // Authorised networks guard the IP endpoints, which are off.
    privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        allowExternalTraffic: true,
        enableK8sTokensViaDns: false,
        enableK8sCertsViaDns: false,
      },
      ipEndpointsConfig: { enabled: false },
    },
    gatewayApiConfig: { channel: "CHANNEL_STANDARD" },
    serviceExternalIpsConfig: { enabled: false },
  } satisfies container.ClusterArgs;
}

/** Who may do what: Workload Identity, no certificates, no anonymous calls, secrets encrypted. */
function accessArgs(args: ClusterArgs) {
  return {
    workloadIdentityConfig: { workloadPool: workloadPool(args.project) },
    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    enableLegacyAbac: false,
    anonymousAuthenticationConfig: { mode: "LIMITED" },
    rbacBindingConfig: {
      enableInsecureBindingSystemAuthenticated: false,
      enableInsecureBindingSystemUnauthenticated: false,
    },
    secretManagerConfig: { enabled: true },
    ...(args.syncedSecrets && {
      secretSyncConfig: { enabled: true, rotationConfig: { enabled: true, rotationInterval: "300s" } },
    }),
    ...(args.secretsKey && { databaseEncryption: { state: "ENCRYPTED", keyName: args.secretsKey } }),
    ...(args.securityGroup && { authenticatorGroupsConfig: { securityGroup: args.securityGroup } }),
  } satisfies container.ClusterArgs;
}

/** Pools are resources of their own: a pool inside the cluster could only be removed with it. */
function nodeArgs(args: ClusterArgs) {
  return {
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    // GKE refuses a cluster without a pool. The one it starts with may outlive a killed `up`.
    nodeConfig: { serviceAccount: args.nodeAccount },
    enableShieldedNodes: true,
    nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
  } satisfies container.ClusterArgs;
}

/** Upgrades, what is logged and measured, and what is shown to whom. */
function upkeepArgs(args: ClusterArgs) {
  return {
    releaseChannel: { channel: args.releaseChannel },
    maintenancePolicy: {
      recurringWindow: {
        startTime: args.maintenance.start,
        endTime: windowEnd(args.maintenance),
        recurrence: `FREQ=WEEKLY;BYDAY=${args.maintenance.days.join(",")}`,
      },
    },
    loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"] },
    monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: true } },
    costManagementConfig: { enabled: true },
    securityPostureConfig: { mode: "BASIC" },
    addonsConfig: {
      httpLoadBalancing: { disabled: false },
      gcePersistentDiskCsiDriverConfig: { enabled: true },
      dnsCacheConfig: { enabled: true },
      ...(args.backedUp && { gkeBackupAgentConfig: { enabled: true } }),
    },
  } satisfies container.ClusterArgs;
}

/** The one pool of a project, whichever of its clusters a workload is in. */
function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}

function windowEnd({ start, hours }: ClusterSettings["maintenance"]): string {
  return new Date(Date.parse(start) + hours * 3_600_000).toISOString().replace(".000Z", "Z");
}
