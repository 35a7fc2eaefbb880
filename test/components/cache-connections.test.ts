import { expect } from "chai";

import { CacheConnections } from "../../components/cache-connections";
import { record } from "../support/recorder";

const type = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy";

describe("the connections of caches", () => {
  it("let Memorystore, and nobody else, put endpoints into one subnetwork of one network", async () => {
    const recording = await record(
      () =>
        new CacheConnections("main", {
          prefix: "staging",
          region: "europe-west1",
          network: "projects/acme/global/networks/staging-main",
          subnetwork: "projects/acme/regions/europe-west1/subnetworks/staging-main",
        }),
    );
    expect(recording.keys(({ custom }) => custom)).to.deep.equal([`${type} main`]);
    expect(recording.one(type).inputs).to.deep.equal({
      name: "staging-main-memorystore",
      location: "europe-west1",
      serviceClass: "gcp-memorystore",
      description: "Caches of services get their endpoints here",
      network: "projects/acme/global/networks/staging-main",
      pscConfig: { subnetworks: ["projects/acme/regions/europe-west1/subnetworks/staging-main"] },
    });
    expect(recording.one(type).protect).to.equal(false);
  });
});
