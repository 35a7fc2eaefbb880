import { expect } from "chai";

import { type GcrHost, Registry, type RegistryArgs } from "../../components/registry";
import { nameOf, record, type Recording } from "../support/recorder";

const types = {
  repository: "gcp:artifactregistry/repository:Repository",
  member: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
};
const builder = "serviceAccount:ci-builder@acme-ci.iam.gserviceaccount.com";
const args: RegistryArgs = {
  location: "europe-west1",
  readers: ["200000000001", "200000000002"],
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
      ["charts", reader, accounts("200000000002")],
      ["cache", writer, builder],
      ["eu.gcr.io", reader, accounts("200000000001")],
      ["eu.gcr.io", reader, accounts("200000000002")],
    ]);
  });

  it("have grants where the repository itself is", async () => {
    const recording = await registry();
    const places = inputsByName(recording);
    const strays = recording
      .all(types.member)
      .filter(({ inputs }) => inputs["location"] !== places[String(inputs["repository"])]?.["location"]);
    expect(strays).to.deep.equal([]);
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

  it("scan what clusters run", async () => {
    expect(inputsByName(await registry())["images"]?.["vulnerabilityScanningConfig"]).to.deep.equal({
      enablementConfig: "INHERITED",
    });
  });

  for (const name of ["images", "charts", "eu.gcr.io"]) {
    it(`clean up ${name} without ever touching a release`, async () => {
      const inputs = inputsByName(await registry())[name];
      expect(inputs?.["cleanupPolicyDryRun"]).to.equal(false);
      expect(inputs?.["cleanupPolicies"]).to.deep.equal([
        { id: "newest", action: "KEEP", mostRecentVersions: { keepCount: 50 } },
        { id: "untagged", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: "2592000s" } },
      ]);
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

  it("do not grow a second grant for the rest when a reader comes", async () => {
    const names = async (readers: string[]) =>
      (await registry({ readers })).all(types.member).map(({ urn }) => nameOf(urn));
    const [few, more] = [await names(["200000000002"]), await names(["200000000001", "200000000002"])];
    expect(few.filter((name) => !more.includes(name))).to.deep.equal([]);
    expect(more).to.have.length(few.length + 3);
  });
});
