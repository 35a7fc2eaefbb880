import { backendPolicy } from "./backend-policy";
import { definitionOf } from "./definition";
import { gateway } from "./gateway";
import { gatewayClass } from "./gateway-class";
import { gatewayPolicy } from "./gateway-policy";
import { healthCheckPolicy } from "./health-check-policy";
import { httpRoute } from "./http-route";
import { clusterPodMonitoring, podMonitoring } from "./pod-monitoring";
import { referenceGrant } from "./reference-grant";
import { monitoringRules } from "./rules";
import { secretProviderClass } from "./secret-provider-class";
import { secretSync } from "./secret-sync";

/** Kinds that GKE puts into its clusters, as far as they are emulated. */
export const definitions = [
  gatewayClass,
  gateway,
  httpRoute,
  referenceGrant,
  backendPolicy,
  gatewayPolicy,
  healthCheckPolicy,
  podMonitoring,
  clusterPodMonitoring,
  monitoringRules,
  secretProviderClass,
  secretSync,
].map(definitionOf);
