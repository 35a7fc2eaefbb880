import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { Values } from "../../../../../local/cloud/rules/shape";
import { completed } from "../../../../../local/providers/kubernetes/releases/release-inputs";
import { unknown } from "../../../../../local/providers/wire";
import { removeFolders, temporaryFolder } from "../../../../support/clusters";

describe("the inputs of a release", () => {
  let programFolder: string;

  const of = (inputs: Values) =>
    completed({ name: "web", chart: "./web", ...inputs }, { defaultNamespace: "default", programFolder });

  before(() => {
    programFolder = temporaryFolder();
    mkdirSync(join(programFolder, "values"));
    writeFileSync(
      join(programFolder, "values", "base.yaml"),
      "image: { tag: one, pull: Always }\nhosts: [a, b]\n",
    );
  });
  after(removeFolders);

  it("get a namespace and a time to wait, and lose what is empty", () => {
    expect(of({ atomic: false, values: {}, description: "", compat: "true", maxHistory: 0 })).to.deep.equal({
      inputs: { name: "web", chart: "./web", namespace: "default", timeout: 300, maxHistory: 0 },
      failures: [],
    });
    expect(of({ skipAwait: true }).inputs).not.to.have.property("timeout");
  });

  it("need a name and a chart", () => {
    const { failures } = completed({}, { defaultNamespace: "default", programFolder });
    expect(failures.map(({ property }) => property)).to.deep.equal(["name", "chart"]);
  });

  it("are refused where this world would leave them out", () => {
    const { failures } = of({ postrender: "./post.sh", verify: true });
    expect(failures.map(({ property }) => property)).to.deep.equal(["postrender", "verify"]);
  });

  it("keep their values as they are given", () => {
    const values = { none: null, no: false, zero: 0, text: "", list: [], block: {}, host: unknown };
    expect(of({ values }).inputs["values"]).to.deep.equal(values);
    expect(of({ values: unknown }).inputs["values"]).to.equal(unknown);
  });

  it("hold what stands in the files of values, under the program's own", () => {
    const valueYamlFiles = [{ path: "values/base.yaml" }, { text: "image: { tag: two }\nhosts: [c]\n" }];
    const { inputs, failures } = of({ valueYamlFiles, values: { image: { pull: "Never" } } });
    expect(failures).to.deep.equal([]);
    expect(inputs["values"]).to.deep.equal({ image: { tag: "two", pull: "Never" }, hosts: ["c"] });
    expect(inputs).not.to.have.property("valueYamlFiles");
  });

  it("name a file of values that cannot be read", () => {
    for (const [file, words] of [
      [{ path: "values/none.yaml" }, "no such file"],
      [{ text: "- a\n" }, "no values by name"],
      [unknown, "has to be known"],
      [{ uri: "https://example.com" }, "only files and texts"],
    ] as const) {
      const { failures } = of({ valueYamlFiles: [file] });
      expect(failures[0]?.property).to.equal("valueYamlFiles");
      expect(failures[0]?.reason).to.contain(words);
    }
  });
});
