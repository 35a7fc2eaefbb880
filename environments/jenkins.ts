import { Gateway } from "../components/gateway";
import { Jenkins } from "../components/jenkins";
import { Namespace } from "../components/namespace";
import { NamespaceBackup } from "../components/namespace-backup";
import { placeRules } from "../components/pod-rules";
import { PublicName } from "../components/public-name";
import { addressRanges } from "../config/addresses";
import { jenkinsRelease } from "../config/jenkins/release";
import type { Loaded } from "../config/load";
import { physicalName } from "../config/names";
import type { CiSettings, JenkinsSettings } from "../config/settings";
import { type Ground, roomFor } from "./ground";
import { createJenkinsSecrets, credentials } from "./jenkins-secrets";
import { builds, deploys, jenkins, type Pipelines } from "./pipelines";
import { buildPods, deployPods } from "./pod-templates";

/** Where the chart of Jenkins is published. */
const chart = { name: "jenkins", repository: "https://charts.jenkins.io" };

/** The storage class of Jenkins' home. */
export const jenkinsHome = "jenkins-home";

/** The only branch that library and pipelines are taken from; the pipelines commit to it by this name. */
const mainBranch = "main";

/** Long enough to notice that something is missing, short of what a year of them would cost. */
const backupDaysKept = 30;

/** Jenkins with all that it needs: its namespace, its secrets, its name on the internet, and a backup of its home. */
export function createJenkins(
  stack: string,
  settings: Loaded<CiSettings> & { jenkins: JenkinsSettings },
  ground: Ground,
  pipelines: Pipelines,
) {
  const { region, lifecycle } = settings;
  const { outside, inside, cluster, labels } = ground;
  const { github, slack, domain, homeGb, installed } = settings.jenkins;

  const controller = createNamespace(settings, ground);
  const secrets = createJenkinsSecrets(stack, settings, ground, {
    controller,
    deploys: pipelines.deploys,
  });
  const own = new PublicName(
    "public",
    { domain, calledAs: physicalName("publicName", stack, "public"), lifecycle },
    outside,
  );
  const gateway = new Gateway(
    "public",
    {
      prefix: stack,
      namespace: controller.name,
      zone: own.zone,
      certificateMap: own.certificateMap,
      hosts: { wildcard: `*.${domain}` },
      lifecycle,
    },
    { providers: [...outside.providers, inside.provider] },
  );
  const hostname = `jenkins.${domain}`;
  const server = new Jenkins(
    "jenkins",
    {
      release: jenkinsRelease,
      chart,
      installed,
      namespaceName: jenkins.namespace,
      namespace: controller.name,
      agentNamespaces: [builds.namespace, deploys.namespace],
      hostname,
      gateway: gateway.name,
      pool: roomFor(settings.cluster).pools[0] ?? "",
      home: { storageClass: jenkinsHome, sizeGib: homeGb },
      loginSecret: secrets.login,
      security: github,
      library: {
        repository: github.repository,
        defaultVersion: mainBranch,
        credentialsId: credentials.reader,
      },
      slack: { ...slack, credentialsId: credentials.slack },
      github: { webhookSecretId: credentials.webhook },
      clouds: {
        builds: buildPods(settings),
        deploys: { ...deployPods(settings), credentialsId: jenkins.deployStarter },
      },
      jobs: { ...github, branch: mainBranch, readerId: credentials.reader },
      // Its pod. Credentials and rights may come while it runs: it watches the former, and asks again for the latter.
      needs: [controller],
    },
    inside,
  );
  const backup = new NamespaceBackup(
    "jenkins",
    {
      prefix: stack,
      region,
      cluster: cluster.id,
      namespace: jenkins.namespace,
      daysKept: backupDaysKept,
      labels,
      lifecycle,
    },
    outside,
  );
  return {
    parts: [controller, ...secrets.parts, own, gateway, server, backup],
    outputs: { jenkins: `https://${hostname}`, nameServers: own.nameServers },
  };
}

/** The controller's own: it is restricted like all, and nothing else may run beside it. */
function createNamespace(settings: Loaded<CiSettings>, { inside }: Ground): Namespace {
  const room = roomFor(settings.cluster);
  return new Namespace(
    jenkins.namespace,
    {
      namespace: jenkins.namespace,
      pods: {
        level: "restricted",
        rules: placeRules({ accounts: [jenkins.account], pools: room.pools }),
      },
      priorities: ["platform"],
      traffic: {
        internetPorts: [443],
        loadBalanced: true,
        scraped: true,
        apiServer: addressRanges(settings.network.addresses).nodes,
      },
      capacity: room.capacity,
      disks: true,
      container: { cpu: "50m", memory: "128Mi" },
    },
    inside,
  );
}
