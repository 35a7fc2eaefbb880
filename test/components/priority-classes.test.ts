import { expect } from "chai";

import { PriorityClasses } from "../../components/priority-classes";
import { record } from "../support/recorder";

const type = "kubernetes:scheduling.k8s.io/v1:PriorityClass";
const classes = async () =>
  (await record(() => new PriorityClasses("main"))).all(type).map(({ inputs }) => ({
    name: (inputs["metadata"] as { name: string }).name,
    value: inputs["value"] as number,
    default: inputs["globalDefault"] === true,
    preempts: inputs["preemptionPolicy"] !== "Never",
  }));

describe("priority classes", () => {
  it("put the platform before services, and builds after them", async () => {
    const sorted = (await classes()).sort((a, b) => b.value - a.value);
    expect(sorted.map(({ name }) => name)).to.deep.equal(["platform", "standard", "batch"]);
  });

  it("have one for pods that name none, since Kubernetes would refuse a second", async () => {
    expect((await classes()).filter((one) => one.default).map(({ name }) => name)).to.deep.equal([
      "standard",
    ]);
  });

  it("let builds take nobody's place", async () => {
    expect((await classes()).filter(({ preempts }) => !preempts).map(({ name }) => name)).to.deep.equal([
      "batch",
    ]);
  });

  it("stay below what Kubernetes keeps for itself", async () => {
    expect((await classes()).filter(({ value }) => value > 1_000_000_000)).to.deep.equal([]);
  });
});
