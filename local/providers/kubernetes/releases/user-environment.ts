import { homedir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** Programs on this path keep logins for docker, and the certificates are those that the user trusts. */
const passed = [
  "PATH",
  ...proxies,
  ...proxies.map((name) => name.toLowerCase()),
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/**
 * What Helm needs of the user's environment to fetch charts: the way to the internet, and where docker and Helm keep
 * logins to registries, as the real provider reads them. Helm's own folders stay the cluster's, and nothing of this
 * concerns the cluster itself: its address is on loopback, for which Go takes no proxy.
 */
export function userEnvironment(env: Environment): Record<string, string> {
  const home = env["HOME"] ?? homedir();
  const registry = env["PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH"];
  return {
    ...Object.fromEntries(
      passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
    ),
    // A helper of docker looks for what it keeps in the home of whoever logged in.
    HOME: home,
    DOCKER_CONFIG: env["DOCKER_CONFIG"] ?? join(home, ".docker"),
    ...(registry !== undefined && { HELM_REGISTRY_CONFIG: registry }),
  };
}
