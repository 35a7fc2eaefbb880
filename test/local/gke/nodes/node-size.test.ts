import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { allocatableDiskGib, nodeSize } from "../../../../local/gke/nodes/node-size";
import { root } from "../../../support/settings";

describe("the size of nodes", () => {
  it("leaves for pods what GKE documents", () => {
    expect(nodeSize("e2-standard-2")).to.include({ allocatableMillicpus: 1930, allocatableMib: 6248 });
    expect(nodeSize("e2-standard-4")).to.include({ allocatableMillicpus: 3920, allocatableMib: 13621 });
    expect(nodeSize("e2-standard-8")).to.include({ allocatableMillicpus: 7910, allocatableMib: 29022 });
    // A shared core: half of what it shows.
    expect(nodeSize("e2-medium")).to.include({ cpus: 2, allocatableMillicpus: 940, allocatableMib: 2972 });
    expect(allocatableDiskGib(100)).to.equal(49);
  });

  it("is known as far as the stacks use machine types", () => {
    const files = ["Pulumi.ci.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "templates/popup.yaml"];
    const used = files
      .map((file) => readFileSync(join(root, file), "utf8"))
      .flatMap((text) => [...text.matchAll(/machineType: ([\w-]+)/g)].map(([, type = ""]) => type));
    expect(used.length).to.be.above(3);
    for (const type of used) expect(nodeSize(type).allocatableMib).to.be.above(0);
  });

  it("is never guessed", () => {
    expect(() => nodeSize("z9-huge")).to.throw(
      "the emulated cloud knows no machine type z9-huge; known are e2, n2, ",
    );
  });
});
