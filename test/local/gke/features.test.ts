import { expect } from "chai";

import type { Values } from "../../../local/cloud/rules/shape";
import { featuresOf } from "../../../local/gke/features";

const cases: [title: string, inputs: Values, features: object][] = [
  [
    "a plain cluster has no Gateway API",
    {},
    { gateways: false, monitoring: true, disks: true, secrets: false, syncedSecrets: false },
  ],
  [
    "one with Secret Manager's add-on mounts secrets",
    { secretManagerConfig: { enabled: true } },
    { secrets: true },
  ],
  [
    "one that synchronises them has Kubernetes Secrets made of them",
    { secretSyncConfig: { enabled: true } },
    { syncedSecrets: true },
  ],
  ["one that asks for it has", { gatewayApiConfig: { channel: "CHANNEL_STANDARD" } }, { gateways: true }],
  ["an Autopilot cluster has it unasked", { enableAutopilot: true }, { gateways: true }],
  [
    "an Autopilot cluster may refuse it",
    { enableAutopilot: true, gatewayApiConfig: { channel: "CHANNEL_DISABLED" } },
    { gateways: false },
  ],
  [
    "nobody has it without the load balancers",
    {
      gatewayApiConfig: { channel: "CHANNEL_STANDARD" },
      addonsConfig: { httpLoadBalancing: { disabled: true } },
    },
    { gateways: false },
  ],
  [
    "Managed Prometheus and the driver for disks can be switched off",
    {
      monitoringConfig: { managedPrometheus: { enabled: false } },
      addonsConfig: { gcePersistentDiskCsiDriverConfig: { enabled: false } },
    },
    { monitoring: false, disks: false },
  ],
];

describe("what a cluster brings along", () => {
  for (const [title, inputs, features] of cases) {
    it(title, () => expect(featuresOf({ inputs })).to.deep.include(features));
  }
});
