import type * as kubernetes from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { buildLabel, buildPod } from "../components/agents/build-pod";
import { deployLabel, deployPod } from "../components/agents/deploy-pod";
import { requestOf } from "../components/agents/pod-request";
import type { CloudArgs } from "../components/jenkins/clouds";
import type { PodTemplate } from "../components/jenkins/pod-templates";
import type { StoreKind } from "../components/store-container";
import { imageReference, jenkinsRelease } from "../config/jenkins/release";
import { podsThatFit } from "../config/machine-size";
import type { CiSettings, ClusterSettings, JenkinsSettings } from "../config/settings";
import { popupsBase } from "../config/stacks";
import { roomFor } from "./ground";
import { buildkit, builds, deploys, previewer, rehearser, targetsOf } from "./pipelines";

type Settings = Pick<CiSettings, "project" | "region" | "cluster" | "deployers"> & {
  jenkins: JenkinsSettings;
};

/** Every choice of data stores that a service may make. */
const storeChoices: readonly (readonly StoreKind[])[] = [[], ["postgres"], ["redis"], ["postgres", "redis"]];

/** Secret in `deploys` with the key of the GitHub App that commits to this repository. */
export const writerSecret = "github-writer";

const agent = imageReference(jenkinsRelease.images.agent);

/** Pods that build services, one kind for each choice of data stores. */
export function buildPods(settings: Settings): CloudArgs {
  const repository = (id: string) => `${settings.region}-docker.pkg.dev/${settings.project}/${id}`;
  const images = { agent, tools: settings.jenkins.images.builds, buildkit };
  const registry = {
    images: repository("images"),
    charts: repository("charts"),
    cache: repository("cache"),
  };
  const pool = poolFor(settings.cluster, builds.namespace);
  return cloud(settings.cluster, builds.namespace, pool.name, (make) =>
    Object.fromEntries(
      storeChoices.map((stores) => [
        buildLabel(stores),
        make(buildPod({ account: builds.account, pool, images, registry, stores })),
      ]),
    ),
  );
}

/** Accounts whose pods write no version into this repository: who deploys none, and pop-ups, whose versions are nobody's record. */
const nothingToCommit: readonly string[] = [previewer, rehearser, popupsBase];

/** Pods that release, one kind for each target. */
export function deployPods(settings: Settings): CloudArgs {
  const { state, images } = settings.jenkins;
  const pool = poolFor(settings.cluster, deploys.namespace);
  return cloud(settings.cluster, deploys.namespace, pool.name, (make) =>
    Object.fromEntries(
      targetsOf(settings).map((account) => [
        deployLabel(account),
        make(
          deployPod({
            account,
            pool,
            images: { agent, tools: images.deploys },
            state,
            ...(!nothingToCommit.includes(account) && { writer: writerSecret }),
          }),
        ),
      ]),
    ),
  );
}

/** Jenkins starts no more pods than there are machines for: more would wait in the cluster, where no queue is seen. */
function cloud(
  { pools }: ClusterSettings,
  namespace: string,
  pool: string,
  templates: (make: (spec: kubernetes.core.v1.PodSpec) => PodTemplate) => Record<string, PodTemplate>,
): CloudArgs {
  const settings = pools[pool];
  if (!settings) throw new Error(`there is no pool for ${namespace}`);
  const { machineType, maxNodes } = settings;
  const made = templates((spec) => {
    const request = requestOf(spec);
    const instanceCap = maxNodes * podsThatFit(machineType, request);
    // To Jenkins a cap of none means no cap for a cloud, and a queue for ever for a kind of pods.
    if (instanceCap === 0) {
      throw new pulumi.RunError(
        `platform:cluster.pools.${pool} has ${maxNodes} machines ${machineType}, and no pod of ${namespace} fits onto one; ` +
          `it requests ${request.millicpus / 1000} CPUs and ${request.mebibytes / 1024} GiB beside the system: take larger machines`,
      );
    }
    return { spec, instanceCap };
  });
  return {
    namespace,
    containerCap: Math.max(...Object.values(made).map(({ instanceCap }) => instanceCap)),
    templates: made,
  };
}

/** Where the pods of a namespace run: in the first pool that is for them, which says what they have to tolerate. */
function poolFor(cluster: ClusterSettings, namespace: string) {
  const [name = ""] = roomFor(cluster, namespace).pools;
  return { name, taint: cluster.pools[name]?.taint };
}
