/** Inputs of a cluster: its name and place, its upkeep, and what the files beside this one add. */
import { accessInputs } from "./container-cluster-access";
import { networkInputs } from "./container-cluster-network";
import { nodeInputs } from "./container-cluster-nodes";
import { disabled, enabled } from "./container-node-config";
import {
  deletionPolicy,
  flag,
  labels,
  list,
  number,
  object,
  oneOf,
  project,
  text,
  type Fields,
  type TextField,
} from "./shape";

/** A moment in UTC: the provider compares texts, so any other zone is a difference on every run. */
const zulu = (facts: { required?: boolean } = {}): TextField =>
  text({
    ...facts,
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
    rule: "a moment in UTC such as 2026-01-01T00:00:00Z (any other zone is a difference on every run)",
  });

export const clusterInputs: Fields = {
  ...accessInputs,
  ...networkInputs,
  ...nodeInputs,
  addonsConfig: object(
    {
      agentSandboxConfig: enabled(),
      configConnectorConfig: enabled(),
      dnsCacheConfig: enabled(),
      gcePersistentDiskCsiDriverConfig: enabled(),
      gcpFilestoreCsiDriverConfig: enabled(),
      gcsFuseCsiDriverConfig: enabled(),
      gkeBackupAgentConfig: enabled(),
      highScaleCheckpointingConfig: enabled(),
      horizontalPodAutoscaling: disabled(),
      httpLoadBalancing: disabled(),
      lustreCsiDriverConfig: object(
        { disableMultiNic: flag(), enableLegacyLustrePort: flag(), enabled: flag({ required: true }) },
        { computed: true },
      ),
      networkPolicyConfig: disabled(),
      nodeReadinessConfig: enabled(),
      parallelstoreCsiDriverConfig: enabled(),
      podSnapshotConfig: enabled(),
      rayOperatorConfigs: list(
        object({
          enabled: flag({ required: true }),
          rayClusterLoggingConfig: enabled(),
          rayClusterMonitoringConfig: enabled(),
        }),
        { computed: true, maxItems: 3 },
      ),
      sliceControllerConfig: enabled(),
      slurmOperatorConfig: enabled(),
      statefulHaConfig: enabled(),
    },
    { computed: true },
  ),
  costManagementConfig: enabled(),
  deletionPolicy: deletionPolicy(),
  deletionProtection: flag({ default: true, providerOnly: true }),
  description: text({ replaces: true }),
  enableK8sBetaApis: object({ enabledApis: list(text(), { required: true, unordered: true }) }),
  enableKubernetesAlpha: flag({ replaces: true, default: false }),
  fleet: object({ membershipType: oneOf(["LIGHTWEIGHT"]), project: text() }),
  gkeAutoUpgradeConfig: object({ patchMode: text({ required: true }) }, { computed: true }),
  location: text({
    replaces: true,
    computed: true,
    pattern: /^[a-z]+-[a-z]+[0-9]+(-[a-z])?$/,
    rule: "a region such as europe-west1, or a zone such as europe-west1-b",
  }),
  loggingConfig: object(
    {
      enableComponents: list(
        oneOf([
          "SYSTEM_COMPONENTS",
          "APISERVER",
          "CONTROLLER_MANAGER",
          "KCP_CONNECTION",
          "KCP_SSHD",
          "KCP_HPA",
          "KCP_VPA",
          "SCHEDULER",
          "WORKLOADS",
        ]),
        { required: true },
      ),
    },
    { computed: true },
  ),
  loggingService: oneOf(["logging.googleapis.com", "logging.googleapis.com/kubernetes", "none"], {
    computed: true,
  }),
  maintenancePolicy: object({
    dailyMaintenanceWindow: object({
      startTime: text({
        required: true,
        pattern: /^([01][0-9]|2[0-3]):[0-5][0-9]$/,
        rule: "a time of day in UTC such as 03:00",
      }),
    }),
    disruptionBudget: object({
      minorVersionDisruptionInterval: text(),
      patchVersionDisruptionInterval: text(),
    }),
    maintenanceExclusions: list(
      object({
        endTime: zulu(),
        exclusionName: text({ required: true }),
        exclusionOptions: object({
          endTimeBehavior: oneOf(["UNTIL_END_OF_SUPPORT"]),
          scope: oneOf(["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"], { required: true }),
        }),
        startTime: zulu({ required: true }),
      }),
      { unordered: true, maxItems: 20 },
    ),
    recurringMaintenanceWindow: object({
      delayUntil: object({
        day: number({ required: true }),
        month: number({ required: true }),
        year: number({ required: true }),
      }),
      recurrence: text({ required: true }),
      windowDuration: text({ required: true }),
      windowStartTime: object(
        {
          hours: number({ required: true }),
          minutes: number({ required: true }),
          seconds: number({ required: true }),
        },
        { required: true },
      ),
    }),
    recurringWindow: object({
      endTime: zulu({ required: true }),
      recurrence: text({ required: true }),
      startTime: zulu({ required: true }),
    }),
  }),
  managedMachineLearningDiagnosticsConfig: object({ enabled: flag() }, { computed: true }),
  managedOpentelemetryConfig: object(
    { scope: oneOf(["SCOPE_UNSPECIFIED", "NONE", "COLLECTION_AND_INSTRUMENTATION_COMPONENTS"]) },
    { computed: true },
  ),
  minMasterVersion: text(),
  monitoringConfig: object(
    {
      advancedDatapathObservabilityConfig: object(
        { enableMetrics: flag({ required: true }), enableRelay: flag({ required: true }) },
        { computed: true },
      ),
      enableComponents: list(
        oneOf([
          "SYSTEM_COMPONENTS",
          "APISERVER",
          "SCHEDULER",
          "CONTROLLER_MANAGER",
          "STORAGE",
          "HPA",
          "POD",
          "DAEMONSET",
          "DEPLOYMENT",
          "STATEFULSET",
          "WORKLOADS",
          "KUBELET",
          "CADVISOR",
          "DCGM",
          "JOBSET",
        ]),
        { computed: true },
      ),
      managedPrometheus: object(
        {
          autoMonitoringConfig: object(
            { scope: oneOf(["ALL", "NONE"], { required: true }) },
            { computed: true },
          ),
          enabled: flag({ required: true }),
        },
        { computed: true },
      ),
    },
    { computed: true },
  ),
  monitoringService: oneOf(["monitoring.googleapis.com", "monitoring.googleapis.com/kubernetes", "none"], {
    computed: true,
  }),
  name: text({
    required: true,
    replaces: true,
    maxLength: 40,
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    rule: "1-40 lower case letters, digits and dashes, starting with a letter",
  }),
  notificationConfig: object(
    {
      pubsub: object(
        {
          enabled: flag({ required: true }),
          filter: object({
            eventTypes: list(
              oneOf([
                "UPGRADE_AVAILABLE_EVENT",
                "UPGRADE_EVENT",
                "SECURITY_BULLETIN_EVENT",
                "UPGRADE_INFO_EVENT",
              ]),
              { required: true },
            ),
          }),
          topic: text(),
        },
        { required: true },
      ),
    },
    { computed: true },
  ),
  project: project(),
  releaseChannel: object(
    { channel: oneOf(["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"], { required: true }) },
    { computed: true },
  ),
  resourceLabels: labels(),
  resourceUsageExportConfig: object({
    bigqueryDestination: object({ datasetId: text({ required: true }) }, { required: true }),
    enableNetworkEgressMetering: flag({ default: false }),
    enableResourceConsumptionMetering: flag({ default: true }),
  }),
};
