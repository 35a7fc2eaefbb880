import { expect } from "chai";

import { stepsOf, valueAt } from "../../../cli/plan/property-path";

describe("a property path", () => {
  const table: readonly [string, (string | number)[]][] = [
    ["tier", ["tier"]],
    ["nodeConfig.machineType", ["nodeConfig", "machineType"]],
    ["settings.databaseFlags[1].value", ["settings", "databaseFlags", 1, "value"]],
    ['metadata.labels["app.kubernetes.io/name"]', ["metadata", "labels", "app.kubernetes.io/name"]],
    ['labels["a \\"b\\""].c', ["labels", 'a "b"', "c"]],
    ["[0][2]", [0, 2]],
    ["", []],
  ];
  for (const [path, steps] of table) {
    it(`${JSON.stringify(path)} is ${JSON.stringify(steps)}`, () => {
      expect(stepsOf(path)).to.deep.equal(steps);
    });
  }

  it("that cannot be read is taken for one key", () => {
    expect(stepsOf("a[b")).to.deep.equal(["a[b"]);
  });

  it("leads to the value, or to nothing where a step is missing", () => {
    const value = { pools: [{ labels: { "a/b": "x" } }], none: null };
    expect(valueAt(value, 'pools[0].labels["a/b"]')).to.equal("x");
    expect(valueAt(value, "pools[1].labels")).to.equal(undefined);
    expect(valueAt(value, "none.below")).to.equal(undefined);
  });
});
