/** Inputs of a cluster that shape its nodes, whichever pool they are in. Pools inside the cluster (`nodePools`) are
 * left out: they cannot be removed without it. */
import { containerdFields, diskKey, enabled, nodeAccount, nodeFields } from "./container-node-config";
import { flag, list, map, number, object, oneOf, text, type Fields } from "./shape";

export const nodeInputs: Fields = {
  clusterAutoscaling: object(
    {
      autoProvisioningDefaults: object(
        {
          bootDiskKmsKey: text({ replaces: true, reference: diskKey }),
          diskSize: number({ default: 100, min: 10 }),
          diskType: oneOf(["pd-standard", "pd-ssd", "pd-balanced", "hyperdisk-balanced"], {
            default: "pd-standard",
          }),
          imageType: oneOf(["COS_CONTAINERD", "COS", "UBUNTU_CONTAINERD", "UBUNTU"], {
            default: "COS_CONTAINERD",
          }),
          management: object(
            { autoRepair: flag({ computed: true }), autoUpgrade: flag({ computed: true }) },
            { computed: true },
          ),
          minCpuPlatform: text(),
          oauthScopes: list(text(), { computed: true }),
          serviceAccount: text({ default: "default", reference: nodeAccount }),
          shieldedInstanceConfig: object({
            enableIntegrityMonitoring: flag({ default: true }),
            enableSecureBoot: flag({ default: false }),
          }),
          upgradeSettings: object(
            {
              blueGreenSettings: object(
                {
                  nodePoolSoakDuration: text({ computed: true }),
                  standardRolloutPolicy: object(
                    {
                      batchNodeCount: number({ computed: true }),
                      batchPercentage: number({ computed: true, min: 0.0, max: 1.0 }),
                      batchSoakDuration: text({ default: "0s" }),
                    },
                    { computed: true },
                  ),
                },
                { computed: true },
              ),
              maxSurge: number(),
              maxUnavailable: number(),
              strategy: oneOf(["NODE_POOL_UPDATE_STRATEGY_UNSPECIFIED", "BLUE_GREEN", "SURGE"], {
                computed: true,
              }),
            },
            { computed: true },
          ),
        },
        { computed: true },
      ),
      autoProvisioningLocations: list(text(), { computed: true }),
      autoscalingProfile: oneOf(["BALANCED", "OPTIMIZE_UTILIZATION"], { default: "BALANCED" }),
      defaultComputeClassEnabled: flag(),
      enabled: flag({ computed: true }),
      resourceLimits: list(
        object({
          maximum: number({ required: true, min: 1 }),
          minimum: number(),
          resourceType: text({ required: true }),
        }),
        { computed: true },
      ),
    },
    { computed: true },
  ),
  enableAutopilot: flag({ replaces: true }),
  ignoreNodeCountChanges: flag({ providerOnly: true }),
  initialNodeCount: number({ replaces: true }),
  nodeConfig: object(nodeFields, { replaces: true, computed: true }),
  nodeCreationConfig: object(
    { nodeCreationMode: oneOf(["VIA_KUBELET", "VIA_CONTROL_PLANE"], { required: true }) },
    { computed: true },
  ),
  nodeLocations: list(text(), { computed: true, unordered: true }),
  nodePoolAutoConfig: object(
    {
      linuxNodeConfig: object({
        cgroupMode: oneOf(["CGROUP_MODE_UNSPECIFIED", "CGROUP_MODE_V1", "CGROUP_MODE_V2"], {
          computed: true,
        }),
        nodeKernelModuleLoading: object({
          policy: oneOf(["POLICY_UNSPECIFIED", "ENFORCE_SIGNED_MODULES", "DO_NOT_ENFORCE_SIGNED_MODULES"]),
        }),
      }),
      networkTags: object({ tags: list(text()) }),
      nodeKubeletConfig: object(
        { insecureKubeletReadonlyPortEnabled: oneOf(["FALSE", "TRUE"], { computed: true }) },
        { computed: true },
      ),
      resourceManagerTags: map(text()),
    },
    { computed: true },
  ),
  nodePoolDefaults: object(
    {
      nodeConfigDefaults: object({
        containerdConfig: object(containerdFields, { computed: true }),
        gcfsConfig: enabled(),
        insecureKubeletReadonlyPortEnabled: oneOf(["FALSE", "TRUE"], { computed: true }),
        loggingVariant: oneOf(["DEFAULT", "MAX_THROUGHPUT"], { computed: true }),
      }),
    },
    { computed: true },
  ),
  nodeVersion: text({ computed: true }),
  podAutoscaling: object(
    { hpaProfile: oneOf(["NONE", "PERFORMANCE"], { required: true }) },
    { computed: true },
  ),
  removeDefaultNodePool: flag(),
  skipNodePoolRefresh: flag({ providerOnly: true }),
  verticalPodAutoscaling: enabled(),
};
