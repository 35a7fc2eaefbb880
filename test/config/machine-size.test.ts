import { expect } from "chai";

import { capacityOf, machineSize, podsThatFit } from "../../config/machine-size";
import { machineOf } from "../../local/cloud/machine-types";
import { nodeSize } from "../../local/gke/nodes/node-size";
import { changed, problemsOf, stackConfig } from "../support/settings";

describe("the size of a machine", () => {
  const sizes: Readonly<Record<string, [cpus: number, memoryGib: number]>> = {
    "e2-standard-4": [4, 16],
    "n2d-highmem-8": [8, 64],
    "c3-highcpu-22": [22, 44],
    "c3-standard-8-lssd": [8, 32],
    "n2-custom-6-20480": [6, 20],
    "n2-custom-2-17408-ext": [2, 17],
    "e2-small": [2, 2],
    "e2-medium": [2, 4],
  };
  for (const [type, [cpus, memoryGib]] of Object.entries(sizes)) {
    it(`of ${type} is ${cpus} CPUs and ${memoryGib} GiB`, () => {
      expect(machineSize(type)).to.deep.equal({ cpus, memoryGib });
    });
  }

  it("is what the emulated cloud gives the machines of the stacks", () => {
    for (const type of ["e2-standard-2", "e2-standard-4", "e2-standard-8", "e2-standard-16"]) {
      expect(machineSize(type), type).to.deep.equal(machineOf(type));
    }
  });

  it("is never guessed", () => {
    expect(() => machineSize("e2-standard")).to.throw("machine type e2-standard does not tell its size");
    expect(() => machineSize("a2-ultragpu-1g")).to.throw("does not tell its size");
  });

  it("is told by every machine type that the settings allow", () => {
    const cluster = JSON.parse(stackConfig("staging").values["platform:cluster"] ?? "{}") as {
      pools: { services: { machineType: string } };
    };
    const problems = (machineType: string) => {
      cluster.pools.services.machineType = machineType;
      return problemsOf(changed("staging", { "platform:cluster": cluster }));
    };
    for (const type of Object.keys(sizes)) expect(problems(type), type).to.deep.equal([]);
    for (const type of ["e2-standard", "e2-highmem-0", "n2-custom-4", "a2-ultragpu-1g"]) {
      expect(problems(type), type).to.have.length(1);
    }
  });
});

describe("the capacity of pools", () => {
  const pool = { machineType: "e2-standard-4", spot: true, minNodes: 0, maxNodes: 3, diskGb: 50 };

  it("is that of all nodes they may reach", () => {
    const larger = { ...pool, machineType: "e2-standard-8", maxNodes: 2 };
    expect(capacityOf([pool, larger], 32)).to.deep.equal({ cpus: 28, memoryGib: 112, pods: 160 });
  });

  it("is nothing where there are none", () => {
    expect(capacityOf([], 32)).to.deep.equal({ cpus: 0, memoryGib: 0, pods: 0 });
  });
});

describe("pods that fit onto a machine", () => {
  const request = { millicpus: 2750, mebibytes: 5632 };

  it("are as many as it has room for beside the system", () => {
    expect(podsThatFit("e2-standard-8", request)).to.equal(2);
    expect(podsThatFit("e2-standard-16", request)).to.equal(4);
    expect(podsThatFit("e2-highcpu-8", request)).to.equal(2);
  });

  it("are none where one is too large for it", () => {
    expect(podsThatFit("e2-standard-2", request)).to.equal(0);
  });

  it("leave the share that GKE keeps of it, as the emulated cloud counts it", () => {
    for (const type of ["e2-standard-2", "e2-standard-4", "e2-standard-8", "n2-highmem-16"]) {
      for (const pod of [request, { millicpus: 100, mebibytes: 1024 }, { millicpus: 1000, mebibytes: 100 }]) {
        const { allocatableMillicpus, allocatableMib } = nodeSize(type);
        const count = podsThatFit(type, pod);
        expect(count * pod.millicpus, type).to.be.below(allocatableMillicpus);
        expect(count * pod.mebibytes, type).to.be.below(allocatableMib);
      }
    }
  });
});
