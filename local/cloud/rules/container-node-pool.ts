import { machineProblems, nodeFields } from "./container-node-config";
import { lastSegment, listAt, numberAt, textAt } from "./read";
import {
  deletionPolicy,
  flag,
  list,
  number,
  object,
  oneOf,
  project,
  text,
  type Resource,
  type Rule,
  type Surroundings,
  type Values,
} from "./shape";
import { currentVersion, nodeLocationsOf, secondaryRanges } from "./container-places";

const clusterReference = { kinds: ["container/cluster:Cluster"], partOf: true };

/** The cluster's place, from the pool's own inputs or from the cluster's id. */
const placeOf = (inputs: Values): string =>
  textAt(inputs, "location") ?? /\/locations\/([^/]+)\//.exec(textAt(inputs, "cluster") ?? "")?.[1] ?? "";

const clusterOf = (inputs: Values, around: Surroundings): Resource | undefined =>
  around.find(clusterReference, textAt(inputs, "cluster") ?? "", around.project.id);

export const nodePool: Rule = {
  kind: "container/nodePool:NodePool",
  api: "container.googleapis.com",
  id: (inputs, around) =>
    `projects/${around.project.id}/locations/${placeOf(inputs)}/clusters/${lastSegment(textAt(inputs, "cluster") ?? "")}/nodePools/${textAt(inputs, "name")}`,
  autonamed: "name",
  inputs: {
    autoscaling: object({
      locationPolicy: oneOf(["BALANCED", "ANY"], { computed: true }),
      maxNodeCount: number({ min: 0 }),
      minNodeCount: number({ min: 0 }),
      totalMaxNodeCount: number({ min: 0 }),
      totalMinNodeCount: number({ min: 0 }),
    }),
    cluster: text({ required: true, replaces: true, reference: clusterReference }),
    deletionPolicy: deletionPolicy(),
    ignoreNodeCountChanges: flag({ providerOnly: true }),
    initialNodeCount: number({ replaces: true, computed: true }),
    location: text({ replaces: true, computed: true }),
    maintenancePolicies: list(object({ exclusionUntilEndOfSupports: list(object({ enabled: flag() })) })),
    management: object(
      { autoRepair: flag({ default: true }), autoUpgrade: flag({ default: true }) },
      { computed: true },
    ),
    maxPodsPerNode: number({ replaces: true, computed: true, min: 8, max: 256 }),
    name: text({
      required: true,
      replaces: true,
      maxLength: 40,
      pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
      rule: "1-40 lower case letters, digits and dashes, starting with a letter",
    }),
    networkConfig: object(
      {
        additionalNodeNetworkConfigs: list(
          object({
            network: text({ replaces: true, computed: true }),
            subnetwork: text({ replaces: true, computed: true }),
          }),
          { replaces: true, computed: true },
        ),
        additionalPodNetworkConfigs: list(
          object({
            maxPodsPerNode: number({ replaces: true, computed: true }),
            secondaryPodRange: text({ replaces: true }),
            subnetwork: text({ replaces: true }),
          }),
          { replaces: true },
        ),
        createPodRange: flag({ replaces: true }),
        enablePrivateNodes: flag({ computed: true }),
        networkPerformanceConfig: object({ totalEgressBandwidthTier: text({ required: true }) }),
        podCidrOverprovisionConfig: object(
          { disabled: flag({ required: true }) },
          { replaces: true, computed: true },
        ),
        podIpv4CidrBlock: text({ replaces: true, computed: true }),
        podRange: text({ replaces: true, computed: true }),
        subnetwork: text({
          replaces: true,
          computed: true,
          reference: { kinds: ["compute/subnetwork:Subnetwork"], holds: true },
        }),
      },
      { computed: true },
    ),
    nodeConfig: object(nodeFields, { replaces: true, computed: true }),
    nodeCount: number({ computed: true, min: 0 }),
    nodeDrainConfigs: list(
      object({
        graceTerminationDuration: text(),
        pdbTimeoutDuration: text(),
        respectPdbDuringNodePoolDeletion: flag(),
      }),
      { computed: true },
    ),
    nodeLocations: list(text(), { computed: true, unordered: true }),
    placementPolicy: object(
      { policyName: text({ replaces: true }), tpuTopology: text(), type: text({ required: true }) },
      { replaces: true },
    ),
    project: project(),
    queuedProvisioning: object({ enabled: flag({ required: true, replaces: true }) }, { replaces: true }),
    upgradeSettings: object(
      {
        blueGreenSettings: object(
          {
            autoscaledRolloutPolicy: object({ waitForDrainDuration: text({ computed: true }) }),
            nodePoolSoakDuration: text({ computed: true }),
            standardRolloutPolicy: object({
              batchNodeCount: number({ computed: true }),
              batchPercentage: number({ computed: true, min: 0.0, max: 1.0 }),
              batchSoakDuration: text({ computed: true }),
            }),
          },
          { computed: true },
        ),
        maxSurge: number({ computed: true, min: 0 }),
        maxUnavailable: number({ computed: true, min: 0 }),
        strategy: oneOf(["SURGE", "BLUE_GREEN"], { default: "SURGE" }),
      },
      { computed: true },
    ),
    version: text({ computed: true }),
  },
  computed: [
    "instanceGroupUrls",
    "managedInstanceGroupUrls",
    "operation",
    "location",
    "version",
    "nodeCount",
    "initialNodeCount",
    "maxPodsPerNode",
    "nodeLocations",
    "nodeConfig.machineType",
    "nodeConfig.diskSizeGb",
    "nodeConfig.diskType",
    "nodeConfig.imageType",
    "nodeConfig.effectiveTaints",
  ],
  outputs: ({ id, inputs }, around) => {
    const cluster = clusterOf(inputs, around);
    const zones = listAt(inputs, "nodeLocations").map(String);
    const places = zones.length > 0 ? zones : nodeLocationsOf(cluster?.inputs ?? {}, placeOf(inputs));
    const groups = places.map(
      (zone) =>
        `projects/${around.project.id}/zones/${zone}/instanceGroupManagers/gke-${lastSegment(textAt(inputs, "cluster") ?? "")}-${textAt(inputs, "name")}-${around.number(8, id, zone)}-grp`,
    );
    const nodes =
      numberAt(inputs, "nodeCount") ??
      numberAt(inputs, "initialNodeCount") ??
      numberAt(inputs, "autoscaling", "minNodeCount") ??
      1;
    return {
      instanceGroupUrls: groups.map((group) => `https://www.googleapis.com/compute/v1/${group}`),
      managedInstanceGroupUrls: groups.map((group) => `https://www.googleapis.com/compute/v1/${group}`),
      operation: "",
      location: placeOf(inputs),
      version: textAt(cluster?.state, "masterVersion") ?? currentVersion,
      nodeCount: nodes,
      initialNodeCount: nodes,
      maxPodsPerNode: numberAt(cluster?.state, "defaultMaxPodsPerNode") ?? 110,
      nodeLocations: places,
      nodeConfig: {
        machineType: "e2-medium",
        diskSizeGb: 100,
        diskType: "pd-balanced",
        imageType: "COS_CONTAINERD",
        effectiveTaints: listAt(inputs, "nodeConfig", "taints"),
      },
    };
  },
  refuses: (inputs, around) => [
    ...scalingProblems(inputs),
    ...machineProblems(inputs),
    ...clusterProblems(inputs, clusterOf(inputs, around), around),
  ],
  takes: { create: 90, update: 120, remove: 150 },
  source: "terraform-provider-google resource_container_node_pool and node_config",
};

