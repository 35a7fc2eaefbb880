/** What lets Google's services put endpoints of their own into a network. */
import { heldNetwork, heldSubnetwork, networkReference } from "./compute-names";
import { at, listAt, pathOf, textAt, textsAt } from "./read";
import {
  deletionPolicy,
  labelOutputs,
  labels,
  list,
  object,
  oneOf,
  project,
  text,
  type Resource,
  type Rule,
  type Surroundings,
  type Value,
  type Values,
} from "./shape";

const kind = "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy";

/** A network as the APIs round service connections take it. A self link is refused; whether Google does is unproven. */
export const networkPath = {
  pattern: /^projects\/[^/]+\/global\/networks\/[^/]+$/,
  rule: "projects/{project}/global/networks/{name}",
} as const;

const policy: Rule = {
  kind,
  api: "networkconnectivity.googleapis.com",
  id: "projects/{project}/locations/{location}/serviceConnectionPolicies/{name}",
  autonamed: "name",
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text(),
    labels: labels(),
    location: text({
      required: true,
      replaces: true,
      pattern: /^[a-z]+-[a-z]+\d+$/,
      rule: "a region",
    }),
    name: text({
      required: true,
      replaces: true,
      pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
      rule: "1-63 lower case letters, digits and dashes, starting with a letter",
    }),
    network: text({ required: true, replaces: true, ...networkPath, reference: heldNetwork }),
    project: project(),
    pscConfig: object({
      limit: text({ pattern: /^\d+$/, rule: "a number" }),
      producerInstanceLocation: oneOf(["PRODUCER_INSTANCE_LOCATION_UNSPECIFIED"], { computed: true }),
      subnetworks: list(text({ reference: heldSubnetwork }), { required: true }),
    }),
    serviceClass: text({ required: true, replaces: true }),
  },
  computed: [
    "createTime",
    "effectiveLabels",
    "etag",
    "infrastructure",
    "pscConnections",
    "pulumiLabels",
    "updateTime",
  ],
  outputs: ({ id, inputs }, around) => ({
    createTime: "2026-01-01T00:00:00.000000000Z",
    etag: around.number(12, "etag", id),
    infrastructure: "PSC",
    // Connections come later, and the provider shows them after a refresh; here they never show.
    pscConnections: [],
    updateTime: "2026-01-01T00:00:00.000000000Z",
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs, around) => {
    const network = textAt(inputs, "network") ?? "";
    const alike = around
      .alsoReferring(kind, networkReference, network)
      .filter(({ inputs: other }) => ["location", "serviceClass"].every((key) => other[key] === inputs[key]))
      .filter((other) => !(other.project === around.project.id && other.inputs["name"] === inputs["name"]));
    return [
      ...alike.map(({ id }) => `network: ${id} is for that network, region and service class already`),
      ...textsAt(inputs, "pscConfig", "subnetworks").flatMap((name) =>
        subnetworkProblems(name, network, textAt(inputs, "location"), around),
      ),
    ];
  },
  keeps: (state, around) => {
    const users = usersOf(state, around);
    return users.length > 0
      ? `The service connection policy '${textAt(state, "name")}' is in use by ${users.join(", ")}`
      : undefined;
  },
  takes: { create: 10, update: 10, remove: 10 },
  source: "terraform-provider-google resource_network_connectivity_service_connection_policy",
};

function subnetworkProblems(
  name: string,
  network: string,
  location: string | undefined,
  around: Surroundings,
): string[] {
  const found = around.find(heldSubnetwork, name, around.project.id);
  if (!found) return [];
  const its = textAt(found.inputs, "network") ?? "";
  return [
    ...(textAt(found.inputs, "region") === location
      ? []
      : [`pscConfig.subnetworks: ${name} is not in ${location}`]),
    ...(sameNetwork(its, network, around) ? [] : [`pscConfig.subnetworks: ${name} is not in ${network}`]),
    ...((textAt(found.inputs, "purpose") ?? "PRIVATE") === "PRIVATE"
      ? []
      : [`pscConfig.subnetworks: ${name} is not a regular subnetwork`]),
  ];
}

/** Instances that were connected by this policy: Google keeps it while they are. Its words are unproven. */
function usersOf(policy: Values, around: Surroundings): string[] {
  if (policy["serviceClass"] !== "gcp-memorystore") return [];
  return around
    .list("memorystore/instance:Instance")
    .filter(({ inputs }) => inputs["location"] === policy["location"])
    .filter(({ inputs }) =>
      listAt(inputs, "desiredAutoCreatedEndpoints").some((endpoint) =>
        sameNetwork(textAt(endpoint, "network") ?? "", textAt(policy, "network") ?? "", around),
      ),
    )
    .map(({ id }) => `'${id}'`);
}

/** The policy that lets a service class into a network of a region. */
export function policyFor(
  serviceClass: string,
  network: string,
  location: Value | undefined,
  around: Surroundings,
): Resource | undefined {
  return around
    .alsoReferring(kind, networkReference, network)
    .find(({ inputs }) => inputs["serviceClass"] === serviceClass && inputs["location"] === location);
}

/** The subnetworks of a policy that are there. */
export const subnetworksOf = (policy: Resource, around: Surroundings): readonly Resource[] =>
  textsAt(policy.inputs, "pscConfig", "subnetworks").flatMap(
    (name) => around.find(heldSubnetwork, name, policy.project) ?? [],
  );

/** Whether two names mean one network, from the project that asks. */
export function sameNetwork(one: string, other: string, around: Surroundings): boolean {
  const meant = (name: string) => around.find(networkReference, name, around.project.id)?.id ?? pathOf(name);
  return meant(one) === meant(other);
}

/** How many connections a policy allows; undefined for as many as there is room for. */
export const limitOf = (policy: Resource): number | undefined => {
  const limit = at(policy.inputs, "pscConfig", "limit");
  return typeof limit === "string" ? Number(limit) : undefined;
};

export const networkconnectivity: readonly Rule[] = [policy];
