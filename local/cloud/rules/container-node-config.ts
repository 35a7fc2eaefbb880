/** What a node is made of: the same fields for a cluster's first pool and for pools of their own. */
import { machineTypeProblem } from "../machine-types";
import { textAt } from "./read";
import { flag, labels, list, map, number, object, oneOf, text, type Fields, type Values } from "./shape";

/**
 * The account that nodes run as. Stricter than Google, which lets an account in use be deleted and leaves the nodes
 * without access.
 */
export const nodeAccount = {
  kinds: ["serviceaccount/account:Account"],
  by: "email",
  holds: true,
  unless: /^default$|-compute@developer\.gserviceaccount\.com$/,
};

/** Stricter than Google, which lets a key in use be destroyed and loses what it encrypted. */
export const diskKey = { kinds: ["kms/cryptoKey:CryptoKey"], holds: true };

/** A block that only says whether something is on; Google decides when it is left out. */
export const enabled = () => object({ enabled: flag({ required: true }) }, { computed: true });
export const disabled = () => object({ disabled: flag({ required: true }) }, { computed: true });

export const containerdFields: Fields = {
  privateRegistryAccessConfig: object({
    certificateAuthorityDomainConfigs: list(
      object({
        fqdns: list(text(), { required: true }),
        gcpSecretManagerCertificateConfig: object(
          { secretUri: text({ required: true }) },
          { required: true },
        ),
      }),
    ),
    enabled: flag({ required: true }),
  }),
  registryHosts: list(
    object({
      hosts: list(
        object({
          capabilities: list(text()),
          cas: list(object({ gcpSecretManagerSecretUri: text() })),
          clients: list(
            object({
              cert: object({ gcpSecretManagerSecretUri: text() }, { required: true }),
              key: object({ gcpSecretManagerSecretUri: text() }),
            }),
          ),
          dialTimeout: text(),
          headers: list(object({ key: text({ required: true }), values: list(text(), { required: true }) })),
          host: text({ required: true }),
          overridePath: flag(),
        }),
      ),
      server: text({ required: true }),
    }),
  ),
  writableCgroups: object({ enabled: flag({ required: true }) }),
};

const eviction = () =>
  object({
    imagefsAvailable: text(),
    imagefsInodesFree: text(),
    memoryAvailable: text(),
    nodefsAvailable: text(),
    nodefsInodesFree: text(),
    pidAvailable: text(),
  });

export const kubeletFields: Fields = {
  allowedUnsafeSysctls: list(text()),
  containerLogMaxFiles: number(),
  containerLogMaxSize: text(),
  cpuCfsQuota: flag({ computed: true }),
  cpuCfsQuotaPeriod: text(),
  cpuManagerPolicy: oneOf(["static", "none"]),
  crashLoopBackOff: object({ maxContainerRestartPeriod: text() }),
  evictionMaxPodGracePeriodSeconds: number(),
  evictionMinimumReclaim: eviction(),
  evictionSoft: eviction(),
  evictionSoftGracePeriod: eviction(),
  imageGcHighThresholdPercent: number(),
  imageGcLowThresholdPercent: number(),
  imageMaximumGcAge: text(),
  imageMinimumGcAge: text(),
  insecureKubeletReadonlyPortEnabled: oneOf(["FALSE", "TRUE"], { computed: true }),
  maxParallelImagePulls: number({ computed: true }),
  memoryManager: object({ policy: oneOf(["None", "Static"], { computed: true }) }),
  podPidsLimit: number({ min: 1024, max: 4194304 }),
  shutdownGracePeriodCriticalPodsSeconds: number({ computed: true }),
  shutdownGracePeriodSeconds: number({ computed: true }),
  singleProcessOomKill: flag(),
  topologyManager: object({
    policy: oneOf(["none", "restricted", "single-numa-node", "best-effort"], { computed: true }),
    scope: oneOf(["container", "pod"], { computed: true }),
  }),
};

