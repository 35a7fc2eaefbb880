import { expect } from "chai";

import {
  addressOf,
  idOf,
  locationOf,
  placeOf,
  placeOfId,
  storedName,
  targetOf,
} from "../../../local/registry/place";

const charts = { location: "europe-west1", project: "acme-ci", repository: "charts" };

describe("the addresses of Artifact Registry", () => {
  it("say the location in the host's name, and other hosts are not its", () => {
    expect(locationOf("europe-west1-docker.pkg.dev")).to.equal("europe-west1");
    expect(locationOf("us-docker.pkg.dev")).to.equal("us");
    for (const other of [
      "europe-west1-npm.pkg.dev",
      "docker.pkg.dev",
      "eu.gcr.io",
      "x-docker.pkg.dev.example",
    ]) {
      expect(locationOf(other), other).to.equal(undefined);
    }
  });

  it("name a repository, with and without the scheme", () => {
    expect(placeOf("oci://europe-west1-docker.pkg.dev/acme-ci/charts")).to.deep.equal(charts);
    expect(placeOf(addressOf(charts))).to.deep.equal(charts);
    for (const none of [
      "oci://ghcr.io/acme-ci/charts",
      "europe-west1-docker.pkg.dev/acme-ci",
      `${addressOf(charts)}/billing`,
    ]) {
      expect(placeOf(none), none).to.equal(undefined);
    }
  });

  it("are those of the API in another order", () => {
    expect(idOf(charts)).to.equal("projects/acme-ci/locations/europe-west1/repositories/charts");
    expect(placeOfId(idOf(charts))).to.deep.equal(charts);
  });

  it("keep repositories of one name in two places apart", () => {
    expect(storedName(charts, "billing")).to.equal("europe-west1/acme-ci/charts/billing");
    expect(storedName({ ...charts, location: "us" })).to.equal("us/acme-ci/charts");
  });
});

describe("a request to Artifact Registry", () => {
  const about = (path: string) => {
    const { name, rest } = targetOf("europe-west1", path) ?? {};
    return [name, rest];
  };

  it("is about a manifest, a layer, an upload or the tags of an image", () => {
    const root = "/v2/acme-ci/charts/billing";
    expect(targetOf("europe-west1", `${root}/tags/list`)).to.deep.equal({
      ...charts,
      name: "billing",
      rest: "tags/list",
    });
    for (const rest of [
      "manifests/1.4.2",
      "manifests/sha256:00",
      "blobs/sha256:00",
      "blobs/uploads/",
      "blobs/uploads/1-2",
    ]) {
      expect(about(`${root}/${rest}`), rest).to.deep.equal(["billing", rest]);
    }
  });

  it("may name an image with slashes, also one that is called as a part of the protocol", () => {
    expect(about("/v2/acme-ci/images/tools/lint/manifests/1.0.0")).to.deep.equal([
      "tools/lint",
      "manifests/1.0.0",
    ]);
    expect(about("/v2/acme-ci/images/blobs/manifests/1.0.0")).to.deep.equal(["blobs", "manifests/1.0.0"]);
  });

  it("is about nothing without the name of an image", () => {
    for (const path of ["/v2/", "/v2/acme-ci/charts/manifests/1.0.0", "/v2/acme-ci/charts/billing", "/"]) {
      expect(about(path), path).to.deep.equal([undefined, undefined]);
    }
  });
});
