import type * as kubernetes from "@pulumi/kubernetes/types/input";

/** Name of the ConfigMap in each namespace of pipelines. */
export const dockerConfigName = "docker-client";

/**
 * How Docker's clients (BuildKit's, Helm, Pulumi's Helm) log in to a registry: by asking docker-credential-metadata, which
 * is in the images of jenkins/images, for a token of the pod's Google account. So nobody logs in, and no token is kept.
 * https://github.com/docker/docker-credential-helpers
 */
export function dockerConfig(registryHost: string): Record<string, string> {
  return { "config.json": `${JSON.stringify({ credHelpers: { [registryHost]: "metadata" } }, null, 2)}\n` };
}

const folder = "/etc/docker-client";

/** The same in a pod. */
export const dockerClient = {
  volume: { name: "docker-client", configMap: { name: dockerConfigName } },
  mount: { name: "docker-client", mountPath: folder, readOnly: true },
  env: [
    { name: "DOCKER_CONFIG", value: folder },
    { name: "HELM_REGISTRY_CONFIG", value: `${folder}/config.json` },
    { name: "PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH", value: `${folder}/config.json` },
  ],
} satisfies {
  volume: kubernetes.core.v1.Volume;
  mount: kubernetes.core.v1.VolumeMount;
  env: kubernetes.core.v1.EnvVar[];
};
