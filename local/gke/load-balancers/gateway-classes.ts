/** Which load balancer a Gateway of a class is. */
export interface Balancer {
  readonly scope: "global" | "region";
  readonly scheme: "EXTERNAL" | "EXTERNAL_MANAGED" | "INTERNAL_MANAGED";
}

/** Who GKE's classes belong to. */
export const controllerName = "networking.gke.io/gateway";

/** GKE's classes for HTTP inside one cluster; those for several clusters and for TCP are not emulated. */
export const balancers: ReadonlyMap<string, Balancer> = new Map([
  ["gke-l7-global-external-managed", { scope: "global", scheme: "EXTERNAL_MANAGED" }],
  ["gke-l7-gxlb", { scope: "global", scheme: "EXTERNAL" }],
  ["gke-l7-regional-external-managed", { scope: "region", scheme: "EXTERNAL_MANAGED" }],
  ["gke-l7-rilb", { scope: "region", scheme: "INTERNAL_MANAGED" }],
]);

export const gatewayClasses = [...balancers.keys()].map((name) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  metadata: { name },
  spec: { controllerName },
}));
