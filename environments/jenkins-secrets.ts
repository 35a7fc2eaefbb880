import { AccountToken, tokenKey } from "../components/account-token";
import { workloadPrincipal } from "../components/identity";
import { credentialKeys, credentialMetadata } from "../components/jenkins/credentials";
import { loginKeys } from "../components/jenkins/security";
import { KubernetesAccount } from "../components/kubernetes-account";
import type { Namespace } from "../components/namespace";
import { Secrets } from "../components/secrets";
import { SyncedSecret } from "../components/synced-secret";
import type { Loaded } from "../config/load";
import type { CiSettings } from "../config/settings";
import type { Ground } from "./ground";
import { deploys as deploysNamespace, jenkins, type Pipelines } from "./pipelines";
import { writerSecret } from "./pod-templates";

/** What pipelines and Jenkins itself know their credentials by; each is a Kubernetes Secret of that name. */
export const credentials = {
  /** Reads the repositories of services and this one. */
  reader: "github-reader",
  /** Token of the Slack app that speaks for builds. */
  slack: "slack-token",
  /** What GitHub signs with that it tells of a push; no pipeline gets it, for with it anybody could. */
  webhook: "github-webhook",
} as const;

/** Secret with the OAuth app of GitHub that people log in through. */
export const loginSecret = "jenkins-login";

/** A Kubernetes Secret of which people fill the values in Secret Manager, each by its key. */
interface Filled {
  readonly keys: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const [appId, appKey] = credentialKeys.gitHubApp;
const [text] = credentialKeys.secretText;

/** In the controller's namespace: what Jenkins itself uses, and what it lends to every pipeline. */
const ofJenkins: Readonly<Record<string, Filled>> = {
  [loginSecret]: { keys: { [loginKeys.id]: "login-client-id", [loginKeys.secret]: "login-client-secret" } },
  [credentials.reader]: {
    keys: { [appId]: "github-reader-app-id", [appKey]: "github-reader-private-key" },
    ...credentialMetadata({ type: "gitHubApp", description: "Reads repositories" }),
  },
  [credentials.slack]: {
    keys: { [text]: "slack-token" },
    ...credentialMetadata({ type: "secretText", description: "Bot of the Slack app" }),
  },
  [credentials.webhook]: {
    keys: { [text]: "github-webhook-secret" },
    ...credentialMetadata({ type: "secretText", description: "Signs GitHub's webhooks", scope: "system" }),
  },
};

/**
 * In the namespace of deploys: what Jenkins must not have. Any pipeline may ask Jenkins for a credential by its name; a
 * deploy pod is only started for the jobs of this repository.
 */
const ofDeploys: Readonly<Record<string, Filled>> = {
  [writerSecret]: {
    keys: {
      "app-id": "github-writer-app-id",
      "installation-id": "github-writer-installation-id",
      "private-key": "github-writer-private-key",
    },
  },
};

/** All that is secret about pipelines: containers that people fill, and where their values get to. */
export function createJenkinsSecrets(
  stack: string,
  settings: Loaded<CiSettings>,
  { outside, inside, cluster }: Ground,
  { controller, deploys }: { controller: Namespace; deploys: Pipelines["deploys"] },
) {
  const { region, projectNumber, lifecycle } = settings;
  const fill = (
    name: string,
    namespace: Namespace,
    namespaceName: string,
    secrets: Readonly<Record<string, Filled>>,
  ) => {
    const account = `${name}-secrets`;
    const reader = new KubernetesAccount(account, { namespace: namespace.name }, inside);
    const workload = { namespace: namespaceName, account, pool: cluster.workloadPool };
    const kept = new Secrets(
      name,
      {
        prefix: stack,
        region,
        secrets: Object.values(secrets).flatMap(({ keys }) => Object.values(keys)),
        reader: workloadPrincipal(projectNumber, workload),
        lifecycle,
      },
      outside,
    );
    const synced = mapValues(
      secrets,
      ({ keys, ...metadata }, secret) =>
        new SyncedSecret(
          secret,
          {
            namespace: namespace.name,
            secret,
            reader: account,
            versions: mapValues(keys, (version) => kept.versions[version] ?? ""),
            ...metadata,
          },
          inside,
        ),
    );
    return { parts: [reader, kept, ...Object.values(synced)], synced };
  };
  const starter = new AccountToken(
    jenkins.deployStarter,
    {
      namespace: controller.name,
      // To Jenkins alone: with it every pipeline could start pods where releases are made.
      ...credentialMetadata({
        type: "secretText",
        description: "Starts deploy pods",
        scope: "system",
        keys: { [text]: tokenKey },
      }),
    },
    inside,
  );
  const ofController = fill("jenkins", controller, jenkins.namespace, ofJenkins);
  const ofPipelines = fill("deploys", deploys, deploysNamespace.namespace, ofDeploys);
  return {
    /** Name of the Secret that Jenkins does not start without, known once GKE has been told to make it. */
    login: ofController.synced[loginSecret]?.secret ?? loginSecret,
    parts: [...ofController.parts, ...ofPipelines.parts, starter],
  };
}

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  of: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, of(value, key)]));
}
