/** Does not prove that Google's driver makes the disks so: it runs on Google's nodes only. */
import { expect } from "chai";

import { StorageClasses, type StorageClassesArgs } from "../../components/storage-classes";
import { regions } from "../../config/regions";
import { record } from "../support/recorder";

const type = "kubernetes:storage.k8s.io/v1:StorageClass";

const classes = (more: Partial<StorageClassesArgs> = {}) =>
  record(() => new StorageClasses("main", { environment: "ci", location: "europe-west1-b", ...more }));
const kept = async (location: string) =>
  (await classes({ location, kept: ["jenkins-home"] })).one(type, "jenkins-home").inputs;

describe("storage classes", () => {
  it("are one, for disks that go with their claim, when no other is asked for", async () => {
    const { inputs } = (await classes()).one(type);
    expect(inputs).to.deep.include({
      metadata: {
        name: "platform-standard",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "pd.csi.storage.gke.io",
      parameters: { type: "pd-balanced", labels: "environment=ci" },
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
    });
    expect(inputs).to.not.have.property("allowedTopologies");
  });

  it("keep disks in two zones when their claim goes, where that is asked for", async () => {
    const inputs = await kept("europe-west1-b");
    expect(inputs).to.deep.include({
      metadata: { name: "jenkins-home" },
      parameters: { type: "pd-balanced", labels: "environment=ci", "replication-type": "regional-pd" },
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
    });
  });

  it("name a second zone where the cluster has but one, and leave the choice to a regional cluster", async () => {
    const zones = async (location: string) =>
      (
        (await kept(location))["allowedTopologies"] as
          { matchLabelExpressions: { key: string; values: string[] }[] }[] | undefined
      )?.flatMap(({ matchLabelExpressions }) => matchLabelExpressions);
    const zone = "topology.gke.io/zone";
    expect(await zones("europe-west1-b")).to.deep.equal([
      { key: zone, values: ["europe-west1-b", "europe-west1-c"] },
    ]);
    expect(await zones("europe-west1-c")).to.deep.equal([
      { key: zone, values: ["europe-west1-c", "europe-west1-b"] },
    ]);
    expect(await zones("us-central1-f")).to.deep.equal([
      { key: zone, values: ["us-central1-f", "us-central1-b"] },
    ]);
    for (const region of regions) expect(await zones(region), region).to.equal(undefined);
  });
});
