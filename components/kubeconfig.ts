/**
 * How to reach a cluster: its DNS name and the plugin that asks Google who you are. There is nothing secret in it,
 * and no certificate either, since the DNS endpoint has a publicly trusted one.
 */
export function kubeconfig(cluster: string, dnsEndpoint: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": cluster,
    contexts: [{ name: cluster, context: { cluster, user: cluster } }],
    clusters: [{ name: cluster, cluster: { server: `https://${dnsEndpoint}` } }],
    users: [
      {
        name: cluster,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            provideClusterInfo: true,
            interactiveMode: "IfAvailable",
            installHint: "gcloud components install gke-gcloud-auth-plugin",
          },
        },
      },
    ],
  });
}
