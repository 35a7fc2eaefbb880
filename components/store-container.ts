import type * as kubernetes from "@pulumi/kubernetes/types/input";

/** What a store can be; the last part of its name. */
export type StoreKind = "postgres" | "redis";

interface Store {
  readonly image: string;
  readonly version: string;
  readonly port: number;
  /** Who it runs as; the image has this user. */
  readonly user: number;
  readonly args: readonly string[];
  /** Says by its exit status whether it answers. */
  readonly answers: (user: string) => string[];
  readonly variables: (user: string) => Record<string, string>;
  readonly writable: readonly string[];
  readonly memory: string;
}

/**
 * The kinds at the major versions that Cloud SQL and Memorystore run, PostgreSQL with the same library for sorting text.
 * What people test with on their machines is the same: templates/service/scripts/stores.sh.
 */
export const stores: Readonly<Record<StoreKind, Store>> = {
  postgres: {
    image:
      "docker.io/library/postgres:18.6-bookworm@sha256:1c59e2c3c818eaa0f0628f695b36e7c9e362d6b219b36a54a32df645cbd7e1af",
    version: "18.6",
    port: 5432,
    user: 999,
    // What a crash of the node could lose is lost with the node anyway.
    args: ["postgres", "-c", "fsync=off"],
    // By the network: while it sets itself up it listens on its socket only.
    answers: (user) => ["pg_isready", "-h", "127.0.0.1", "-U", user, "-d", user],
    variables: (user) => ({
      POSTGRES_USER: user,
      POSTGRES_DB: user,
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

/**
 * A store that asks nobody who they are; only what reaches it makes it safe.
 *
 * `user` owns the database of the same name, where the store has users.
 */
export function storeContainer(kind: StoreKind, user: string) {
  const { image, port, args, answers, variables, writable, memory } = stores[kind];
  const exec = { command: answers(user) };
  return {
    name: kind,
    image,
    args: [...args],
    ports: [{ name: kind, containerPort: port }],
    env: Object.entries(variables(user)).map(([name, value]) => ({ name, value })),
    startupProbe: { exec, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
    readinessProbe: { exec, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: { exec, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    resources: { requests: { cpu: "50m", memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: writable.map((mountPath, index) => ({ name: volumeName(kind, index), mountPath })),
  } satisfies kubernetes.core.v1.Container;
}

/** Folders that it writes to, gone with its pod. */
export function storeVolumes(kind: StoreKind) {
  return stores[kind].writable.map((_, index) => ({
    name: volumeName(kind, index),
    emptyDir: { sizeLimit: "1Gi" },
  })) satisfies kubernetes.core.v1.Volume[];
}

function volumeName(kind: StoreKind, index: number): string {
  return `${kind}-${index}`;
}
