import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { jenkinsRelease, jenkinsReleaseSchema, pluginLines } from "../../../config/jenkins/release";
import { root } from "../../support/settings";

const accepts = (more: object) => jenkinsReleaseSchema.safeParse({ ...jenkinsRelease, ...more }).success;

describe("the pinned Jenkins", () => {
  it("names each plugin once: a second version would win in silence", () => {
    const text = readFileSync(join(root, "config/jenkins/pinned.json"), "utf8");
    const written = [...text.matchAll(/^ {4}"([a-z0-9-]+)": "/gm)].map(([, name]) => name);
    expect(written).to.deep.equal(Object.keys(jenkinsRelease.plugins));
  });

  it("takes one exact version of each plugin, and no range, latest or nothing", () => {
    expect(accepts({ plugins: { git: "5.10.1" } })).to.equal(true);
    for (const version of ["latest", "^5.10.1", "5.x || 6", "", "incrementals;5"]) {
      expect(accepts({ plugins: { git: version } }), version).to.equal(false);
    }
  });

  it("takes plugins sorted by name only", () => {
    expect(accepts({ plugins: { slack: "1.0", git: "5.10.1" } })).to.equal(false);
  });

  it("takes the controller's image of its own core only", () => {
    expect(accepts({ core: "2.568.3" })).to.equal(false);
  });

  it("has the plugins that the configuration and the pipelines use", () => {
    expect(jenkinsRelease.plugins).to.include.all.keys(
      "basic-branch-build-strategies",
      "configuration-as-code",
      "github-branch-source",
      "github-oauth",
      "job-dsl",
      "kubernetes",
      "kubernetes-credentials-provider",
      "lockable-resources",
      "matrix-auth",
      "metrics",
      "pipeline-groovy-lib",
      "pipeline-utility-steps",
      "prometheus",
      "slack",
      "workflow-aggregator",
    );
  });

  it("is written for the plugin manager as NAME:VERSION", () => {
    expect(pluginLines({ plugins: { git: "5.10.1", slack: "1.0" } })).to.deep.equal([
      "git:5.10.1",
      "slack:1.0",
    ]);
  });
});
