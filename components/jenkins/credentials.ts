/** Kinds of credentials that Jenkins makes of Kubernetes Secrets in its namespace, and the keys that each has. */
export const credentialKeys = {
  gitHubApp: ["appID", "privateKey"],
  secretText: ["text"],
} as const;

export interface CredentialArgs {
  type: keyof typeof credentialKeys;
  /** What it is for; people see it in Jenkins. */
  description: string;
  /**
   * Who may use it: `global`, every pipeline of every repository; `system`, Jenkins itself alone.
   * @default "global"
   */
  scope?: "global" | "system";
  /**
   * Keys of the Secret where they have other names than the kind's own.
   * @default as in `credentialKeys`
   */
  keys?: Readonly<Record<string, string>>;
}

/**
 * Labels and annotations that make a Kubernetes Secret a credential of Jenkins, called as the Secret is.
 * https://jenkinsci.github.io/kubernetes-credentials-provider-plugin/examples/
 */
export function credentialMetadata({ type, description, scope = "global", keys = {} }: CredentialArgs) {
  return {
    labels: { "jenkins.io/credentials-type": type, "jenkins.io/credentials-scope": scope },
    annotations: {
      "jenkins.io/credentials-description": description,
      ...Object.fromEntries(
        Object.entries(keys).map(([key, called]) => [`jenkins.io/credentials-keybinding-${key}`, called]),
      ),
    },
  };
}
