import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { KubernetesAccount } from "./kubernetes-account";
import { podLabels, wayToStore } from "./traffic";

/** What a store can be; the last part of its name. */
export type StoreKind = "postgres" | "redis";

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

interface Store {
  readonly image: string;
  readonly version: string;
  readonly port: number;
  /** Who it runs as; the image has this user. */
  readonly user: number;
  readonly args: readonly string[];
  /** Says by its exit status whether it answers. */
  readonly answers: (service: string) => string[];
  readonly variables: (service: string) => Record<string, string>;
  readonly writable: readonly string[];
  readonly memory: string;
}

/** The kinds at the major versions that the long-lived environments run. */
const stores: Readonly<Record<StoreKind, Store>> = {
  postgres: {
    image:
      "docker.io/library/postgres:18.4-alpine@sha256:9a8afca54e7861fd90fab5fdf4c42477a6b1cb7d293595148e674e0a3181de15",
    version: "18.4",
    port: 5432,
    user: 70,
    // What a crash of the node could lose is lost with the node anyway.
    args: ["postgres", "-c", "fsync=off"],
    // By the network: while it sets itself up it listens on its socket only.
    answers: (service) => ["pg_isready", "-h", "127.0.0.1", "-U", service, "-d", service],
    variables: (service) => ({
      POSTGRES_USER: service,
      POSTGRES_DB: service,
      POSTGRES_HOST_AUTH_METHOD: "trust",
    }),
    writable: ["/var/lib/postgresql", "/var/run/postgresql", "/tmp"],
    memory: "256Mi",
  },
  redis: {
    image:
      "docker.io/valkey/valkey:9.0.5-alpine@sha256:0cb61366757e2bcd26500b4e8bb63cbd7117610e3e4f05aacb3c812511da7632",
    version: "9.0.5",
    port: 6379,
    user: 999,
    // As the cache outside the cluster: full, it forgets, and it keeps nothing on disk. Protected mode would answer
    // nobody but the pod itself.
    args: [
      "valkey-server",
      ...["--protected-mode", "no"],
      ...["--save", ""],
      ...["--maxmemory", "96mb", "--maxmemory-policy", "allkeys-lru"],
    ],
    answers: () => ["valkey-cli", "ping"],
    variables: () => ({}),
    writable: ["/data"],
    memory: "128Mi",
  },
};

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
  const { user, writable } = stores[kind];
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
    containers: [container(kind, service)],
    volumes: writable.map((_, index) => ({ name: `writable-${index}`, emptyDir: { sizeLimit: "1Gi" } })),
  } satisfies kubernetes.core.v1.PodSpec;
}

function container(kind: StoreKind, service: string) {
  const { image, port, args, answers, variables, writable, memory } = stores[kind];
  const exec = { command: answers(service) };
  return {
    name: kind,
    image,
    args: [...args],
    ports: [{ name: kind, containerPort: port }],
    env: Object.entries(variables(service)).map(([name, value]) => ({ name, value })),
    startupProbe: { exec, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
    readinessProbe: { exec, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: { exec, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    resources: { requests: { cpu: "50m", memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: writable.map((mountPath, index) => ({ name: `writable-${index}`, mountPath })),
  } satisfies kubernetes.core.v1.Container;
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
