/** Inputs of a cluster that place it in a network. */
import { disabled, enabled } from "./container-node-config";
import { flag, list, number, object, oneOf, text, type Fields } from "./shape";

const sizeOrCidr = {
  pattern: /^(\d+\.\d+\.\d+\.\d+)?\/\d{1,2}$/,
  rule: "a range such as 10.0.0.0/16, or a size such as /16",
};

export const networkInputs: Fields = {
  clusterIpv4Cidr: text({ replaces: true, computed: true, ...sizeOrCidr }),
  datapathProvider: oneOf(["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"], {
    replaces: true,
    computed: true,
  }),
  dataplaneOptimizationMode: text({ replaces: true }),
  defaultMaxPodsPerNode: number({ replaces: true, computed: true, min: 8, max: 256 }),
  defaultSnatStatus: disabled(),
  disableL4LbFirewallReconciliation: flag({ default: false }),
  dnsConfig: object({
    additiveVpcScopeDnsDomain: text(),
    clusterDns: oneOf(["PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"], {
      default: "PROVIDER_UNSPECIFIED",
    }),
    clusterDnsDomain: text(),
    clusterDnsScope: oneOf(["DNS_SCOPE_UNSPECIFIED", "CLUSTER_SCOPE", "VPC_SCOPE"]),
  }),
  enableCiliumClusterwideNetworkPolicy: flag({ default: false }),
  enableFqdnNetworkPolicy: flag({ default: false }),
  enableIntranodeVisibility: flag({ computed: true }),
  enableL4IlbSubsetting: flag({ computed: true }),
  enableMultiNetworking: flag({ default: false }),
  gatewayApiConfig: object(
    { channel: oneOf(["CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"], { required: true }) },
    { computed: true },
  ),
  inTransitEncryptionConfig: oneOf([
    "IN_TRANSIT_ENCRYPTION_CONFIG_UNSPECIFIED",
    "IN_TRANSIT_ENCRYPTION_DISABLED",
    "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
  ]),
  ipAllocationPolicy: object(
    {
      additionalIpRangesConfigs: list(
        object({ podIpv4RangeNames: list(text()), status: text(), subnetwork: text({ required: true }) }),
      ),
      additionalPodRangesConfig: object({ podRangeNames: list(text(), { required: true, unordered: true }) }),
      autoIpamConfig: enabled(),
      clusterIpv4CidrBlock: text({ replaces: true, computed: true, ...sizeOrCidr }),
      clusterSecondaryRangeName: text({ replaces: true, computed: true }),
      networkTierConfig: object({ networkTier: text({ required: true }) }, { computed: true }),
      podCidrOverprovisionConfig: object(
        { disabled: flag({ required: true }) },
        { replaces: true, computed: true },
      ),
      servicesIpv4CidrBlock: text({ replaces: true, computed: true, ...sizeOrCidr }),
      servicesSecondaryRangeName: text({ replaces: true, computed: true }),
      stackType: oneOf(["IPV4", "IPV4_IPV6"], { default: "IPV4" }),
    },
    { replaces: true, computed: true },
  ),
  network: text({
    replaces: true,
    default: "default",
    reference: { kinds: ["compute/network:Network"], holds: true },
  }),
  networkPerformanceConfig: object({ totalEgressBandwidthTier: text({ required: true }) }),
  networkPolicy: object({
    enabled: flag({ required: true }),
    provider: oneOf(["PROVIDER_UNSPECIFIED", "CALICO"]),
  }),
  networkingMode: oneOf(["VPC_NATIVE", "ROUTES"], { replaces: true, computed: true }),
  privateIpv6GoogleAccess: text({ computed: true }),
  serviceExternalIpsConfig: enabled(),
  subnetwork: text({
    replaces: true,
    computed: true,
    reference: { kinds: ["compute/subnetwork:Subnetwork"], holds: true },
  }),
};
