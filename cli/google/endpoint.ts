/** Hosts of Google's APIs by the names that gcloud has for them. */
const hosts = {
  cloudasset: "cloudasset.googleapis.com",
  dns: "dns.googleapis.com",
  sql: "sqladmin.googleapis.com",
} as const;

/**
 * Where an API is, with a slash at its end: at Google, unless gcloud's own variable says another place, so that one setting
 * is enough for both.
 * https://docs.cloud.google.com/sdk/gcloud/reference/config/set (api_endpoint_overrides)
 */
export function endpointOf(api: keyof typeof hosts, environment: NodeJS.ProcessEnv = process.env): string {
  const given =
    environment[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`] || `https://${hosts[api]}/`;
  return given.endsWith("/") ? given : `${given}/`;
}
