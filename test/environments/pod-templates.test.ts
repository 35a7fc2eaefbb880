/** That the cluster takes these pods from Jenkins, and no others, is in test/full/agents. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { requestOf } from "../../components/agents/pod-request";
import { parseSettings } from "../../config/parse";
import type { CiSettings, JenkinsSettings } from "../../config/settings";
import { buildkit } from "../../environments/pipelines";
import { buildPods, deployPods } from "../../environments/pod-templates";
import { nodeSize } from "../../local/gke/nodes/node-size";
import { root, stackConfig } from "../support/settings";

const settings = parseSettings(stackConfig("ci")) as unknown as CiSettings & { jenkins: JenkinsSettings };
const clouds = { builds: buildPods(settings), deploys: deployPods(settings) };

describe("pods of pipelines", () => {
  it("that build are there for every choice of stores that the library lets a service make", () => {
    const file = join(root, "jenkins", "resources", "platform", "stores.json");
    const stores = Object.keys(JSON.parse(readFileSync(file, "utf8")) as object).sort();
    const choices = stores.reduce<string[][]>(
      (all, store) => [...all, ...all.map((choice) => [...choice, store])],
      [[]],
    );
    expect(Object.keys(clouds.builds.templates)).to.have.members(
      choices.map((choice) => ["service-build", ...choice].join("-")),
    );
  });

  it("that deploy are there for every target, for who only looks and for who restores, and commit only where a version is recorded", () => {
    const { templates } = clouds.deploys;
    expect(Object.keys(templates)).to.have.members([
      "deploy-staging",
      "deploy-production",
      "deploy-popups",
      "deploy-preview",
      "deploy-rehearsal",
    ]);
    const committing = Object.keys(templates).filter((label) =>
      JSON.stringify(templates[label]?.spec).includes("github-writer"),
    );
    expect(committing).to.have.members(["deploy-staging", "deploy-production"]);
  });

  it("run as the account that their label says", () => {
    for (const [label, { spec }] of Object.entries(clouds.deploys.templates)) {
      expect(spec.serviceAccountName).to.equal(label.replace("deploy-", ""));
    }
  });

  it("build with the image that the rules of their namespace have, to the letter", () => {
    for (const { spec } of Object.values(clouds.builds.templates)) {
      const images = (spec.containers as { name: string; image: string }[])
        .filter(({ name }) => name === "buildkitd")
        .map(({ image }) => image);
      expect(images).to.deep.equal([buildkit]);
    }
  });

  it("push where the registry of this environment is", () => {
    const text = JSON.stringify(clouds.builds.templates);
    expect(text).to.contain('"europe-west1-docker.pkg.dev/acme-ci/images"');
  });

  for (const [name, { containerCap, templates }] of Object.entries(clouds)) {
    it(`of the cloud ${name} are at most as many as its machines hold, whatever kind they are`, () => {
      const pool = settings.cluster.pools[name];
      const { allocatableMillicpus, allocatableMib } = nodeSize(pool?.machineType ?? "");
      for (const { instanceCap, spec } of Object.values(templates)) {
        const perNode = instanceCap / (pool?.maxNodes ?? 0);
        const { millicpus, mebibytes } = requestOf(spec);
        expect(perNode).to.be.at.least(1);
        expect(perNode * millicpus).to.be.below(allocatableMillicpus);
        expect(perNode * mebibytes).to.be.below(allocatableMib);
        expect(instanceCap).to.be.at.most(containerCap);
      }
    });
  }

  it("are refused for machines that hold none of them: Jenkins would take none for no limit", () => {
    const small = {
      ...settings,
      cluster: {
        ...settings.cluster,
        pools: {
          ...settings.cluster.pools,
          builds: { ...settings.cluster.pools["builds"], machineType: "e2-standard-2" },
        },
      },
    } as typeof settings;
    expect(() => buildPods(small)).to.throw(
      "platform:cluster.pools.builds has 12 machines e2-standard-2, and no pod of builds fits onto one",
    );
  });
});
