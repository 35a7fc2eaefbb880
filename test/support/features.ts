import type { Features } from "../../local/gke/features";

/** A cluster that brings along all that GKE has. */
export const everyFeature: Features = {
  gateways: true,
  monitoring: true,
  disks: true,
  secrets: true,
  syncedSecrets: true,
};
