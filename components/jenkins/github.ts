/** Credentials by which Jenkins and GitHub know each other. */
export interface GithubArgs {
  /** Credential with the secret of the webhook, by which GitHub signs what it tells. */
  webhookSecretId: string;
}

/**
 * Slows down only near GitHub's limit; scans of many repositories would otherwise use it up and stop every build. What is
 * told of a push without GitHub's signature is refused, for whoever reads it: the plugin has the only address.
 */
export function github({ webhookSecretId }: GithubArgs) {
  return {
    gitHubConfiguration: { apiRateLimitChecker: "ThrottleOnOver" },
    gitHubPluginConfig: {
      // SHA-256, which is what the plugin takes where nothing is said.
      hookSecretConfigs: [{ credentialsId: webhookSecretId }],
    },
  };
}
