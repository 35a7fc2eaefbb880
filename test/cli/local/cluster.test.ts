import { expect } from "chai";

import { clusterIn, resourcesOf } from "../../../cli/local/cluster";
import type { Resource } from "../../../local/cloud/rules/shape";

const resource = (kind: string, id: string): Resource => ({
  ...{ kind, id, project: id.split("/")[1] ?? "", inputs: {}, state: {}, status: "ready" },
});
const home = "projects/acme-popups";
const cluster = (stack: string) =>
  resource("container/cluster:Cluster", `${home}/locations/europe-west1-b/clusters/${stack}-main-abcdef`);
const all = [
  resource("dns/managedZone:ManagedZone", `${home}/managedZones/popups`),
  resource(
    "certificatemanager/certificateMap:CertificateMap",
    `${home}/locations/global/certificateMaps/popups`,
  ),
  cluster("popup-one"),
  cluster("popup-two"),
  resource("compute/globalAddress:GlobalAddress", `${home}/global/addresses/popup-one-public`),
  resource(
    "dns/recordSet:RecordSet",
    `${home}/managedZones/popups/rrsets/api-popup-one.popups.acme.example./A`,
  ),
  resource("serviceaccount/account:Account", `${home}/serviceAccounts/popup-one--nodes@acme-popups`),
  resource(
    "container/cluster:Cluster",
    "projects/acme-staging/locations/europe-west1/clusters/staging-main-a",
  ),
];
const kindsOf = (stack: string) =>
  resourcesOf(stack, "acme-popups", all).map(({ kind }) => kind.slice(kind.indexOf(":") + 1));

describe("the resources of a stack in a local world", () => {
  it("are all of its project where that is its alone", () => {
    expect(resourcesOf("staging", "acme-staging", all)).to.deep.equal(all.slice(-1));
  });

  it("are those that carry the name of a pop-up, its names in the internet too", () => {
    expect(kindsOf("popup-one")).to.deep.equal(["Cluster", "GlobalAddress", "RecordSet", "Account"]);
    expect(kindsOf("popup-two")).to.deep.equal(["Cluster"]);
  });

  it("are of the base what no pop-up's are, so it has no cluster", () => {
    expect(kindsOf("popups")).to.deep.equal(["ManagedZone", "CertificateMap"]);
    expect(clusterIn(resourcesOf("popups", "acme-popups", all))).to.equal(undefined);
  });
});