const linuxFields: Fields = {
  accurateTimeConfig: object({ enablePtpKvmTimeSync: flag() }),
  cgroupMode: oneOf(["CGROUP_MODE_UNSPECIFIED", "CGROUP_MODE_V1", "CGROUP_MODE_V2"], { computed: true }),
  customNodeInit: object({
    initScript: object({
      gcpSecretManagerSecretUri: text(),
      gcsGeneration: number({ computed: true }),
      gcsUri: text(),
    }),
  }),
  hugepagesConfig: object({ hugepageSize1g: number(), hugepageSize2m: number() }),
  nodeKernelModuleLoading: object({
    policy: oneOf(["POLICY_UNSPECIFIED", "ENFORCE_SIGNED_MODULES", "DO_NOT_ENFORCE_SIGNED_MODULES"]),
  }),
  swapConfig: object({
    bootDiskProfile: object({ swapSizeGib: number(), swapSizePercent: number() }),
    dedicatedLocalSsdProfile: object({ diskCount: number() }),
    enabled: flag(),
    encryptionConfig: object({ disabled: flag() }),
    ephemeralLocalSsdProfile: object({ swapSizeGib: number(), swapSizePercent: number() }),
  }),
  sysctls: map(text()),
  transparentHugepageDefrag: oneOf([
    "TRANSPARENT_HUGEPAGE_DEFRAG_ALWAYS",
    "TRANSPARENT_HUGEPAGE_DEFRAG_DEFER",
    "TRANSPARENT_HUGEPAGE_DEFRAG_DEFER_WITH_MADVISE",
    "TRANSPARENT_HUGEPAGE_DEFRAG_MADVISE",
    "TRANSPARENT_HUGEPAGE_DEFRAG_NEVER",
    "TRANSPARENT_HUGEPAGE_DEFRAG_UNSPECIFIED",
  ]),
  transparentHugepageEnabled: oneOf(
    [
      "TRANSPARENT_HUGEPAGE_ENABLED_ALWAYS",
      "TRANSPARENT_HUGEPAGE_ENABLED_MADVISE",
      "TRANSPARENT_HUGEPAGE_ENABLED_NEVER",
      "TRANSPARENT_HUGEPAGE_ENABLED_UNSPECIFIED",
    ],
    { computed: true },
  ),
};

