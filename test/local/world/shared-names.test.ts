import { expect } from "chai";

import { Cloud } from "../../../local/cloud/cloud";
import { assumeShared } from "../../../local/world/shared-names";
import { stackFile } from "../../support/settings";

const popup = stackFile("popup-any").config;
const cloudWith = (...projects: { id: string; number: string }[]) => {
  const cloud = new Cloud();
  for (const project of projects) cloud.register(project);
  return cloud;
};
const popups = { id: "acme-popups", number: "200000000004" };
const staging = { id: "acme-staging", number: "200000000002" };
const namesOf = (cloud: Cloud) =>
  cloud
    .list()
    .filter(({ kind }) => kind !== "projects/service:Service")
    .map(({ kind, project, inputs }) => [kind.split(":")[1], project, inputs["name"], inputs["dnsName"]]);

describe("what a stack shares", () => {
  it("is there when it stands alone: the zone of its domain and the certificate map", async () => {
    const cloud = cloudWith(popups);
    await assumeShared(cloud, popup);
    expect(namesOf(cloud)).to.deep.equal([
      ["ManagedZone", "acme-popups", "popups", "popups.acme.example."],
      ["CertificateMap", "acme-popups", "popups", undefined],
    ]);
  });

  it("is not made twice", async () => {
    const cloud = cloudWith(popups);
    await assumeShared(cloud, popup);
    const before = cloud.list().length;
    await assumeShared(cloud, popup);
    expect(cloud.list()).to.have.length(before);
  });

  it("is nothing where it has names of its own, or settings that say nothing of it", async () => {
    const cloud = cloudWith(popups, staging);
    await assumeShared(cloud, stackFile("staging").config);
    await assumeShared(cloud, {});
    await assumeShared(cloud, { ...popup, "platform:gateway": "7" });
    expect(cloud.list()).to.deep.equal([]);
  });
});
