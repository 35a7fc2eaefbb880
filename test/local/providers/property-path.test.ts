import { expect } from "chai";

import { pathTo, stepsOf } from "../../../local/providers/property-path";

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

  it("is made of keys so that it can be read again", () => {
    const keys = ["metadata", "labels", "app.kubernetes.io/name", 'a "b"', "my-key"];
    const path = keys.reduce(pathTo, "");
    expect(path).to.equal('metadata.labels["app.kubernetes.io/name"]["a \\"b\\""].my-key');
    expect(stepsOf(path)).to.deep.equal(keys);
  });
});
