import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { isKnown, lossWith } from "../../../cli/plan/losses";
import { rules } from "../../../local/cloud/rules";
import { root } from "../../support/plan-world";

describe("what is lost with a resource", () => {
  it("has been said of every kind that the emulated cloud knows", () => {
    const kinds = [...rules.keys()].map((kind) => `${kind.startsWith("index/") ? "random" : "gcp"}:${kind}`);
    expect(kinds.filter((kind) => !isKnown(kind))).to.deep.equal([]);
  });

  it("has been said of every type in the inventories", () => {
    const folder = join(root, "test", "inventory");
    const types = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), "utf8")
        .split("\n")
        .map((line) => line.split(" ")[0] ?? "")
        .filter((type) => type.includes(":")),
    );
    expect(types.length).to.be.above(100);
    expect([...new Set(types)].filter((type) => !isKnown(type))).to.deep.equal([]);
  });

  it("is something where nobody has said what", () => {
    expect(lossWith("gcp:redis/instance:Instance")).to.include("whatever it holds");
    expect(lossWith("kubernetes:apps/v1:StatefulSet")).to.include("whatever it holds");
  });
});
