import { flag, labels, list, number, object, oneOf, text, type Fields } from "./shape";

const network = { kinds: ["compute/network:Network"], holds: true };

/** Everything under `settings`; a change of any of it but `collation` is made in place. */
export const settings: Fields = {
  activationPolicy: oneOf(["ALWAYS", "NEVER", "ON_DEMAND"], { default: "ALWAYS" }),
  advancedMachineFeatures: object({ threadsPerCore: number() }),
  autoUpgradeEnabled: flag(),
  availabilityType: oneOf(["REGIONAL", "ZONAL"], { default: "ZONAL" }),
  backupConfiguration: object(
    {
      backupRetentionSettings: object(
        {
          retainedBackups: number({ required: true, min: 1, max: 365 }),
          retentionUnit: text({ default: "COUNT" }),
        },
        { computed: true },
      ),
      binaryLogEnabled: flag(),
      enabled: flag(),
      location: text(),
      pointInTimeRecoveryEnabled: flag(),
      startTime: text({
        computed: true,
        pattern: /^([01][0-9]|2[0-3]):[0-5][0-9]$/,
        rule: "a time of day in UTC such as 03:00",
      }),
      transactionLogRetentionDays: number({ computed: true, min: 1, max: 35 }),
    },
    { computed: true },
  ),
  collation: text({ replaces: true }),
  connectionPoolConfigs: list(
    object({
      connectionPoolingEnabled: flag(),
      flags: list(object({ name: text({ required: true }), value: text({ required: true }) }), {
        unordered: true,
      }),
    }),
    { computed: true, unordered: true },
  ),
  connectorEnforcement: oneOf(["NOT_REQUIRED", "REQUIRED"], { computed: true }),
  dataApiAccess: oneOf(["DISALLOW_DATA_API", "ALLOW_DATA_API"], { computed: true }),
  dataCacheConfig: object({ dataCacheEnabled: flag({ default: false }) }, { computed: true }),
  dataDiskProvisionedIops: number({ computed: true }),
  dataDiskProvisionedThroughput: number({ computed: true }),
  databaseFlags: list(object({ name: text({ required: true }), value: text({ required: true }) }), {
    unordered: true,
  }),
  deletionProtectionEnabled: flag(),
  denyMaintenancePeriod: object({
    endDate: text({ required: true }),
    startDate: text({ required: true }),
    time: text({ required: true }),
  }),
  diskAutoresize: flag({ default: true }),
  diskAutoresizeLimit: number({ default: 0 }),
  diskSize: number({ computed: true, min: 10 }),
  diskType: oneOf(["PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"], { computed: true }),
  edition: oneOf(["ENTERPRISE", "ENTERPRISE_PLUS"], { computed: true }),
  enableDataplexIntegration: flag(),
  enableGoogleMlIntegration: flag(),
  finalBackupConfig: object({ enabled: flag(), retentionDays: number({ min: 1, max: 36135 }) }),
  insightsConfig: object(
    {
      enhancedQueryInsightsEnabled: flag(),
      queryInsightsEnabled: flag(),
      queryPlansPerMinute: number({ computed: true, min: 0, max: 200 }),
      queryStringLength: number({ computed: true, min: 1, max: 1048576 }),
      recordApplicationTags: flag(),
      recordClientAddress: flag(),
    },
    { computed: true },
  ),
  ipConfiguration: object(
    {
      allocatedIpRange: text(),
      authorizedNetworks: list(
        object({ expirationTime: text(), name: text(), value: text({ required: true }) }),
        { unordered: true },
      ),
      customSubjectAlternativeNames: list(text(), { unordered: true }),
      enablePrivatePathForGoogleCloudServices: flag(),
      ipv4Enabled: flag({ default: true }),
      privateNetwork: text({ reference: network }),
      pscConfigs: list(
        object({
          allowedConsumerProjects: list(text(), { unordered: true }),
          networkAttachmentUri: text(),
          pscAutoConnectionPolicyEnabled: flag({ computed: true }),
          pscAutoConnections: list(
            object({
              consumerNetwork: text({ required: true, reference: network }),
              consumerServiceProjectId: text({ computed: true }),
            }),
          ),
          pscAutoDnsEnabled: flag({ computed: true }),
          pscEnabled: flag(),
          pscWriteEndpointDnsEnabled: flag({ computed: true }),
        }),
        { unordered: true },
      ),
      serverCaMode: oneOf(
        [
          "CA_MODE_UNSPECIFIED",
          "GOOGLE_MANAGED_INTERNAL_CA",
          "GOOGLE_MANAGED_CAS_CA",
          "CUSTOMER_MANAGED_CAS_CA",
        ],
        { computed: true },
      ),
      serverCaPool: text(),
      serverCertificateRotationMode: oneOf([
        "NO_AUTOMATIC_ROTATION",
        "AUTOMATIC_ROTATION_DURING_MAINTENANCE",
      ]),
      sslMode: oneOf(
        ["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"],
        { computed: true },
      ),
    },
    { computed: true },
  ),
  locationPreference: object(
    { followGaeApplication: text(), secondaryZone: text(), zone: text() },
    { computed: true },
  ),
  maintenanceWindow: object({
    day: number({ min: 1, max: 7 }),
    hour: number({ min: 0, max: 23 }),
    updateTrack: oneOf(["canary", "stable", "week5"]),
  }),
  passwordValidationPolicy: object({
    complexity: oneOf(["COMPLEXITY_DEFAULT", "COMPLEXITY_UNSPECIFIED"]),
    disallowUsernameSubstring: flag(),
    enablePasswordPolicy: flag({ required: true }),
    minLength: number({ min: 0, max: 2147483647 }),
    passwordChangeInterval: text(),
    reuseInterval: number({ min: 0, max: 2147483647 }),
  }),
  pricingPlan: oneOf(["PER_USE", "PACKAGE"], { default: "PER_USE" }),
  readPoolAutoScaleConfig: object(
    {
      disableScaleIn: flag(),
      enabled: flag({ default: false }),
      maxNodeCount: number({ min: 1, max: 20 }),
      minNodeCount: number({ min: 1, max: 20 }),
      scaleInCooldownSeconds: number(),
      scaleOutCooldownSeconds: number(),
      targetMetrics: list(object({ metric: text(), targetValue: number() }), { unordered: true }),
    },
    { computed: true },
  ),
  replicationLagMaxSeconds: number({ computed: true }),
  retainBackupsOnDelete: flag(),
  tier: text({
    required: true,
    pattern: /^db-[a-z0-9]+(-[a-z0-9]+)*$/,
    rule: "a tier such as db-custom-2-7680",
  }),
  userLabels: labels(),
};
