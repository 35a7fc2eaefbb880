/** Does not prove that Artifact Registry cleans up as it is asked to, nor that a pull comes through. */
import { expect } from "chai";

import { Repository, type RepositoryArgs } from "../../components/repository";
import { nameOf, record } from "../support/recorder";

const types = {
  repository: "gcp:artifactregistry/repository:Repository",
  member: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
};
const builder = "serviceAccount:ci--builder@acme-ci.iam.gserviceaccount.com";
const args: RepositoryArgs = {
  location: "europe-west1",
  purpose: "Images of every service",
  mutable: false,
  releasesKept: 50,
  writers: { builder },
  readers: ["200000000001", "200000000002"],
  lifecycle: "protected",
};

const repository = (more: Partial<RepositoryArgs> = {}) =>
  record(() => new Repository("images", { ...args, ...more }));
const inputsOf = async (more: Partial<RepositoryArgs> = {}) =>
  (await repository(more)).one(types.repository).inputs;

describe("a repository", () => {
  it("is called as it is, for OCI artefacts, where it is asked for", async () => {
    expect(await inputsOf()).to.include({
      repositoryId: "images",
      location: "europe-west1",
      description: "Images of every service",
      format: "DOCKER",
      mode: "STANDARD_REPOSITORY",
    });
  });

  it("is kept in a protected environment, its grants are not", async () => {
    const recording = await repository();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([`${types.repository} images`]);
    expect(recording.one(types.repository).inputs["deletionPolicy"]).to.equal("PREVENT");
  });

  it("is kept nowhere else", async () => {
    const recording = await repository({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.one(types.repository).inputs["deletionPolicy"]).to.equal("DELETE");
  });

  it("is written by its writers and read by its readers' projects, and by nobody else", async () => {
    const granted = (await repository())
      .all(types.member)
      .map(({ inputs }) => [inputs["role"], inputs["member"]]);
    const accounts = (number: string) =>
      `principalSet://cloudresourcemanager.googleapis.com/projects/${number}/type/ServiceAccount`;
    expect(granted).to.have.deep.members([
      ["roles/artifactregistry.writer", builder],
      ["roles/artifactregistry.reader", accounts("200000000001")],
      ["roles/artifactregistry.reader", accounts("200000000002")],
    ]);
    expect((await repository({ writers: {}, readers: [] })).all(types.member)).to.deep.equal([]);
  });

  it("has its grants where it is itself", async () => {
    for (const { inputs } of (await repository({ location: "europe" })).all(types.member)) {
      expect(inputs).to.include({ repository: "images", location: "europe" });
    }
  });

  it("keeps its other grants when a reader comes", async () => {
    const names = async (readers: string[]) =>
      (await repository({ readers })).all(types.member).map(({ urn }) => nameOf(urn));
    const [few, more] = [await names(["200000000002"]), await names(["200000000001", "200000000002"])];
    expect(few.filter((name) => !more.includes(name))).to.deep.equal([]);
    expect(more).to.have.length(few.length + 1);
  });

  it("of releases never moves a tag, is scanned, and is cleaned up without ever touching a release", async () => {
    expect(await inputsOf()).to.deep.include({
      dockerConfig: { immutableTags: true },
      vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        { id: "newest", action: "KEEP", mostRecentVersions: { keepCount: 50 } },
        { id: "untagged", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: "2592000s" } },
      ],
    });
  });

  it("of what may change moves tags, is not scanned, and throws anything away after two weeks", async () => {
    expect(await inputsOf({ mutable: true })).to.deep.include({
      dockerConfig: { immutableTags: false },
      vulnerabilityScanningConfig: { enablementConfig: "DISABLED" },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        { id: "old-layers", action: "DELETE", condition: { tagState: "ANY", olderThan: "1209600s" } },
      ],
    });
  });

  it("says under which address it is pushed to and pulled from", async () => {
    const recording = await repository();
    expect(recording.outputs.get(recording.one("platform:index:Repository").urn)).to.deep.equal({
      address: "europe-west1-docker.pkg.dev/no-project/images",
    });
  });
});
