import { podTemplates, type PodTemplate } from "./pod-templates";

export interface CloudArgs {
  /** Namespace of its pods. */
  namespace: string;
  /** How many of its pods may run at once, whatever their label. */
  containerCap: number;
  /** By the label that pipelines ask for; no two clouds share one. */
  templates: Readonly<Record<string, PodTemplate>>;
}

export interface DeploysCloudArgs extends CloudArgs {
  /** The credential with the token of the account that starts deploy pods: not the controller's own. */
  credentialsId: string;
}

export interface CloudsArgs {
  builds: CloudArgs;
  deploys: DeploysCloudArgs;
}

/** Names of the clouds; folders say which of the restricted ones their jobs may use. */
export const cloudNames = { builds: "builds", deploys: "deploys" } as const;

/**
 * Where pods of pipelines run. Every pipeline may use `builds`; `deploys` takes only jobs in folders that are permitted,
 * and starts its pods with another token, so the controller's own account has no right there.
 * @throws when both clouds have a label: a build would run where a release should, as a release.
 */
export function clouds({ builds, deploys }: CloudsArgs, controller: { namespace: string; name: string }) {
  const shared = Object.keys(builds.templates).filter((label) => label in deploys.templates);
  if (shared.length > 0) {
    throw new Error(
      `the clouds builds and deploys both have pods labelled ${shared.join(", ")}; give each label to one of them`,
    );
  }
  const host = (service: string) => `${service}.${controller.namespace}.svc.cluster.local`;
  const cloud = (name: string, { namespace, containerCap, templates }: CloudArgs) => ({
    name,
    serverUrl: "https://kubernetes.default",
    namespace,
    jenkinsUrl: `http://${host(controller.name)}:8080`,
    jenkinsTunnel: `${host(`${controller.name}-agent`)}:50000`,
    containerCapStr: `${containerCap}`,
    connectTimeout: "15",
    readTimeout: "30",
    maxRequestsPerHostStr: "32",
    retentionTimeout: "5",
    waitForPodSec: "900",
    garbageCollection: { namespaces: namespace, timeout: "600" },
    templates: podTemplates(templates),
  });
  return {
    jenkins: {
      clouds: [
        { kubernetes: { ...cloud(cloudNames.builds, builds), usageRestricted: false } },
        {
          kubernetes: {
            ...cloud(cloudNames.deploys, deploys),
            usageRestricted: true,
            credentialsId: deploys.credentialsId,
          },
        },
      ],
    },
  };
}
