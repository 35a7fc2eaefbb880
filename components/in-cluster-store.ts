import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { KubernetesAccount } from "./kubernetes-account";
import { storeContainer, type StoreKind, stores, storeVolumes } from "./store-container";
import { podLabels, wayToStore } from "./traffic";

export interface InClusterStoreArgs {
  kind: StoreKind;
  /** The one service that uses it. */
  service: string;
  namespace: pulumi.Input<string>;
  /** Team that answers for the service, as a label. */
  owner: string;
  /** What has to be there before its pod. */
  needs: readonly pulumi.Resource[];
}

/**
 * A store of one service inside the cluster, for an environment that keeps nothing.
 *
 * Its data is disposable: it is in the pod's own folder and gone with the pod, on the day its node is taken away at
 * the latest, and migrations fill the next one only when the service is next released. It asks nobody who they are,
 * which is right only because no other pods than the service's reach it; the policy that sees to that is made here.
 */
export class InClusterStore extends pulumi.ComponentResource {
  /** Name under which the service's pods find it. */
  public readonly host: pulumi.Output<string>;

  constructor(name: string, args: InClusterStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:InClusterStore", name, {}, opts);

    const { port } = stores[args.kind];
    const labels = storeLabels(name, args);
    const metadata = (called: string) => ({ name: called, namespace: args.namespace, labels });
    const way = wayToStore(args.service, { name, port });
    const closed = new networking.NetworkPolicy(
      name,
      { metadata: metadata(name), spec: way.in },
      { parent: this },
    );
    new networking.NetworkPolicy(
      `${name}-users`,
      { metadata: metadata(`${args.service}-to-${args.kind}`), spec: way.out },
      { parent: this },
    );
    const account = new KubernetesAccount(name, { namespace: args.namespace }, { parent: this });
    new apps.Deployment(
      name,
      { metadata: metadata(name), spec: storeSpec(name, account.name, args) },
      // It answers everybody who reaches it, so it is closed first; no input says so.
      { parent: this, dependsOn: [closed, ...args.needs] },
    );
    const service = new core.Service(
      name,
      { metadata: metadata(name), spec: { selector: selectorOf(name), ports: [{ name: args.kind, port }] } },
      { parent: this },
    );

    this.host = service.metadata.name;
    this.registerOutputs({ host: this.host });
  }
}

export function storeSpec(name: string, account: pulumi.Input<string>, args: InClusterStoreArgs) {
  return {
    replicas: 1,
    // Two at a time would be two stores with different contents.
    strategy: { type: "Recreate" },
    selector: { matchLabels: selectorOf(name) },
    template: {
      metadata: {
        labels: storeLabels(name, args),
        // A node that the autoscaler would like to save takes the contents with it.
        annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      },
      spec: podSpec(account, args),
    },
  } satisfies kubernetes.apps.v1.DeploymentSpec;
}

function podSpec(account: pulumi.Input<string>, { kind, service }: InClusterStoreArgs) {
  const { user } = stores[kind];
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: "standard",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [storeContainer(kind, service)],
    volumes: storeVolumes(kind),
  } satisfies kubernetes.core.v1.PodSpec;
}

function selectorOf(name: string): Record<string, string> {
  return { [podLabels.name]: name };
}

function storeLabels(name: string, { kind, service, owner }: InClusterStoreArgs): Record<string, string> {
  return {
    ...selectorOf(name),
    "app.kubernetes.io/version": stores[kind].version,
    "app.kubernetes.io/managed-by": "pulumi",
    "app.kubernetes.io/part-of": "product",
    owner,
    [podLabels.store]: service,
  };
}
