import { expect } from "chai";

import { recordEnvironment, type Recording } from "../support/recorder";
import { popup } from "../support/settings";

const types = {
  zone: "gcp:dns/managedZone:ManagedZone",
  record: "gcp:dns/recordSet:RecordSet",
  map: "gcp:certificatemanager/certificateMap:CertificateMap",
  entry: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
  gateway: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  google: "pulumi:providers:gcp",
};

describe("the base of pop-ups", () => {
  let base: Recording;
  let one: Recording;
  before(async () => {
    base = await recordEnvironment("popups");
    one = await recordEnvironment(popup);
  });

  it("is in the project of pop-ups", () => {
    const projects = [base, one].map((each) => each.all(types.google).map(({ inputs }) => inputs["project"]));
    expect(new Set(projects.flat())).to.deep.equal(new Set(["acme-popups"]));
  });

  it("has the zone that pop-ups put their names into", () => {
    const zone = base.one(types.zone);
    const names = one.all(types.record).filter(({ inputs }) => inputs["type"] === "A");
    expect(names).to.not.have.length(0);
    for (const { inputs } of names) {
      expect(inputs["managedZone"]).to.equal(zone.inputs["name"]);
      expect(String(inputs["name"]).endsWith(`.${String(zone.inputs["dnsName"])}`)).to.equal(true);
    }
  });

  it("has the certificates that their gateways serve, good for every one of their names", () => {
    const { annotations } = one.one(types.gateway).inputs["metadata"] as {
      annotations: Record<string, string>;
    };
    expect(annotations["networking.gke.io/certmap"]).to.equal(base.one(types.map).inputs["name"]);
    const served = base.all(types.entry).map(({ inputs }) => String(inputs["hostname"]));
    for (const { inputs } of one.all(types.record)) {
      // A wildcard stands for one label.
      const wildcard = `*.${String(inputs["name"]).split(".").slice(1, -1).join(".")}`;
      expect(served).to.include(wildcard);
    }
  });

  it("has no cluster, no network, and nothing of any one pop-up", () => {
    expect(base.keys(({ type }) => /^(gcp:(compute|container|sql)\/|kubernetes:)/.test(type))).to.deep.equal(
      [],
    );
    expect(base.text()).not.to.include("popup-");
  });

  it("says what pop-ups are called below, and whom to delegate that to", () => {
    expect(base.stackOutputs).to.deep.include({
      domain: "popups.acme.example",
      zone: "popups",
      certificateMap: "popups",
    });
    expect(base.stackOutputs["nameServers"]).to.have.length(4);
  });
});
