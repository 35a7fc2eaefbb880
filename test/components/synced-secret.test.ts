/** Does not prove that GKE fetches anything: nobody does on this machine. */
import { expect } from "chai";
import { parse } from "yaml";

import { SyncedSecret, syncSpec } from "../../components/synced-secret";
import { record } from "../support/recorder";

const args = {
  namespace: "jenkins",
  secret: "github-reader",
  reader: "jenkins-secrets",
  versions: {
    appID: "projects/p/secrets/id/versions/latest",
    privateKey: "projects/p/secrets/key/versions/latest",
  },
  labels: { "jenkins.io/credentials-type": "gitHubApp" },
};

describe("a synchronised secret", () => {
  it("takes each key from one version, by an account that may read it", async () => {
    const recording = await record(() => new SyncedSecret("github-reader", args));
    const { inputs } = recording.one("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass");
    const { parameters } = inputs["spec"] as { parameters: { secrets: string } };
    expect(parse(parameters.secrets)).to.deep.equal([
      { path: "appID", resourceName: args.versions.appID },
      { path: "privateKey", resourceName: args.versions.privateKey },
    ]);
    const sync = recording.one("kubernetes:secret-sync.gke.io/v1:SecretSync");
    expect(sync.inputs["spec"]).to.deep.include({
      serviceAccountName: "jenkins-secrets",
      secretProviderClassName: "github-reader",
    });
    expect([...recording.prerequisites(sync.urn)]).to.include(
      recording.one("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass").urn,
    );
  });

  it("gets the labels by which others know what it is", () => {
    expect(syncSpec(args).secretObject).to.deep.equal({
      type: "Opaque",
      data: [
        { sourcePath: "appID", targetKey: "appID" },
        { sourcePath: "privateKey", targetKey: "privateKey" },
      ],
      labels: args.labels,
    });
  });
});
