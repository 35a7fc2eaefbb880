/** Whether the rules hold what they promise is in test/full/inside, on a real API server. */
import { expect } from "chai";

import { builderPodRules, placeRules, priorityRule } from "../../components/pod-rules";

const image = `example.com/buildkit@sha256:${"0".repeat(64)}`;
const rules = builderPodRules({ image, account: "builder" });

describe("the rules for pods of pipelines", () => {
  it("name the accounts and pools that they allow", () => {
    const [account, pool] = placeRules({ accounts: ["staging", "production"], pools: ["deploys"] });
    expect(account?.holds).to.contain('in ["staging", "production"]');
    expect(account?.otherwise).to.contain("staging, production");
    expect(pool?.holds).to.contain('in ["deploys"]');
  });

  it("name the priorities that they allow", () => {
    const { holds, otherwise } = priorityRule(["standard", "batch"]);
    expect(holds).to.contain('in ["standard", "batch"]');
    expect(otherwise).to.contain("one of: standard, batch");
  });

  it("allow nothing where nothing is allowed", () => {
    expect(placeRules({ accounts: [], pools: [] }).map(({ holds }) => holds.endsWith("in []"))).to.deep.equal(
      [true, true],
    );
  });

  it("look at containers of every kind", () => {
    for (const { holds } of rules.filter(({ holds }) => holds.includes("(c, "))) {
      expect(holds)
        .to.contain("object.spec.containers.all(c,")
        .and.contain("variables.initContainers.all(c,")
        .and.contain("variables.ephemeralContainers.all(c,");
    }
  });

  it("make their exception for one image under one account, and never in a container that is added later", () => {
    const excepting = rules.filter(({ holds }) => holds.includes(image));
    expect(excepting.map(({ otherwise }) => otherwise.includes("the builder's"))).to.deep.equal(
      Array.from({ length: 5 }, () => true),
    );
    for (const { holds } of excepting) {
      const [begun = "", added = ""] = holds.split("variables.ephemeralContainers");
      expect(begun).to.contain(
        `(c.image == "${image}" && object.spec.?serviceAccountName.orValue("") == "builder")`,
      );
      expect(added).to.not.contain(image);
    }
  });
});
