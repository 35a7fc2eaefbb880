import { setTimeout as wait } from "node:timers/promises";

import type { Api } from "../clusters/api";
import { definitions } from "./crds";
import type { Features } from "./features";
import { gatewayClasses } from "./load-balancers/gateway-classes";
import { apply, ensure } from "./objects";
import { csiDriver, storageClasses } from "./disks/storage-classes";
import { secretsDriver } from "./secrets-driver";

const gatewayGroups = ["gateway.networking.k8s.io", "networking.gke.io"];
const monitoringGroups = ["monitoring.googleapis.com"];
const secretsGroups = ["secrets-store.csi.x-k8s.io"];
const syncGroups = ["secret-sync.gke.io"];

/** Where GKE's collectors of metrics are; a network policy that lets them in names it. */
const collectors = "gmp-system";

/** How long the API server may take until it serves a new kind, in seconds. */
const servedSeconds = 30;

/** Puts the objects into a cluster that every GKE cluster with these features has. */
export async function install(api: Api, features: Features): Promise<void> {
  const groups = [
    ...(features.gateways ? gatewayGroups : []),
    ...(features.monitoring ? monitoringGroups : []),
    // Both name their sources in the same way.
    ...(features.secrets || features.syncedSecrets ? secretsGroups : []),
    ...(features.syncedSecrets ? syncGroups : []),
  ];
  const kinds = definitions.filter(({ spec }) => groups.includes(spec.group));
  await Promise.all([
    ...kinds.map((kind) => apply(api, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", kind)),
    ...(features.disks
      ? [
          apply(api, "/apis/storage.k8s.io/v1/csidrivers", csiDriver),
          ...storageClasses.map((object) => ensure(api, "/apis/storage.k8s.io/v1/storageclasses", object)),
        ]
      : []),
    ...(features.secrets ? [apply(api, "/apis/storage.k8s.io/v1/csidrivers", secretsDriver)] : []),
    ...(features.monitoring
      ? [
          ensure(api, "/api/v1/namespaces", {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: collectors, labels: { "addonmanager.kubernetes.io/mode": "Reconcile" } },
          }),
        ]
      : []),
  ]);
  await Promise.all(
    kinds.flatMap(({ spec }) =>
      spec.versions.map(({ name }) => untilServed(api, `/apis/${spec.group}/${name}/${spec.names.plural}`)),
    ),
  );
  if (!features.gateways) return;
  const classes = "/apis/gateway.networking.k8s.io/v1/gatewayclasses";
  for (const object of gatewayClasses) {
    await apply(api, classes, object);
    await api.patch(`${classes}/${object.metadata.name}/status`, {
      status: {
        conditions: [
          {
            type: "Accepted",
            status: "True",
            reason: "Accepted",
            message: "",
            lastTransitionTime: "2026-01-01T00:00:00Z",
            observedGeneration: 1,
          },
        ],
      },
    });
  }
}

async function untilServed(api: Api, path: string): Promise<void> {
  const deadline = Date.now() + servedSeconds * 1000;
  while (!(await api.answers(path))) {
    if (Date.now() > deadline) throw new Error(`${path} is not served after ${servedSeconds} s`);
    await wait(50);
  }
}
