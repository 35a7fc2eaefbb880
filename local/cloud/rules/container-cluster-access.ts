/** Inputs of a cluster that say who and what may reach it, and which keys it has. */
import { diskKey, enabled } from "./container-node-config";
import { flag, list, object, oneOf, text, type Fields } from "./shape";

const cidr = { pattern: /^\d+\.\d+\.\d+\.\d+\/\d{1,2}$/, rule: "a range such as 10.0.0.0/16" };
export const accessInputs: Fields = {
  allowNetAdmin: flag(),
  anonymousAuthenticationConfig: object(
    { mode: oneOf(["ENABLED", "LIMITED"], { required: true }) },
    { computed: true },
  ),
  authenticatorGroupsConfig: object(
    {
      securityGroup: text({
        required: true,
        pattern: /^gke-security-groups@.+$/,
        rule: "gke-security-groups@ a domain",
      }),
    },
    { computed: true },
  ),
  autopilotClusterPolicyConfig: object(
    {
      noStandardNodePools: flag(),
      noSystemImpersonation: flag(),
      noSystemMutation: flag(),
      noUnsafeWebhooks: flag(),
    },
    { computed: true },
  ),
  autopilotPrivilegedAdmissions: list(text(), { computed: true }),
  binaryAuthorization: object({
    enabled: flag(),
    evaluationMode: oneOf(["DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"], { computed: true }),
  }),
  confidentialNodes: object(
    {
      confidentialInstanceType: oneOf(["SEV", "SEV_SNP", "TDX"], { replaces: true }),
      enabled: flag({ required: true, replaces: true }),
    },
    { replaces: true, computed: true },
  ),
  controlPlaneEndpointsConfig: object(
    {
      dnsEndpointConfig: object(
        {
          allowExternalTraffic: flag(),
          enableK8sCertsViaDns: flag(),
          enableK8sTokensViaDns: flag(),
          endpoint: text({ computed: true }),
        },
        { computed: true },
      ),
      ipEndpointsConfig: object({ enabled: flag() }, { computed: true }),
    },
    { computed: true },
  ),
  databaseEncryption: object(
    {
      keyName: text({ reference: diskKey }),
      state: oneOf(["ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED", "DECRYPTED"], { required: true }),
    },
    { computed: true },
  ),
  enableLegacyAbac: flag({ default: false }),
  enableShieldedNodes: flag({ default: true }),
  identityServiceConfig: object({ enabled: flag() }, { computed: true }),
  masterAuth: object(
    {
      clientCertificateConfig: object(
        { issueClientCertificate: flag({ required: true, replaces: true }) },
        { required: true, replaces: true },
      ),
    },
    { computed: true },
  ),
  masterAuthorizedNetworksConfig: object(
    {
      cidrBlocks: list(object({ cidrBlock: text({ required: true, ...cidr }), displayName: text() }), {
        unordered: true,
      }),
      gcpPublicCidrsAccessEnabled: flag({ computed: true }),
      privateEndpointEnforcementEnabled: flag({ computed: true }),
    },
    { computed: true },
  ),
  meshCertificates: object({ enableCertificates: flag({ required: true }) }, { computed: true }),
  privateClusterConfig: object(
    {
      enablePrivateEndpoint: flag(),
      enablePrivateNodes: flag(),
      masterGlobalAccessConfig: enabled(),
      masterIpv4CidrBlock: text({
        replaces: true,
        computed: true,
        pattern: /^\d+\.\d+\.\d+\.\d+\/28$/,
        rule: "a /28 such as 172.16.0.0/28",
      }),
      privateEndpointSubnetwork: text({
        replaces: true,
        reference: { kinds: ["compute/subnetwork:Subnetwork"], holds: true },
      }),
    },
    { computed: true },
  ),
  rbacBindingConfig: object(
    { enableInsecureBindingSystemAuthenticated: flag(), enableInsecureBindingSystemUnauthenticated: flag() },
    { computed: true },
  ),
  secretManagerConfig: object({
    enabled: flag({ required: true }),
    rotationConfig: object(
      {
        enabled: flag({ required: true }),
        rotationInterval: text({ computed: true, pattern: /^[0-9]+s$/, rule: "seconds, such as 120s" }),
      },
      { computed: true },
    ),
  }),
  secretSyncConfig: object({
    enabled: flag({ required: true }),
    rotationConfig: object(
      { enabled: flag({ required: true }), rotationInterval: text({ computed: true }) },
      { computed: true },
    ),
  }),
  securityPostureConfig: object(
    {
      mode: oneOf(["DISABLED", "BASIC", "ENTERPRISE", "MODE_UNSPECIFIED"], { computed: true }),
      vulnerabilityMode: oneOf(
        [
          "VULNERABILITY_DISABLED",
          "VULNERABILITY_BASIC",
          "VULNERABILITY_ENTERPRISE",
          "VULNERABILITY_MODE_UNSPECIFIED",
        ],
        { computed: true },
      ),
    },
    { computed: true },
  ),
  userManagedKeysConfig: object({
    aggregationCa: text({ replaces: true }),
    clusterCa: text({ replaces: true }),
    controlPlaneDiskEncryptionKey: text(),
    etcdApiCa: text({ replaces: true }),
    etcdPeerCa: text({ replaces: true }),
    gkeopsEtcdBackupEncryptionKey: text(),
    serviceAccountSigningKeys: list(text(), { unordered: true }),
    serviceAccountVerificationKeys: list(text(), { unordered: true }),
  }),
  workloadAltsConfig: object({ enableAlts: flag({ required: true }) }, { computed: true }),
  workloadIdentityConfig: object({ workloadPool: text() }, { computed: true }),
};
