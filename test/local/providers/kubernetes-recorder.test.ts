/** The plan-level stand-in for the `kubernetes` provider: it records, and no API server has a say. */
import { expect } from "chai";

import type { Cloud } from "../../../local/cloud/cloud";
import { kubernetesRecorder } from "../../../local/providers/kubernetes-recorder";
import type { Subject } from "../../../local/providers/provider";
import { makeNetwork, project, refusal, smallCloud } from "../../support/small-cloud";

const namespace: Subject = {
  urn: "urn:pulumi:test::platform::kubernetes:core/v1:Namespace::main",
  kind: "core/v1:Namespace",
  name: "main",
};
const inputs = { metadata: { name: "services" } };

describe("the recorder of Kubernetes objects", () => {
  let cloud: Cloud;
  let recorder: ReturnType<typeof kubernetesRecorder>;
  let cluster: string;

  beforeEach(async () => {
    cloud = await smallCloud();
    recorder = kubernetesRecorder(cloud);
    const { network, subnetwork } = await makeNetwork(cloud);
    const made = await cloud.create("container/cluster:Cluster", project.id, {
      name: "main",
      location: "europe-west1",
      network,
      subnetwork,
      initialNodeCount: 1,
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    });
    cluster = made.id;
  });

  it("refuses to make an object twice", async () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    await provider.create(namespace, inputs);
    expect(await refusal(Promise.resolve().then(() => provider.create(namespace, inputs)))).to.include(
      "already exists",
    );
  });

  it("records a release whose chart cannot be had as any other, since it looks for none", async () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    const release: Subject = { ...namespace, kind: "helm.sh/v3:Release" };
    const shop = {
      name: "shop",
      namespace: "default",
      chart: "web",
      repositoryOpts: { repo: "http://127.0.0.1:1" },
    };
    expect(provider.check(release, shop)).to.deep.equal({ inputs: shop, failures: [] });
    expect(provider.preview(release, shop)).to.deep.equal(shop);
    const made = await provider.create(release, shop);
    expect(made).to.deep.equal({ id: "default/shop", outputs: shop });
    expect(provider.diff(release, { inputs: shop }, shop).changes.size).to.equal(0);
  });

  it("knows a release by its own name, and plans another version of it as an update", async () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    const release: Subject = { ...namespace, kind: "helm.sh/v3:Release" };
    const billing = {
      name: "billing",
      namespace: "staging",
      chart: "oci://charts.example/billing",
      version: "1.0.0",
    };
    expect(
      provider.check(release, { chart: billing.chart }).failures.map(({ property }) => property),
    ).to.deep.equal(["name"]);
    expect(provider.check(release, billing)).to.deep.equal({ inputs: billing, failures: [] });
    expect((await provider.create(release, billing)).id).to.equal("staging/billing");
    const changes = (more: object) =>
      [...provider.diff(release, { inputs: billing }, { ...billing, ...more }).changes].map(
        ([path, { replaces }]) => [path, replaces],
      );
    expect(changes({ version: "1.0.1" })).to.deep.equal([["version", false]]);
    expect(changes({ namespace: "production" })).to.deep.equal([["namespace", true]]);
  });

  it("refuses every call for a cluster that is gone", async () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    const { id } = await provider.create(namespace, inputs);
    await cloud.remove("container/cluster:Cluster", project.id, cluster);
    const removal = Promise.resolve().then(() => provider.remove(namespace, id));
    expect(await refusal(removal)).to.include("unreachable");
  });

  it("plans a replacement for another name and an update for another label", () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    const plan = (next: typeof inputs | object) =>
      Object.fromEntries(
        [...provider.diff(namespace, { inputs }, next as typeof inputs).changes].map(
          ([path, { replaces }]) => [path, replaces],
        ),
      );
    expect(plan({ metadata: { name: "other" } })).to.deep.equal({ "metadata.name": true });
    expect(plan({ metadata: { name: "services", labels: { a: "b" } } })).to.deep.equal({
      "metadata.labels": false,
    });
  });

  it("names a changed label as a property path, in quotes where its name has dots", () => {
    const provider = recorder.configure({ clusterIdentifier: cluster });
    const labelled = (name: string, team: string) => ({
      metadata: { name: "services", labels: { "app.kubernetes.io/name": name, team } },
    });
    const old = labelled("a", "b");
    const { changes } = provider.diff(namespace, { inputs: old }, labelled("x", "y"));
    expect([...changes.keys()]).to.deep.equal([
      'metadata.labels["app.kubernetes.io/name"]',
      "metadata.labels.team",
    ]);
  });

  it("replaces all it made when the cluster is another one, and not when only its address is", () => {
    expect(recorder.replacedBy({ clusterIdentifier: "a" }, { clusterIdentifier: "b" })).to.deep.equal([
      "clusterIdentifier",
    ]);
    expect(
      recorder.replacedBy(
        { clusterIdentifier: "a", kubeconfig: "x" },
        { clusterIdentifier: "a", kubeconfig: "y" },
      ),
    ).to.deep.equal([]);
  });
});
