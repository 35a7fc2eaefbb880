/** Does not prove that the plugin is installed where the program runs. */
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { kubeconfig } from "../../components/kubeconfig";

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[];
  users: { user: { exec: Record<string, unknown> } }[];
}

function written(): Promise<string> {
  const endpoints = { dnsEndpointConfig: { endpoint: "gke-1.europe-west1.gke.goog" } };
  const text = kubeconfig(pulumi.output("staging-main-1"), pulumi.output(endpoints) as never);
  return new Promise((resolve) => text.apply(resolve));
}

describe("a kubeconfig", () => {
  it("reaches the cluster by its DNS name, with no certificate of its own", async () => {
    const { clusters } = JSON.parse(await written()) as Kubeconfig;
    expect(clusters.map(({ cluster }) => cluster)).to.deep.equal([
      { server: "https://gke-1.europe-west1.gke.goog" },
    ]);
  });

  it("logs in by Google's plugin and by nothing else", async () => {
    const { users } = JSON.parse(await written()) as Kubeconfig;
    expect(users.map(({ user }) => Object.keys(user))).to.deep.equal([["exec"]]);
    expect(users[0]?.user.exec).to.include({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
      provideClusterInfo: true,
    });
  });

  it("holds no token, password, key or certificate", async () => {
    expect(await written()).not.to.match(
      /token|password|client-key|client-certificate|certificate-authority|auth-provider/,
    );
  });

  it("is the same text for the same cluster, byte for byte", async () => {
    expect(await written()).to.equal(await written());
  });
});
