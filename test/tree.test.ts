import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { root } from "./support/settings";

/** What is not a test: what tests are made with, and what they compare with. */
const others = ["support/", "inventory/"];

/** Tests of no file in particular. */
const ofTheWhole = ["plan/", "full/", "codeowners.test.ts", "layers.test.ts", "tree.test.ts"];

/** Tests that look at several files of one folder together, with the folder they are about. */
const together: Readonly<Record<string, string>> = {
  "local/cloud/rules-refusals.test.ts": "local/cloud/rules",
  "network-policies.test.ts": "test/support/network-policies",
  "environments/flows.test.ts": "environments",
  "charts/product.test.ts": "charts",
  "local/engine/stack.test.ts": "local/engine",
  "local/promql/alert-rules.test.ts": "components/alert-rules",
};

function filesIn(folder: string): string[] {
  return readdirSync(join(root, "test", folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(`${folder}${entry.name}/`) : [`${folder}${entry.name}`],
  );
}

const files = filesIn("").filter((file) => !others.some((folder) => file.startsWith(folder)));
const isOf = (list: readonly string[]) => (file: string) =>
  list.some((entry) => (entry.endsWith("/") ? file.startsWith(entry) : file === entry));

describe("the tree of tests", () => {
  it("holds only files that mocha runs: one with another ending would never fail", () => {
    expect(files.filter((file) => !file.endsWith(".test.ts"))).to.deep.equal([]);
    expect(files.length).to.be.above(30);
  });

  it("mirrors the tree of sources, so that everybody finds the test of a file", () => {
    const strays = files.filter((file) => {
      if (isOf(ofTheWhole)(file)) return false;
      const source = together[file] ?? file.replace(/\.test\.ts$/, "");
      return ![`${source}.ts`, `${source}.sh`, source].some((path) => existsSync(join(root, path)));
    });
    expect(strays).to.deep.equal([]);
  });

  it("has a test for every file of the program that decides something", () => {
    const sources = ["config", "components", "environments"].flatMap((folder) =>
      readdirSync(join(root, folder), { encoding: "utf8", recursive: true })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`),
    );
    // A list, and the schema that the tests of `parse` go through rule by rule.
    const untested = ["config/regions.ts", "config/settings.ts"];
    const missing = sources.filter(
      (source) => !untested.includes(source) && !files.includes(source.replace(/\.ts$/, ".test.ts")),
    );
    expect(missing).to.deep.equal([]);
  });
});
