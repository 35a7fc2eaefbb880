import { expect } from "chai";

import { grantPipelines } from "../../environments/access";
import { record } from "../support/recorder";

const granted = async (accounts: { deployer?: string; previewer?: string }) => {
  const recording = await record(() => grantPipelines({ project: "acme", ...accounts }, { providers: [] }));
  return recording
    .all("gcp:projects/iAMMember:IAMMember")
    .map(({ inputs }) => `${String(inputs["member"])} ${String(inputs["role"])}`);
};

describe("pipelines in an environment", () => {
  it("release what a deployer may, where the settings name one", async () => {
    expect(await granted({ deployer: "d@acme.example" })).to.have.members([
      "serviceAccount:d@acme.example roles/container.clusterViewer",
      "serviceAccount:d@acme.example roles/container.developer",
    ]);
  });

  it("only look where they compare: no role of theirs changes anything or reads a secret's value", async () => {
    const roles = await granted({ previewer: "p@acme.example" });
    expect(roles.filter((role) => !/^serviceAccount:p@acme\.example roles\//.test(role))).to.deep.equal([]);
    expect(
      roles.filter((role) => !/\.(viewer|reader|securityReviewer|serviceUsageViewer)$/.test(role)),
    ).to.deep.equal([]);
    expect(roles.join()).to.contain("compute.viewer").and.contain("container.viewer");
  });

  it("may do nothing where the settings name nobody", async () => {
    expect(await granted({})).to.deep.equal([]);
  });
});
