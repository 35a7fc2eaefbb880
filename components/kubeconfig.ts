import type { container as outputs } from "@pulumi/gcp/types/output";
import * as pulumi from "@pulumi/pulumi";

/**
 * How to reach a cluster: its DNS name and the plugin that asks Google who you are. There is nothing secret in it,
 * and no certificate either, since the DNS endpoint has a publicly trusted one.
 */
export function kubeconfig(
  name: pulumi.Output<string>,
  endpoints: pulumi.Output<outputs.ClusterControlPlaneEndpointsConfig>,
): pulumi.Output<string> {
  return pulumi.all([name, endpoints.dnsEndpointConfig.endpoint]).apply(([cluster, host]) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": cluster,
      contexts: [{ name: cluster, context: { cluster, user: cluster } }],
      clusters: [{ name: cluster, cluster: { server: `https://${host}` } }],
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
    }),
  );
}
