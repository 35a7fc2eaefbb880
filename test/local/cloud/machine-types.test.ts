import { expect } from "chai";

import { machineOf, machineTypeProblem } from "../../../local/cloud/machine-types";
import { make, makeNetwork, refusal, smallCloud } from "../../support/small-cloud";

describe("machine types", () => {
  const sizes: Readonly<Record<string, [cpus: number, memoryGib: number]>> = {
    "e2-medium": [2, 4],
    "e2-standard-8": [8, 32],
    "e2-highcpu-16": [16, 16],
    "n2-standard-128": [128, 512],
    "n2-highmem-128": [128, 864],
    "n2d-highcpu-224": [224, 224],
    "n4-highcpu-8": [8, 16],
    "t2d-standard-60": [60, 240],
    "c3-standard-22": [22, 88],
    "c3-standard-8-lssd": [8, 32],
    "n2-custom-6-20480": [6, 20],
  };
  for (const [type, [cpus, memoryGib]] of Object.entries(sizes)) {
    it(`of ${type} are ${cpus} CPUs and ${memoryGib} GiB`, () => {
      expect(machineOf(type)).to.deep.equal({ cpus, memoryGib });
      expect(machineTypeProblem(type)).to.equal(undefined);
    });
  }

  for (const type of [
    "e2-standard-3",
    "e2-highmem-32",
    "n2d-highmem-128",
    "t2d-highmem-4",
    "c3-standard-2",
  ]) {
    it(`do not include ${type}`, () => {
      expect(machineOf(type)).to.equal(undefined);
    });
  }

  it("that nobody sells are refused, and those of the family are named", async () => {
    const cloud = await smallCloud();
    const { network, subnetwork } = await makeNetwork(cloud);
    const inputs = { name: "main", location: "europe-west1", network, subnetwork, initialNodeCount: 1 };
    const cluster = await make(cloud, "container/cluster:Cluster", inputs);
    const pool = (nodeConfig: { machineType: string; diskType?: string }) =>
      refusal(make(cloud, "container/nodePool:NodePool", { name: "main", cluster, nodeConfig }));

    expect(await pool({ machineType: "t2d-standard-3" })).to.contain(
      "nodeConfig.machineType: the emulated cloud knows no machine type t2d-standard-3; t2d has t2d-standard-1, " +
        "t2d-standard-2, t2d-standard-4, t2d-standard-8, t2d-standard-16, t2d-standard-32, t2d-standard-48, " +
        "t2d-standard-60; where Google sells it, add it to local/cloud/machine-types.ts",
    );
    expect(await pool({ machineType: "z9-huge" })).to.contain("known are e2, n2, n2d, n4, t2d, c3");
    expect(await pool({ machineType: "n4-standard-4" })).to.contain(
      "nodeConfig.diskType: n4-standard-4 takes hyperdisk-balanced, not pd-balanced",
    );
    expect(await pool({ machineType: "n4-standard-4", diskType: "hyperdisk-balanced" })).to.equal("accepted");
    expect(
      await refusal(
        make(cloud, "container/cluster:Cluster", {
          ...inputs,
          name: "other",
          nodeConfig: { machineType: "e2-standard-3" },
        }),
      ),
    ).to.contain(
      "nodeConfig.machineType: the emulated cloud knows no machine type e2-standard-3; e2 has e2-micro",
    );
  });
});
