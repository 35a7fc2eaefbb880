import { at } from "../cloud/rules/read";
import type { Resource } from "../cloud/rules/shape";

/** What a cluster was asked to bring along. */
export interface Features {
  /** Kinds and controller of the Gateway API. */
  readonly gateways: boolean;
  /** Kinds of Managed Prometheus. */
  readonly monitoring: boolean;
  /** Google's driver for persistent disks and its classes. */
  readonly disks: boolean;
  /** Secret Manager's add-on: its driver and the kind that says what to mount. */
  readonly secrets: boolean;
  /** What keeps secrets of Secret Manager as Kubernetes Secrets, and the kind that says which. */
  readonly syncedSecrets: boolean;
}

export function featuresOf({ inputs }: Pick<Resource, "inputs">): Features {
  const autopilot = inputs["enableAutopilot"] === true;
  const channel = at(inputs, "gatewayApiConfig", "channel");
  const monitored = at(inputs, "monitoringConfig", "managedPrometheus", "enabled");
  return {
    gateways:
      (channel === undefined ? autopilot : channel !== "CHANNEL_DISABLED") &&
      at(inputs, "addonsConfig", "httpLoadBalancing", "disabled") !== true,
    monitoring: monitored !== false,
    disks: at(inputs, "addonsConfig", "gcePersistentDiskCsiDriverConfig", "enabled") !== false,
    secrets: at(inputs, "secretManagerConfig", "enabled") === true,
    syncedSecrets: at(inputs, "secretSyncConfig", "enabled") === true,
  };
}
