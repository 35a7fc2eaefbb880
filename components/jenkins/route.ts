import type * as pulumi from "@pulumi/pulumi";

import { listeners } from "../gateway";
import { metricsPath } from "./metrics";

export interface RouteArgs {
  namespace: pulumi.Input<string>;
  /** Name of the Gateway, in the same namespace. */
  gateway: pulumi.Input<string>;
  /** Name by which people and GitHub find it, `jenkins.ci.acme.example`. */
  hostname: string;
  /** Name of the controller's Service. */
  service: string;
}

const port = 8080;

/** Everything but the metrics, whose reader is inside the cluster: they have the names of all jobs. */
export function route({ namespace, gateway, hostname, service }: RouteArgs) {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: service, namespace },
    spec: {
      parentRefs: [{ name: gateway, sectionName: listeners.secure }],
      hostnames: [hostname],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: metricsPath.replace(/\/$/, "") } }],
          filters: [
            {
              type: "RequestRedirect",
              requestRedirect: { path: { type: "ReplaceFullPath", replaceFullPath: "/" }, statusCode: 302 },
            },
          ],
        },
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          backendRefs: [{ name: service, port }],
        },
      ],
    },
  };
}

/** Load balancers ask `/` by themselves, where Jenkins answers 403 to who is not logged in. */
export function healthCheck({ namespace, service }: Pick<RouteArgs, "namespace" | "service">) {
  return {
    apiVersion: "networking.gke.io/v1",
    kind: "HealthCheckPolicy",
    metadata: { name: service, namespace },
    spec: {
      default: {
        checkIntervalSec: 15,
        config: { type: "HTTP", httpHealthCheck: { port, requestPath: "/login" } },
      },
      targetRef: { group: "", kind: "Service", name: service },
    },
  };
}
