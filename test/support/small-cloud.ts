import { Cloud, type CloudOptions } from "../../local/cloud/cloud";
import type { Values } from "../../local/cloud/rules/shape";

/** The one project of a small cloud. */
export const project = { id: "acme-test", number: "300000000001" };

const apis = [
  "billingbudgets",
  "certificatemanager",
  "cloudkms",
  "cloudresourcemanager",
  "compute",
  "container",
  "dns",
  "gkebackup",
  "iam",
  "memorystore",
  "monitoring",
  "networkconnectivity",
  "secretmanager",
  "sqladmin",
];

/** A cloud with one project and its APIs on, but for those that it is to be `without`. */
export async function smallCloud({
  without = [],
  ...options
}: CloudOptions & { readonly without?: readonly string[] } = {}): Promise<Cloud> {
  const cloud = new Cloud(options);
  cloud.register(project);
  for (const api of apis.filter((name) => !without.includes(name))) {
    await cloud.create("projects/service:Service", project.id, { service: `${api}.googleapis.com` });
  }
  return cloud;
}

/** Makes a resource in the one project and answers with its id. */
export async function make(cloud: Cloud, kind: string, inputs: Values): Promise<string> {
  return (await cloud.create(kind, project.id, inputs)).id;
}

/** A network with a subnetwork that has a range for pods. */
export async function makeNetwork(cloud: Cloud): Promise<{ network: string; subnetwork: string }> {
  const network = await make(cloud, "compute/network:Network", {
    name: "main",
    autoCreateSubnetworks: false,
  });
  const subnetwork = await make(cloud, "compute/subnetwork:Subnetwork", {
    name: "main",
    network,
    region: "europe-west1",
    ipCidrRange: "10.0.0.0/22",
    secondaryIpRanges: [{ rangeName: "pods", ipCidrRange: "10.16.0.0/16" }],
  });
  return { network, subnetwork };
}

/** A cluster whose Workload Identity pool is the project's. */
export async function makeCluster(cloud: Cloud): Promise<string> {
  return make(cloud, "container/cluster:Cluster", {
    ...(await makeNetwork(cloud)),
    name: "main",
    location: "europe-west1",
    initialNodeCount: 1,
    ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    workloadIdentityConfig: { workloadPool: `${project.id}.svc.id.goog` },
  });
}

/** The least that an SQL instance may be. */
export const instanceInputs = (name: string): Values => ({
  name,
  region: "europe-west1",
  databaseVersion: "POSTGRES_18",
  settings: {
    edition: "ENTERPRISE",
    tier: "db-custom-2-7680",
    ipConfiguration: { ipv4Enabled: false, pscConfigs: [{ pscEnabled: true }] },
  },
});

/** The message of a refusal, or a word that says there was none. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "accepted",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
