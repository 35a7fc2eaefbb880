import * as random from "@pulumi/random";
import { Network } from "@pulumi/gcp/compute";
import { expect } from "chai";

import { Project } from "../../components/project";
import { record } from "../support/recorder";

const service = "gcp:projects/service:Service";
const apis = ["compute.googleapis.com", "container.googleapis.com"];

const ground = () =>
  record(() => {
    const { providers } = new Project("project", {
      project: "acme",
      region: "europe-west1",
      apis,
      labels: { environment: "staging" },
    });
    const opts = { providers };
    new Network("network", {}, { provider: opts.providers[0]! });
    new random.RandomId("suffix", { byteLength: 3 }, { provider: opts.providers[1]! });
  });

describe("the ground of an environment", () => {
  it("switches on every API and never switches one off: others in the project use them", async () => {
    const inputs = (await ground()).all(service).map((registration) => registration.inputs);
    expect(inputs).to.have.deep.members(
      apis.map((api) => ({
        project: "acme",
        service: api,
        disableOnDestroy: false,
        disableDependentServices: false,
      })),
    );
  });

  it("lets nothing be made before all APIs are on", async () => {
    const recording = await ground();
    const { provider } = recording.one("gcp:compute/network:Network");
    const google = recording.one("pulumi:providers:gcp", "project-google");
    expect(provider).to.match(new RegExp(`::project-google::`));
    const waited = recording.prerequisites(google.urn);
    expect(recording.all(service).filter(({ urn }) => !waited.has(urn))).to.deep.equal([]);
  });

  it("switches APIs on by a provider that waits for none", async () => {
    const recording = await ground();
    expect(recording.all(service).map(({ provider }) => provider?.split("::").at(-2))).to.deep.equal([
      "project-apis",
      "project-apis",
    ]);
    const waited = recording.prerequisites(recording.one("pulumi:providers:gcp", "project-apis").urn);
    expect([...waited]).to.deep.equal([recording.one("platform:index:Project").urn]);
  });

  it("labels everything that can carry labels, and adds none of Pulumi's own", async () => {
    const { inputs } = (await ground()).one("pulumi:providers:gcp", "project-google");
    expect(inputs).to.include({
      project: "acme",
      region: "europe-west1",
      addPulumiAttributionLabel: "false",
      defaultLabels: '{"environment":"staging"}',
    });
  });

  it("never prevents all deletions at once: pools and members must stay replaceable", async () => {
    for (const { inputs } of (await ground()).all("pulumi:providers:gcp")) {
      expect(inputs).not.to.have.any.keys("deletionPolicy");
    }
  });
});
