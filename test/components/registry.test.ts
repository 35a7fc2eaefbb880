import { expect } from "chai";

import { type GcrHost, Registry, type RegistryArgs } from "../../components/registry";
import { record, type Recording } from "../support/recorder";

const types = {
  repository: "gcp:artifactregistry/repository:Repository",
  member: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
};
const builder = "serviceAccount:ci--builder@acme-ci.iam.gserviceaccount.com";
const args: RegistryArgs = {
  location: "europe-west1",
  imageReaders: ["200000000001", "200000000002"],
  chartReaders: ["200000000001"],
  builder,
  gcrHost: "eu.gcr.io",
  releasesKept: 50,
  lifecycle: "protected",
};
const accounts = (number: string) =>
  `principalSet://cloudresourcemanager.googleapis.com/projects/${number}/type/ServiceAccount`;

const registry = (more: Partial<RegistryArgs> = {}) =>
  record(() => new Registry("registry", { ...args, ...more }));

function inputsByName(recording: Recording) {
  return Object.fromEntries(recording.all(types.repository).map(({ name, inputs }) => [name, inputs]));
}

describe("the registries", () => {
  it("are for images, charts, the build cache and the old host", async () => {
    expect(Object.keys(inputsByName(await registry()))).to.have.members([
      "images",
      "charts",
      "cache",
      "eu.gcr.io",
    ]);
  });

  it("are written by the builder and read by clusters as this table says, and by nobody else", async () => {
    const granted = (await registry())
      .all(types.member)
      .map(({ inputs }) => [inputs["repository"], inputs["role"], inputs["member"]]);
    const [reader, writer] = ["roles/artifactregistry.reader", "roles/artifactregistry.writer"];
    expect(granted).to.have.deep.members([
      ["images", writer, builder],
      ["images", reader, accounts("200000000001")],
      ["images", reader, accounts("200000000002")],
      ["charts", writer, builder],
      ["charts", reader, accounts("200000000001")],
      ["cache", writer, builder],
      ["eu.gcr.io", reader, accounts("200000000001")],
      ["eu.gcr.io", reader, accounts("200000000002")],
    ]);
  });

  it("are all kept in a protected environment, grants are not", async () => {
    const recording = await registry();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal(
      recording.keys(({ type }) => type === types.repository),
    );
    expect(Object.values(inputsByName(recording)).map((inputs) => inputs["deletionPolicy"])).to.deep.equal([
      "PREVENT",
      "PREVENT",
      "PREVENT",
      "PREVENT",
    ]);
  });

  it("are kept nowhere else", async () => {
    const recording = await registry({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
  });

  it("never move a tag to another image, but for the cache", async () => {
    const tags = Object.entries(inputsByName(await registry())).map(([name, inputs]) => [
      name,
      (inputs["dockerConfig"] as Record<string, unknown>)["immutableTags"],
    ]);
    expect(Object.fromEntries(tags)).to.deep.equal({
      images: true,
      charts: true,
      cache: false,
      "eu.gcr.io": true,
    });
  });

  for (const name of ["images", "charts", "eu.gcr.io"]) {
    it(`keep as many of the newest versions in ${name} as they are told`, async () => {
      const inputs = inputsByName(await registry({ releasesKept: 70 }))[name];
      expect(inputs?.["cleanupPolicies"]).to.deep.include({
        id: "newest",
        action: "KEEP",
        mostRecentVersions: { keepCount: 70 },
      });
    });
  }

  const places: [GcrHost, string][] = [
    ["gcr.io", "us"],
    ["us.gcr.io", "us"],
    ["eu.gcr.io", "europe"],
    ["asia.gcr.io", "asia"],
  ];
  for (const [host, location] of places) {
    it(`keep the old name ${host} alive in the one place that serves it, ${location}`, async () => {
      const inputs = inputsByName(await registry({ gcrHost: host }))[host];
      expect(inputs).to.include({ repositoryId: host, location });
    });
  }
});
