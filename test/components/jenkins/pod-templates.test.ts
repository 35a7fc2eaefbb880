import { expect } from "chai";
import { parse } from "yaml";

import { podTemplates } from "../../../components/jenkins/pod-templates";
import { cloudsArgs } from "../../support/jenkins-args";

const templates = podTemplates(cloudsArgs.builds.templates);

describe("templates of pods", () => {
  it("are the pods themselves, one for each label with its cap", () => {
    expect(templates.map(({ label, instanceCap }) => [label, instanceCap])).to.deep.equal([
      ["build", 10],
      ["check", 5],
    ]);
    expect(parse(templates[1]?.yaml ?? "")).to.deep.equal({
      apiVersion: "v1",
      kind: "Pod",
      spec: { containers: [{ name: "jnlp" }] },
    });
  });

  it("stand in one order, whatever the order they are given in", () => {
    const reversed = Object.fromEntries(Object.entries(cloudsArgs.builds.templates).reverse());
    expect(podTemplates(reversed)).to.deep.equal(templates);
  });

  it("take only builds that ask for them, wait for a new node, and leave no pod behind", () => {
    for (const template of templates) {
      expect(template).to.include({
        nodeUsageMode: "EXCLUSIVE",
        podRetention: "never",
        yamlMergeStrategy: "override",
      });
      expect(Number(template.slaveConnectTimeoutStr)).to.be.at.least(600);
    }
  });
});
