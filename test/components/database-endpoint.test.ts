/** Does not prove that a connection comes through: Private Service Connect is Google's side of it. */
import { expect } from "chai";

import { DatabaseEndpoint, type DatabaseEndpointArgs } from "../../components/database-endpoint";
import { record } from "../support/recorder";

const types = {
  address: "gcp:compute/address:Address",
  rule: "gcp:compute/forwardingRule:ForwardingRule",
  zone: "gcp:dns/managedZone:ManagedZone",
  record: "gcp:dns/recordSet:RecordSet",
};
const network = "projects/acme/global/networks/staging-main";
const args: DatabaseEndpointArgs = {
  prefix: "staging",
  region: "europe-west1",
  network,
  subnetwork: "projects/acme/regions/europe-west1/subnetworks/staging-main",
  serviceAttachment: "projects/tenant/regions/europe-west1/serviceAttachments/a",
  dnsName: "0123.abcd.europe-west1.sql.goog.",
  lifecycle: "protected",
};

const endpoint = (more: Partial<DatabaseEndpointArgs> = {}) =>
  record(() => new DatabaseEndpoint("main", { ...args, ...more }));

describe("the endpoint of a database", () => {
  it("keeps its address and its zone in a protected environment, and can be pointed elsewhere", async () => {
    const recording = await endpoint();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([
      `${types.address} main`,
      `${types.zone} main`,
    ]);
    for (const type of [types.address, types.zone]) {
      expect(recording.one(type).inputs["deletionPolicy"]).to.equal("PREVENT");
    }
    expect(recording.one(types.zone).inputs["forceDestroy"]).to.equal(false);
  });

  it("keeps nothing in a disposable environment", async () => {
    const recording = await endpoint({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.one(types.zone).inputs["forceDestroy"]).to.equal(true);
  });

  it("is an internal address in our subnet", async () => {
    expect((await endpoint()).one(types.address).inputs).to.include({
      addressType: "INTERNAL",
      subnetwork: args.subnetwork,
    });
  });

  it("leads to what the instance publishes, and balances nothing", async () => {
    const recording = await endpoint();
    const { inputs, propertyDependencies } = recording.one(types.rule);
    expect(inputs).to.include({
      target: args.serviceAttachment,
      network,
      loadBalancingScheme: "",
      allowPscGlobalAccess: false,
    });
    expect(propertyDependencies["ipAddress"]).to.deep.equal([recording.one(types.address).urn]);
  });

  it("answers the instance's own name with its address, and no other name, in our network only", async () => {
    const recording = await endpoint();
    expect(recording.one(types.zone).inputs).to.deep.include({
      dnsName: args.dnsName,
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: network }] },
    });
    const { inputs, propertyDependencies } = recording.one(types.record);
    expect(inputs).to.include({ name: args.dnsName, type: "A" });
    expect(propertyDependencies["rrdatas"]).to.deep.equal([recording.one(types.address).urn]);
  });
});
