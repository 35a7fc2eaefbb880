/** Does not prove that GKE fetches a value: nobody does on this machine. */
import { expect } from "chai";

import { credentials, loginSecret } from "../../environments/jenkins-secrets";
import { writerSecret } from "../../environments/pod-templates";
import { recordEnvironment, type Recording } from "../support/recorder";

const types = {
  sync: "kubernetes:secret-sync.gke.io/v1:SecretSync",
  right: "gcp:secretmanager/secretIamMember:SecretIamMember",
  secret: "kubernetes:core/v1:Secret",
};
interface Sync {
  readonly metadata: { name: string; namespace: string };
  readonly spec: { secretObject: { labels?: Record<string, string>; data: { targetKey: string }[] } };
}

describe("what is secret about pipelines", () => {
  let syncs: Sync[];
  let ci: Recording;
  before(async () => {
    ci = await recordEnvironment("ci");
    syncs = ci.all(types.sync).map(({ inputs }) => inputs as unknown as Sync);
  });
  const named = (name: string) => syncs.find(({ metadata }) => metadata.name === name);

  it("that lets Jenkins read is a credential of Jenkins, for every pipeline", () => {
    expect(named(credentials.reader)?.spec.secretObject.labels).to.deep.equal({
      "jenkins.io/credentials-type": "gitHubApp",
      "jenkins.io/credentials-scope": "global",
    });
    expect(named(credentials.slack)?.spec.secretObject.labels).to.include({
      "jenkins.io/credentials-type": "secretText",
    });
  });

  it("that lets people log in is no credential: only Jenkins' configuration reads it", () => {
    expect(named(loginSecret)?.spec.secretObject).to.not.have.property("labels");
    expect(named(loginSecret)?.spec.secretObject.data.map(({ targetKey }) => targetKey)).to.deep.equal([
      "github-oauth-client-id",
      "github-oauth-client-secret",
    ]);
  });

  it("that commits is where Jenkins is not: any pipeline could ask Jenkins for it", () => {
    expect(named(writerSecret)?.metadata.namespace).to.equal("deploys");
    expect(
      syncs.filter(({ metadata }) => metadata.namespace === "jenkins").map(({ metadata }) => metadata.name),
    ).to.have.members([loginSecret, credentials.reader, credentials.slack, credentials.webhook]);
  });

  it("that GitHub signs with is for Jenkins itself, which knows it by the name it has here", () => {
    expect(named(credentials.webhook)?.spec.secretObject.labels).to.deep.equal({
      "jenkins.io/credentials-type": "secretText",
      "jenkins.io/credentials-scope": "system",
    });
    const { values } = ci.one("kubernetes:helm.sh/v3:Release", "jenkins").inputs as {
      values: { controller: { JCasC: { configScripts: { github: string } } } };
    };
    expect(values.controller.JCasC.configScripts.github).to.contain(
      `credentialsId: ${credentials.webhook}\n`,
    );
  });

  it("that starts deploy pods is for Jenkins itself, and no pipeline gets it", () => {
    const { metadata } = ci.one(types.secret).inputs as { metadata: { labels: object } };
    expect(metadata.labels).to.deep.equal({
      "jenkins.io/credentials-type": "secretText",
      "jenkins.io/credentials-scope": "system",
    });
  });

  it("is read by one account in each namespace, as which no pod may run", () => {
    const readers = ci.all(types.right).map(({ name, inputs }) => {
      const [, namespace, account] = /\/ns\/([^/]+)\/sa\/(.+)$/.exec(String(inputs["member"])) ?? [];
      return [name.split("-")[0], namespace, account];
    });
    expect(new Set(readers.map((reader) => reader.join()))).to.deep.equal(
      new Set(["jenkins,jenkins,jenkins-secrets", "deploys,deploys,deploys-secrets"]),
    );
  });

  it("has no value anywhere in the program", () => {
    const values = ci
      .all(types.secret)
      .concat(ci.all("gcp:secretmanager/secretVersion:SecretVersion"))
      .filter(({ inputs }) => "data" in inputs || "stringData" in inputs || "secretData" in inputs);
    expect(values).to.deep.equal([]);
  });
});
