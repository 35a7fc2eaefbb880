import { SecretKey } from "./casc";

export interface SecurityArgs {
  /** GitHub organization; its members see and start builds. */
  organization: string;
  /** Team, by its slug, that administers Jenkins. */
  administrators: string;
}

/** Keys of the Secret with the OAuth app of GitHub that people log in through. */
export const loginKeys = { id: "github-oauth-client-id", secret: "github-oauth-client-secret" } as const;

/**
 * Who people are, and what they may. Nobody but administrators configures or replays, for a replay runs a pipeline that
 * nobody reviewed; or cancels, for what is cancelled may be a release that is half-way. The folder of the platform's jobs
 * gives members less than this.
 */
export function securityRealmAndMatrix({ organization, administrators }: SecurityArgs) {
  return {
    securityRealm: {
      github: {
        githubWebUri: "https://github.com",
        githubApiUri: "https://api.github.com",
        clientID: new SecretKey(loginKeys.id),
        clientSecret: new SecretKey(loginKeys.secret),
        oauthScopes: "read:org,user:email",
      },
    },
    authorizationStrategy: {
      // With what folders and jobs say for themselves: the global one would not look at it.
      projectMatrix: {
        entries: [
          {
            group: { name: `${organization}*${administrators}`, permissions: ["Overall/Administer"] },
          },
          { group: { name: organization, permissions: memberPermissions } },
        ],
      },
    },
  };
}

const memberPermissions = ["Overall/Read", "Job/Read", "Job/Build", "View/Read"];
