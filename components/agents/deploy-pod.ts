import type * as kubernetes from "@pulumi/kubernetes/types/input";

import { inboundAgent, sharedVolumes, size, toolsContainer } from "./agent-container";
import { agentPlace, type AgentPlace } from "./agent-pod";
import { dockerClient } from "./docker-client";

export interface DeployPodArgs extends Omit<AgentPlace, "priority"> {
  images: {
    /** Connects to Jenkins; has git. */
    agent: string;
    /** What this repository's pipelines call: pulumi, Node, git. */
    tools: string;
  };
  /** Where Pulumi keeps what it knows of the stacks, `gs://BUCKET`. */
  state: string;
  /**
   * Secret with the key of the GitHub App that commits to this repository.
   * @default it cannot commit
   */
  writer?: string;
}

/** Where pipelines find the key; jenkins/pipelines reads it there. */
export const writerFolder = "/var/run/github-writer";

/** The pod in which a pipeline of this repository changes one target, or looks at all of them. */
export function deployPod(args: DeployPodArgs) {
  const { images, writer } = args;
  const mounted = writer === undefined ? [] : [writer];
  return {
    ...agentPlace({ ...args, priority: "standard" }),
    containers: [inboundAgent(images.agent), deploy(args, mounted.map(writerMount))],
    volumes: [...sharedVolumes, dockerClient.volume, ...mounted.map(writerVolume)],
  } satisfies kubernetes.core.v1.PodSpec;
}

/** The label by which pipelines ask for it. */
export function deployLabel(target: string): string {
  return `deploy-${target}`;
}

function deploy({ images, state }: DeployPodArgs, mounts: kubernetes.core.v1.VolumeMount[]) {
  const container = toolsContainer("deploy", images.tools, {
    PULUMI_BACKEND_URL: state,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Nobody is there to answer.
    GIT_TERMINAL_PROMPT: "0",
  });
  return {
    ...container,
    env: [...container.env, ...dockerClient.env],
    // The program of the largest stack, with the engine and its providers beside it.
    resources: size("500m", "2Gi"),
    volumeMounts: [...container.volumeMounts, dockerClient.mount, ...mounts],
  };
}

const writerVolume = (secretName: string) => ({
  name: "github-writer",
  secret: { secretName, defaultMode: 0o440 },
});

const writerMount = () => ({ name: "github-writer", mountPath: writerFolder, readOnly: true });