export const nodeFields: Fields = {
  advancedMachineFeatures: object(
    {
      enableNestedVirtualization: flag({ replaces: true }),
      performanceMonitoringUnit: oneOf(["ARCHITECTURAL", "STANDARD", "ENHANCED"]),
      threadsPerCore: number({ required: true, replaces: true }),
    },
    { replaces: true },
  ),
  bootDisk: object(
    {
      diskType: text({ computed: true }),
      provisionedIops: number({ computed: true }),
      provisionedThroughput: number({ computed: true }),
      sizeGb: number({ computed: true, min: 10 }),
    },
    { computed: true },
  ),
  bootDiskKmsKey: text({ replaces: true, reference: diskKey }),
  confidentialNodes: object(
    {
      confidentialInstanceType: oneOf(["SEV", "SEV_SNP", "TDX"], { replaces: true }),
      enabled: flag({ required: true }),
    },
    { computed: true },
  ),
  containerdConfig: object(containerdFields, { computed: true }),
  diskSizeGb: number({ computed: true, min: 10 }),
  diskType: text({ computed: true }),
  enableConfidentialStorage: flag({ replaces: true }),
  ephemeralStorageLocalSsdConfig: object(
    {
      dataCacheCount: number({ replaces: true, min: 0 }),
      localSsdCount: number({ required: true, replaces: true, min: 0 }),
    },
    { replaces: true },
  ),
  fastSocket: object({ enabled: flag({ required: true }) }),
  flexStart: flag({ replaces: true }),
  gcfsConfig: enabled(),
  guestAccelerators: list(
    object({
      count: number({ required: true, replaces: true }),
      gpuDriverInstallationConfig: object(
        {
          gpuDriverVersion: oneOf(
            ["GPU_DRIVER_VERSION_UNSPECIFIED", "INSTALLATION_DISABLED", "DEFAULT", "LATEST"],
            { required: true, replaces: true },
          ),
        },
        { replaces: true, computed: true },
      ),
      gpuPartitionSize: text({ replaces: true }),
      gpuSharingConfig: object(
        {
          gpuSharingStrategy: text({ required: true, replaces: true }),
          maxSharedClientsPerGpu: number({ required: true, replaces: true }),
        },
        { replaces: true },
      ),
      type: text({ required: true, replaces: true }),
    }),
    { replaces: true, computed: true },
  ),
  gvnic: object({ enabled: flag({ required: true }) }),
  hostMaintenancePolicy: object(
    {
      maintenanceInterval: oneOf(["MAINTENANCE_INTERVAL_UNSPECIFIED", "AS_NEEDED", "PERIODIC"], {
        required: true,
        replaces: true,
      }),
      opportunisticMaintenanceStrategy: object(
        {
          maintenanceAvailabilityWindow: text({ required: true, replaces: true }),
          minNodesPerPool: number({ required: true, replaces: true }),
          nodeIdleTimeWindow: text({ required: true, replaces: true }),
        },
        { replaces: true },
      ),
    },
    { replaces: true },
  ),
  imageType: text({ computed: true }),
  kubeletConfig: object(kubeletFields, { computed: true }),
  labels: labels(),
  linuxNodeConfig: object(linuxFields, { computed: true }),
  localNvmeSsdBlockConfig: object(
    { localSsdCount: number({ required: true, replaces: true, min: 0 }) },
    { replaces: true },
  ),
  localSsdCount: number({ replaces: true, computed: true, min: 0 }),
  localSsdEncryptionMode: oneOf(["STANDARD_ENCRYPTION", "EPHEMERAL_KEY_ENCRYPTION"], { replaces: true }),
  loggingVariant: oneOf(["DEFAULT", "MAX_THROUGHPUT"], { computed: true }),
  machineType: text({ computed: true }),
  maxRunDuration: text({ replaces: true }),
  metadata: map(text(), { replaces: true, computed: true }),
  minCpuPlatform: text({ replaces: true, computed: true }),
  nodeGroup: text({ replaces: true }),
  oauthScopes: list(text(), { replaces: true, computed: true, unordered: true }),
  preemptible: flag({ replaces: true, default: false }),
  reservationAffinity: object(
    {
      consumeReservationType: oneOf(
        [
          "UNSPECIFIED",
          "NO_RESERVATION",
          "ANY_RESERVATION",
          "SPECIFIC_RESERVATION",
          "ANY_RESERVATION_THEN_FAIL",
        ],
        { required: true, replaces: true },
      ),
      key: text({ replaces: true }),
      values: list(text(), { replaces: true, unordered: true }),
    },
    { replaces: true },
  ),
  resourceLabels: labels(),
  resourceManagerTags: map(text()),
  sandboxConfig: object({ sandboxType: oneOf(["gvisor"]), type: oneOf(["GVISOR"]) }, { replaces: true }),
  secondaryBootDisks: list(
    object({ diskImage: text({ required: true, replaces: true }), mode: text({ replaces: true }) }),
    { replaces: true, maxItems: 127 },
  ),
  serviceAccount: text({ replaces: true, computed: true, reference: nodeAccount }),
  shieldedInstanceConfig: object(
    {
      enableIntegrityMonitoring: flag({ replaces: true, default: true }),
      enableSecureBoot: flag({ replaces: true, default: false }),
    },
    { replaces: true, computed: true },
  ),
  soleTenantConfig: object(
    {
      minNodeCpus: number(),
      nodeAffinities: list(
        object({
          key: text({ required: true, replaces: true }),
          operator: oneOf(["IN", "NOT_IN"], { required: true, replaces: true }),
          values: list(text(), { required: true, replaces: true }),
        }),
        { required: true, replaces: true, unordered: true },
      ),
    },
    { replaces: true },
  ),
  spot: flag({ replaces: true, default: false }),
  storagePools: list(text()),
  tags: list(text()),
  taintConfig: object({
    architectureTaintBehavior: oneOf(["ARCHITECTURE_TAINT_BEHAVIOR_UNSPECIFIED", "NONE", "ARM"], {
      required: true,
    }),
  }),
  taints: list(
    object({
      effect: oneOf(["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"], { required: true }),
      key: text({ required: true }),
      value: text({ required: true }),
    }),
  ),
  workloadMetadataConfig: object(
    { mode: oneOf(["MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"], { required: true }) },
    { computed: true },
  ),
};

/** What is wrong with a node that its fields alone do not tell. */
export function machineProblems(inputs: Values): string[] {
  const machineType = textAt(inputs, "nodeConfig", "machineType");
  if (machineType === undefined) return [];
  const problem = machineTypeProblem(machineType);
  if (problem !== undefined) return [`nodeConfig.machineType: ${problem}`];
  const disk = textAt(inputs, "nodeConfig", "diskType") ?? "pd-balanced";
  // https://cloud.google.com/compute/docs/general-purpose-machines#n4_series
  return machineType.startsWith("n4-") && disk.startsWith("pd-")
    ? [`nodeConfig.diskType: ${machineType} takes hyperdisk-balanced, not ${disk}`]
    : [];
}
