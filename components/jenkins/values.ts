import type * as pulumi from "@pulumi/pulumi";

import { type JenkinsRelease, pluginLines, tagAndDigest } from "../../config/jenkins/release";
import { podLabels } from "../traffic";
import { cascText, helmText } from "./casc";
import { github, type GithubArgs } from "./github";
import { library, type LibraryArgs } from "./library";
import { metrics, metricsPath } from "./metrics";
import { securityRealmAndMatrix, type SecurityArgs } from "./security";
import { slack, type SlackArgs } from "./slack";

export interface ValuesArgs {
  release: JenkinsRelease;
  /** Where people find it, `https://jenkins.ci.acme.example`. */
  url: string;
  security: SecurityArgs;
  library: LibraryArgs;
  slack: SlackArgs;
  github: GithubArgs;
  /** Existing Secret with the keys of the OAuth app; the program never has what is in it. */
  loginSecret: pulumi.Input<string>;
  /** Kubernetes account of the controller. */
  account: string;
  /** Pool of nodes that the controller is on. */
  pool: string;
  home: { storageClass: string; sizeGib: number };
}

/** Name of everything that the chart makes. */
export const controllerName = "jenkins";

/** Label of the ConfigMaps that are loaded when they change, without a restart. */
export const reloadLabel = { [`${controllerName}-jenkins-config`]: "true" };

const container = {
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/** One user for all, and nothing that the restricted level of the Pod Security Standards refuses. */
const pod = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  fsGroup: 1000,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** Values of the chart. Jobs and clouds are not among them: they change often, and without an upgrade. */
export function jenkinsValues(args: ValuesArgs) {
  const { release, home } = args;
  const { controller, configReload } = release.images;
  return {
    fullnameOverride: controllerName,
    controller: {
      image: { repository: controller.repository, tag: tagAndDigest(controller), pullPolicy: "IfNotPresent" },
      // Nobody logs in by a password: people come through GitHub.
      admin: { createSecret: false },
      existingSecret: args.loginSecret,
      jenkinsUrl: args.url,
      numExecutors: 0,
      executorMode: "EXCLUSIVE",
      installPlugins: pluginLines(release),
      // The list is the whole closure: at a start without the update centre nothing else may be looked for.
      installLatestPlugins: false,
      overwritePlugins: true,
      javaOpts: "-XX:MaxRAMPercentage=60",
      resources: { requests: { cpu: "1", memory: "4Gi" }, limits: { memory: "4Gi" } },
      podSecurityContextOverride: pod,
      containerSecurityContext: { runAsUser: 1000, runAsGroup: 1000, ...container },
      // The first start unpacks all plugins.
      probes: { startupProbe: { failureThreshold: 30 } },
      // The chart's own budget would block every drain of the node for ever.
      podDisruptionBudget: { enabled: true, apiVersion: "policy/v1", maxUnavailable: 1 },
      podAnnotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      podLabels: { [podLabels.exposed]: "true" },
      nodeSelector: { pool: args.pool },
      priorityClassName: "platform",
      googlePodMonitor: { enabled: true, scrapeEndpoint: metricsPath },
      testEnabled: false,
      sidecars: {
        configAutoReload: {
          enabled: true,
          image: { repository: configReload.repository, tag: tagAndDigest(configReload) },
          resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "128Mi" } },
          containerSecurityContext: container,
        },
      },
      JCasC: {
        // The chart's own configuration always has a cloud of its own, without a way to leave it out.
        defaultConfig: false,
        configScripts: configScripts(args),
      },
    },
    // What may start pods, and where, is no matter of the chart: it gives its account rights by the namespace.
    rbac: { create: false },
    serviceAccount: { create: false, name: args.account },
    agent: { enabled: false },
    persistence: { storageClass: home.storageClass, size: `${home.sizeGib}Gi` },
  };
}

/** What is left of the configuration, one file for each concern; no scalar stands in two of them. */
export function configScripts(args: ValuesArgs): Record<string, string> {
  const files: Record<string, object> = {
    controller: controllerConfiguration(args),
    library: { unclassified: library(args.library) },
    slack: { unclassified: slack(args.slack) },
    github: { unclassified: github(args.github) },
    metrics: { unclassified: metrics() },
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, configuration]) => [name, helmText(cascText(configuration))]),
  );
}

function controllerConfiguration({ url, security }: ValuesArgs) {
  return {
    jenkins: {
      ...securityRealmAndMatrix(security),
      numExecutors: 0,
      mode: "EXCLUSIVE",
      slaveAgentPort: 50000,
      disableRememberMe: false,
      markupFormatter: "plainText",
    },
    security: {
      apiToken: { creationOfLegacyTokenEnabled: false, tokenGenerationOnCreationEnabled: false },
      contentSecurityPolicy: { enforce: true },
    },
    unclassified: { location: { url } },
  };
}
