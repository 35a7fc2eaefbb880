/** Does not prove that the plugin is installed where the program runs. */
import { expect } from "chai";

import { kubeconfig } from "../../components/kubeconfig";

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[];
  users: { user: { exec: Record<string, unknown> } }[];
}

const written = () => kubeconfig("staging-main-1", "gke-1.europe-west1.gke.goog");

describe("a kubeconfig", () => {
  it("reaches the cluster by its DNS name, with no certificate of its own", () => {
    const { clusters } = JSON.parse(written()) as Kubeconfig;
    expect(clusters.map(({ cluster }) => cluster)).to.deep.equal([
      { server: "https://gke-1.europe-west1.gke.goog" },
    ]);
  });

  it("logs in by Google's plugin and by nothing else", () => {
    const { users } = JSON.parse(written()) as Kubeconfig;
    expect(users.map(({ user }) => Object.keys(user))).to.deep.equal([["exec"]]);
    expect(users[0]?.user.exec).to.include({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
      provideClusterInfo: true,
    });
  });

  it("holds no token, password, key or certificate", () => {
    expect(written()).not.to.match(
      /token|password|client-key|client-certificate|certificate-authority|auth-provider/,
    );
  });

  it("is the same text for the same cluster, byte for byte", () => {
    expect(written()).to.equal(written());
  });
});
