/** What the collector of metrics reads, inside the cluster; per build it would be a series for each of them. */
export const metricsPath = "/prometheus/";

export function metrics() {
  return {
    prometheusConfiguration: {
      path: "prometheus",
      defaultNamespace: "default",
      collectDiskUsage: false,
      useAuthenticatedEndpoint: false,
      perBuildMetrics: false,
    },
  };
}