function scalingProblems(inputs: Values): string[] {
  const problems: string[] = [];
  const scaling = (name: string) => numberAt(inputs, "autoscaling", name);
  if (inputs["autoscaling"]) {
    const perZone = scaling("maxNodeCount");
    const total = scaling("totalMaxNodeCount");
    if ((perZone === undefined) === (total === undefined))
      problems.push("autoscaling: exactly one of maxNodeCount and totalMaxNodeCount");
    if (perZone === 0 || total === 0) problems.push("autoscaling: the maximum is at least 1");
    for (const [least, most] of [
      ["minNodeCount", "maxNodeCount"],
      ["totalMinNodeCount", "totalMaxNodeCount"],
    ] as const) {
      const low = scaling(least);
      const high = scaling(most);
      if (low !== undefined && high === undefined && (perZone ?? total) !== undefined)
        problems.push(`autoscaling.${least}: goes with ${most}`);
      if (low !== undefined && high !== undefined && low > high)
        problems.push(`autoscaling.${least}: ${low} is more than ${most} ${high}`);
    }
  }
  const surge = numberAt(inputs, "upgradeSettings", "maxSurge");
  const away = numberAt(inputs, "upgradeSettings", "maxUnavailable");
  if (surge === 0 && (away ?? 0) === 0)
    problems.push("upgradeSettings: maxSurge and maxUnavailable cannot both be 0");
  if ((surge ?? 0) + (away ?? 0) > 20)
    problems.push("upgradeSettings: maxSurge and maxUnavailable are at most 20 together");
  return problems;
}

function clusterProblems(inputs: Values, cluster: Resource | undefined, around: Surroundings): string[] {
  if (!cluster) return [];
  const problems: string[] = [];
  if (cluster.inputs["enableAutopilot"] === true)
    problems.push("cluster: an Autopilot cluster takes no pools");
  const management = inputs["management"];
  if (
    typeof management === "object" &&
    textAt(cluster.state, "releaseChannel", "channel") !== "UNSPECIFIED" &&
    (management as Values)["autoUpgrade"] === false
  )
    problems.push("management.autoUpgrade: must be true in a cluster on a release channel");
  const range = textAt(inputs, "networkConfig", "podRange");
  const ranges = secondaryRanges(cluster.inputs, around);
  if (range && ranges && !ranges.has(range))
    problems.push(`networkConfig.podRange: the subnetwork has no secondary range ${range}`);
  if (placeOf(inputs) !== textAt(cluster.state, "location"))
    problems.push(`location: the cluster is in ${textAt(cluster.state, "location")}`);
  return problems;
}
