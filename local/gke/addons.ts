import type { ControlPlane } from "../clusters/control-plane";
import type { Controller } from "../clusters/controller";
import type { Cloud } from "../cloud/cloud";
import type { Resource } from "../cloud/rules/shape";
import { featuresOf } from "./features";
import { startGateways } from "./load-balancers/gateways";
import { homeOf } from "./home";
import { install } from "./install";
import { startServices } from "./load-balancers/services";
import { startVolumes } from "./disks/volumes";

export interface AddonsArgs {
  readonly control: ControlPlane;
  readonly cloud: Cloud;
  /** The emulated `container/cluster:Cluster`. */
  readonly cluster: Resource;
  /** What went wrong in the background; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** What GKE brings along, at work in one cluster. */
export interface Addons {
  /** Ends its controllers, and waits until what they were doing is done; what they made stays. */
  stop(): Promise<void>;
}

/** Installs what GKE brings along and starts its controllers; idempotent, since it runs again after each restart of the cluster. */
export async function startAddons({ control, cloud, cluster, onError }: AddonsArgs): Promise<Addons> {
  const { api } = control;
  const features = featuresOf(cluster);
  await install(api, features);
  const home = await homeOf(api, cloud, cluster);
  const report = onError ?? (() => undefined);
  const controllers: Controller[] = [
    startServices(api, home, report),
    ...(features.gateways ? [startGateways(api, home, report)] : []),
    ...(features.disks ? [startVolumes(api, home, report)] : []),
  ];
  return {
    stop: async () => {
      await Promise.all(controllers.map((controller) => controller.stop()));
    },
  };
}
