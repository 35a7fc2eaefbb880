/** An emulated cluster with a real control plane, nodes, and what GKE brings along. */
import { setTimeout as wait } from "node:timers/promises";

import type { Cloud, CloudOptions } from "../../local/cloud/cloud";
import type { Fault } from "../../local/cloud/faults";
import type { Resource, Values } from "../../local/cloud/rules/shape";
import type { KubernetesObject } from "../../local/clusters/api";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { setNodePool } from "../../local/clusters/node-pools";
import { type Addons, startAddons } from "../../local/gke/addons";
import { apply, pool, startTemporary } from "./clusters";
import { makeNetwork, project, smallCloud } from "./small-cloud";

export interface Gke {
  readonly cloud: Cloud;
  readonly cluster: Resource;
  readonly control: ControlPlane;
  readonly network: string;
  readonly subnetwork: string;
  /** What went wrong in the background since it was last looked at. */
  readonly errors: unknown[];
  addons: Addons;
  /** Stops what GKE brings along and starts it again, as a restart of the cluster does. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface GkeOptions {
  readonly cloud?: CloudOptions;
  readonly inputs?: Values;
  /** @default 3, one a zone */
  readonly nodes?: number;
  /** A former cluster, whose cloud and network this one uses. @default a cloud of its own */
  readonly into?: Gke;
}

export const region = "europe-west1";
export const zones = ["b", "c", "d"].map((letter) => `${region}-${letter}`);

export async function startGke({ cloud: options, inputs, nodes = 3, into }: GkeOptions = {}): Promise<Gke> {
  const cloud = into?.cloud ?? (await smallCloud(options));
  const { network, subnetwork } = into ?? (await makeNetwork(cloud));
  const cluster = await cloud.create("container/cluster:Cluster", project.id, {
    ...{ name: "staging", location: region, network, subnetwork, initialNodeCount: 1 },
    removeDefaultNodePool: true,
    ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    gatewayApiConfig: { channel: "CHANNEL_STANDARD" },
    resourceLabels: { environment: "staging" },
    deletionProtection: false,
    ...inputs,
  });
  const control = await startTemporary();
  if (nodes > 0) await setNodePool(control, pool({ count: nodes }));
  const errors: unknown[] = [];
  const start = () => startAddons({ control, cloud, cluster, onError: (error) => errors.push(error) });
  const gke: Gke = {
    ...{ cloud, cluster, control, network, subnetwork, errors },
    addons: await start(),
    restart: async () => {
      await gke.addons.stop();
      gke.addons = await start();
    },
    stop: async () => {
      await gke.addons.stop();
      await control.stop();
    },
  };
  return gke;
}

/** Waits until there is something to answer, and answers with it; after half a minute it gives up. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
) {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await wait(50);
  }
}

/** An object, or undefined when there is none. */
export async function objectAt<T = KubernetesObject>({ control }: Gke, path: string): Promise<T | undefined> {
  return control.api.get<T>(path).catch(() => undefined);
}

/** The events of an object, newest last, as `reason: message`. */
export async function eventsOf({ control }: Gke, name: string, namespace = "default"): Promise<string[]> {
  const { items } = await control.api.get<{
    items: { involvedObject: { name: string }; reason: string; message: string }[];
  }>(`/api/v1/namespaces/${namespace}/events`);
  return items
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason}: ${message}`);
}

/** Something holds a resource of the cloud: it is not deleted until the faults are cleared. */
export const holding = (kind: string, id: string): Fault => ({
  ...{ call: "delete", kind, id, times: Infinity },
  fail: { status: 400, reason: "resourceInUseByAnotherResource", message: "held" },
});

/** Has the API server refuse what is not so, a condition in CEL, with the words "not this one". */
export async function refuse(
  control: ControlPlane,
  resource: string,
  operation: "CREATE" | "UPDATE",
  unless: string,
): Promise<void> {
  const name = "not-this-one";
  const apiVersion = "admissionregistration.k8s.io/v1";
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: [operation], resources: [resource] };
  await apply(
    control,
    {
      ...{ apiVersion, kind: "ValidatingAdmissionPolicy", metadata: { name } },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: unless, message: "not this one" }],
      },
    },
    {
      ...{ apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata: { name } },
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  );
  // The API server reads its policies about once a second.
  await wait(3_000);
}
