import type * as kubernetes from "@pulumi/kubernetes/types/input";

import { storeContainer, type StoreKind, stores, storeVolumes } from "../store-container";
import { agentUser, inboundAgent, sharedVolumes, size, toolsContainer } from "./agent-container";
import { agentPlace, type AgentPlace } from "./agent-pod";
import { dockerClient } from "./docker-client";

export interface BuildPodArgs extends Omit<AgentPlace, "priority"> {
  images: {
    /** Connects to Jenkins; has git. */
    agent: string;
    /** What Makefiles of services call: make, buildctl, helm, git. */
    tools: string;
    /** The one image that may run unconfined, as the rules of the namespace have it. */
    buildkit: string;
  };
  registry: {
    /** `LOCATION-docker.pkg.dev/PROJECT/images` */
    images: string;
    charts: string;
    /** Layers of earlier builds. */
    cache: string;
  };
  /** Data stores beside the build, on localhost. */
  stores: readonly StoreKind[];
}

/** Where BuildKit listens, for who shares the folder. */
const socketFolder = "/run/user/1000/buildkit";
const socket = `unix://${socketFolder}/buildkitd.sock`;

/**
 * The pod of one build: tools that run `make`, BuildKit without root, and the data stores that the tests use.
 *
 * It is the isolated network of the build: BuildKit without root builds and tests in the network of its pod, where the
 * stores are on localhost. https://github.com/moby/buildkit/blob/master/docs/rootless.md
 */
export function buildPod(args: BuildPodArgs) {
  const { images } = args;
  return {
    ...agentPlace({ ...args, priority: "batch" }),
    containers: [
      inboundAgent(images.agent),
      build(args),
      buildkit(images.buildkit),
      ...args.stores.map(store),
    ],
    volumes: [
      ...sharedVolumes,
      { name: "buildkit-socket", emptyDir: {} },
      // On the node's disk: an overlay inside the container's own would be refused.
      { name: "buildkit-state", emptyDir: { sizeLimit: "60Gi" } },
      { name: "buildkit-tmp", emptyDir: {} },
      dockerClient.volume,
      ...args.stores.flatMap(storeVolumes),
    ],
  } satisfies kubernetes.core.v1.PodSpec;
}

/** The label by which pipelines ask for it: `service-build-postgres-redis`. */
export function buildLabel(stores: readonly StoreKind[]): string {
  return ["service-build", ...[...stores].sort()].join("-");
}

function build({ images, registry }: BuildPodArgs) {
  const container = toolsContainer("build", images.tools, {
    IMAGES: registry.images,
    CHARTS: `oci://${registry.charts}`,
    CHART_BASE: `oci://${registry.charts}/service-base`,
    REGISTRY_CACHE: registry.cache,
    BUILDKIT_HOST: socket,
  });
  return {
    ...container,
    env: [...container.env, ...dockerClient.env],
    volumeMounts: [
      ...container.volumeMounts,
      { name: "buildkit-socket", mountPath: socketFolder },
      dockerClient.mount,
    ],
  };
}

function buildkit(image: string) {
  const unconfined = { type: "Unconfined" };
  return {
    name: "buildkitd",
    image,
    args: [`--addr=${socket}`, "--oci-worker-no-process-sandbox"],
    resources: size("2", "4Gi"),
    // A user namespace, mounts in it, and two setuid programs that map users: all of it without root.
    securityContext: {
      runAsUser: agentUser,
      runAsGroup: agentUser,
      seccompProfile: unconfined,
      appArmorProfile: unconfined,
    },
    startupProbe: probe(1, 60),
    readinessProbe: probe(10, 3),
    volumeMounts: [
      { name: "buildkit-socket", mountPath: socketFolder },
      { name: "buildkit-state", mountPath: "/home/user/.local/share/buildkit" },
      { name: "buildkit-tmp", mountPath: "/tmp" },
    ],
  } satisfies kubernetes.core.v1.Container;
}

function probe(periodSeconds: number, failureThreshold: number) {
  const exec = { command: ["buildctl", "--addr", socket, "debug", "workers"] };
  return { exec, periodSeconds, failureThreshold, timeoutSeconds: 5 };
}

/** As the user of its image, with the login that everybody has on a laptop too. */
function store(kind: StoreKind) {
  const { user } = stores[kind];
  const container = storeContainer(kind, "postgres");
  return {
    ...container,
    securityContext: { ...container.securityContext, runAsUser: user, runAsGroup: user },
  };
}
