/** Does not prove that Google issues a certificate: that takes a delegated domain. */
import { expect } from "chai";

import { PublicName, type PublicNameArgs } from "../../components/public-name";
import { record, type Recording } from "../support/recorder";

const types = {
  zone: "gcp:dns/managedZone:ManagedZone",
  record: "gcp:dns/recordSet:RecordSet",
  authorization: "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
  certificate: "gcp:certificatemanager/certificate:Certificate",
  map: "gcp:certificatemanager/certificateMap:CertificateMap",
  entry: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
};
const args: PublicNameArgs = {
  domain: "staging.acme.example",
  calledAs: "staging-public",
  lifecycle: "protected",
};

const named = (more: Partial<PublicNameArgs> = {}, preview = false) =>
  record(() => new PublicName("public", { ...args, ...more }), { preview });

describe("a public name", () => {
  let recording: Recording;
  before(async () => {
    recording = await named();
  });

  it("keeps its zone and its map in a protected environment, and may renew everything else", () => {
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([
      `${types.map} public`,
      `${types.zone} public`,
    ]);
    for (const type of [types.map, types.zone]) {
      expect(recording.one(type).inputs["deletionPolicy"]).to.equal("PREVENT");
    }
  });

  it("never takes names with it that others put into its zone", async () => {
    for (const each of [recording, await named({ lifecycle: "disposable" })]) {
      expect(each.one(types.zone).inputs["forceDestroy"]).to.equal(false);
    }
  });

  it("keeps nothing in a disposable environment", async () => {
    const open = await named({ lifecycle: "disposable" });
    expect(open.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(open.one(types.map).inputs["deletionPolicy"]).to.equal("DELETE");
    expect(open.one(types.zone).inputs["deletionPolicy"]).to.equal("DELETE");
  });

  it("is a zone for the internet, signed, with every look-up in the log", () => {
    expect(recording.one(types.zone).inputs).to.deep.include({
      dnsName: "staging.acme.example.",
      visibility: "public",
      dnssecConfig: { state: "on" },
      cloudLoggingConfig: { enableLogging: true },
    });
  });

  it("calls zone and map as it is told, for others to know them", () => {
    for (const type of [types.zone, types.map]) {
      expect(recording.one(type).inputs["name"]).to.equal("staging-public");
    }
    const [outputs] = [...recording.outputs.values()];
    expect(outputs).to.deep.include({ zone: "staging-public", certificateMap: "staging-public" });
    expect(outputs?.["nameServers"]).to.have.length(4);
  });

  it("has one certificate for the domain and every host right below it, served by the map for both", () => {
    const { inputs, propertyDependencies } = recording.one(types.certificate);
    expect((inputs["managed"] as { domains: string[] }).domains).to.deep.equal([
      "staging.acme.example",
      "*.staging.acme.example",
    ]);
    expect(propertyDependencies["managed"]).to.deep.equal([recording.one(types.authorization).urn]);
    const entries = recording.all(types.entry);
    expect(entries.map(({ inputs }) => [inputs["hostname"], inputs["map"]])).to.deep.equal([
      ["staging.acme.example", "staging-public"],
      ["*.staging.acme.example", "staging-public"],
    ]);
    for (const entry of entries) {
      expect(entry.propertyDependencies["certificates"]).to.deep.equal([
        recording.one(types.certificate).urn,
      ]);
    }
  });

  it("proves to Google that the domain is ours before it asks for the certificate", () => {
    const proof = recording.one(types.record);
    expect(proof.inputs).to.deep.include({
      managedZone: "staging-public",
      name: "_acme-challenge.staging.acme.example.",
      type: "CNAME",
      rrdatas: ["proof.example."],
    });
    expect([...recording.prerequisites(recording.one(types.certificate).urn)]).to.include(proof.urn);
  });

  it("gives its map away only with the certificates in it", async () => {
    const used = await record(() => {
      const { certificateMap } = new PublicName("public", args);
      new PublicName("user", { ...args, calledAs: certificateMap as unknown as string });
    });
    const user = used.one(types.zone, "user");
    expect(user.propertyDependencies["name"]).to.include.members(
      used
        .all(types.entry)
        .filter(({ name }) => name.startsWith("public"))
        .map(({ urn }) => urn),
    );
  });

  it("knows the names of zone and map before anything is made", async () => {
    const [outputs] = [...(await named({}, true)).outputs.values()];
    expect(outputs).to.deep.include({ zone: "staging-public", certificateMap: "staging-public" });
  });

  /** Google deletes neither a certificate that a map serves nor what a certificate needs. */
  it("of another domain stands beside the old one before that goes", async () => {
    const other = await named({ domain: "stage.acme.example" });
    for (const type of [types.authorization, types.certificate, types.entry]) {
      const [before, after] = [recording, other].map((each) => each.all(type));
      for (const [index, made] of (before ?? []).entries()) {
        expect(made.deleteBeforeReplace, made.urn).to.equal(false);
        expect(after?.[index]?.inputs["name"]).not.to.equal(made.inputs["name"]);
      }
    }
  });

  it("gives each thing of one kind a name of its own", () => {
    const names = recording.all(types.entry).map(({ inputs }) => inputs["name"]);
    expect(new Set(names).size).to.equal(2);
  });
});
