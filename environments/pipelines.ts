import { Agents } from "../components/agents";
import { Identity } from "../components/identity";
import { Namespace } from "../components/namespace";
import { builderPodRules, placeRules } from "../components/pod-rules";
import type { Loaded } from "../config/load";
import type { CiSettings } from "../config/settings";
import { previewerRoles } from "./access";
import { type Ground, roomFor } from "./ground";

/** Where build pods run, and the Kubernetes account they run as. */
export const builds = { namespace: "builds", account: "builder" };

/** Where deploy pods run, each as the account of its target. */
export const deploys = { namespace: "deploys" };

/** The account of deploy pods that change nothing: previews, and the nightly search for drift. */
export const previewer = "preview";

/** The account of deploy pods that restore backups, into instances that they make for that and delete. */
export const rehearser = "rehearsal";

/** Builds images in build pods, rootless; the only image that may run unconfined, so the digest is what counts. */
export const buildkit =
  "moby/buildkit:v0.33.0-rootless@sha256:80b15f0735e87bab7bf59ec4d695dfb4a7cfb25521cf56dc75d6f256285b63ef";

/** Where Jenkins is, and its Kubernetes accounts that start pods: the controller's own starts no deploy pod. */
export const jenkins = { namespace: "jenkins", account: "jenkins", deployStarter: "deploy-agents" };

/** Where pipelines run and who they are there. */
export interface Pipelines {
  /** The account that pushes, as an IAM member. */
  readonly builder: Identity;
  readonly deploys: Namespace;
  readonly parts: readonly (Identity | Namespace | Agents)[];
}

/** Who writes a pipeline writes its pods: namespaces and accounts are apart for those that build and those that deploy. */
export function createPipelines(stack: string, settings: Loaded<CiSettings>, ground: Ground): Pipelines {
  const { project, region } = settings;
  const { outside, inside, cluster } = ground;
  const namespaces = createNamespaces(settings, ground);
  const identity = (name: string, prefix: string, purpose: string, namespace: string) =>
    new Identity(
      name,
      {
        prefix,
        project,
        purpose,
        workload: { namespace, account: name, pool: cluster.workloadPool },
        ...(name === previewer && { roles: previewerRoles }),
      },
      outside,
    );
  const builder = identity(builds.account, stack, "Build pods push images and charts", builds.namespace);
  const deployers = Object.fromEntries(
    targetsOf(settings).map((target) => [
      target,
      identity(target, "deployer", purposeOf(target), deploys.namespace),
    ]),
  );
  const started = (starter: string) =>
    settings.jenkins ? { jenkins: { namespace: jenkins.namespace, starter } } : {};
  const registryHost = `${region}-docker.pkg.dev`;
  const agents = [
    new Agents(
      builds.namespace,
      {
        namespace: namespaces.builds.name,
        accounts: { [builds.account]: builder.email },
        registryHost,
        ...started(jenkins.account),
      },
      inside,
    ),
    new Agents(
      deploys.namespace,
      {
        namespace: namespaces.deploys.name,
        accounts: Object.fromEntries(Object.entries(deployers).map(([target, { email }]) => [target, email])),
        registryHost,
        ...started(jenkins.deployStarter),
      },
      inside,
    ),
  ];
  return {
    builder,
    deploys: namespaces.deploys,
    parts: [builder, ...Object.values(deployers), ...Object.values(namespaces), ...agents],
  };
}

/** Accounts of deploy pods: one a target, one that looks at all of them, and one that restores their backups. */
export function targetsOf({ deployers }: Pick<CiSettings, "deployers">): string[] {
  return [...deployers, previewer, rehearser];
}

function purposeOf(target: string): string {
  const others: Readonly<Record<string, string>> = {
    [previewer]: "Looks at every stack, and changes nothing",
    [rehearser]: "Restores backups into instances of its own, and deletes those",
  };
  return others[target] ?? `Releases into ${target}, and nowhere else`;
}

function createNamespaces(settings: Loaded<CiSettings>, { inside }: Ground) {
  const forBuilds = roomFor(settings.cluster, builds.namespace);
  const forDeploys = roomFor(settings.cluster, deploys.namespace);
  // Pods of pipelines live on localhost, keep nothing, and call git, registries, Google and other clusters.
  const pipelines = { disks: false, traffic: { loadBalanced: false, scraped: false } };
  return {
    builds: new Namespace(
      builds.namespace,
      {
        ...pipelines,
        namespace: builds.namespace,
        pods: {
          level: "privileged",
          rules: [
            ...placeRules({ accounts: [builds.account], pools: forBuilds.pools }),
            ...builderPodRules({ image: buildkit, account: builds.account }),
          ],
        },
        // What waits for a build can wait; what waits for a release should not.
        priorities: ["batch"],
        traffic: { ...pipelines.traffic, internetPorts: [22, 443] },
        capacity: forBuilds.capacity,
        container: { cpu: "500m", memory: "1Gi" },
      },
      inside,
    ),
    deploys: new Namespace(
      deploys.namespace,
      {
        ...pipelines,
        namespace: deploys.namespace,
        pods: {
          level: "restricted",
          rules: placeRules({ accounts: targetsOf(settings), pools: forDeploys.pools }),
        },
        priorities: ["standard"],
        traffic: { ...pipelines.traffic, internetPorts: [443] },
        capacity: forDeploys.capacity,
        container: { cpu: "250m", memory: "512Mi" },
      },
      inside,
    ),
  };
}
