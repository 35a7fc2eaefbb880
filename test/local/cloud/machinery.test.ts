/** The order in which the cloud and what runs behind it change. What really runs is the business of `local/gke`. */
import { expect } from "chai";

import type { Cloud } from "../../../local/cloud/cloud";
import type { Machinery } from "../../../local/cloud/machinery";
import type { Resource } from "../../../local/cloud/rules/shape";
import { make, makeNetwork, project, refusal, smallCloud } from "../../support/small-cloud";

const clusterKind = "container/cluster:Cluster";
const poolKind = "container/nodePool:NodePool";

describe("what runs behind a resource", () => {
  let told: string[];
  let breaks: string | undefined;
  let cloud: Cloud;

  const machinery = (kind: string): [string, Machinery] => {
    const tell = (call: string, { id }: Resource) => {
      const there = cloud.list(kind).find((one) => one.id === id)?.status ?? "not listed";
      told.push(`${call} ${kind.slice(kind.indexOf(":") + 1)} (${there})`);
      return call === breaks ? Promise.reject(new Error("it does not run")) : Promise.resolve();
    };
    return [
      kind,
      {
        make: (resource) => tell("make", resource),
        change: (_, after) => tell("change", after),
        unmake: (resource) => tell("unmake", resource),
      },
    ];
  };

  const makeCluster = async () => {
    const { network, subnetwork } = await makeNetwork(cloud);
    return make(cloud, clusterKind, {
      name: "main",
      location: "europe-west1",
      network,
      subnetwork,
      initialNodeCount: 1,
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    });
  };
  const makePool = (cluster: string) =>
    make(cloud, poolKind, { name: "services", cluster, location: "europe-west1", initialNodeCount: 1 });

  beforeEach(async () => {
    told = [];
    breaks = undefined;
    cloud = await smallCloud({ machinery: new Map([machinery(clusterKind), machinery(poolKind)]) });
  });

  it("is made before the resource is ready, and taken away before it is gone, its parts first", async () => {
    const cluster = await makeCluster();
    await makePool(cluster);
    await cloud.remove(clusterKind, project.id, cluster);
    expect(told).to.deep.equal([
      "make Cluster (creating)",
      "make NodePool (creating)",
      "unmake NodePool (ready)",
      "unmake Cluster (not listed)",
    ]);
  });

  it("leaves no resource when it cannot be made, so that a second try starts from nothing", async () => {
    breaks = "make";
    expect(await refusal(makeCluster())).to.equal("it does not run");
    expect(cloud.list(clusterKind)).to.deep.equal([]);
  });

  it("keeps the resource as it was when it cannot be changed", async () => {
    const cluster = await makeCluster();
    const pool = await makePool(cluster);
    breaks = "change";
    const inputs = { name: "services", cluster, location: "europe-west1", nodeCount: 7 };
    expect(await refusal(cloud.update(poolKind, project.id, pool, inputs))).to.equal("it does not run");
    expect(cloud.list(poolKind).map(({ inputs }) => inputs["nodeCount"])).to.deep.equal([undefined]);
  });

  it("keeps the resource when it cannot be taken away, and takes it at the next try", async () => {
    const cluster = await makeCluster();
    breaks = "unmake";
    expect(await refusal(cloud.remove(clusterKind, project.id, cluster))).to.equal("it does not run");
    expect(cloud.list(clusterKind).map(({ status }) => status)).to.deep.equal(["ready"]);
    breaks = undefined;
    await cloud.remove(clusterKind, project.id, cluster);
    expect(cloud.list(clusterKind)).to.deep.equal([]);
  });
});
