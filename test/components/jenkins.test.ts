/** Does not prove that Jenkins starts with it: no test here has a Jenkins. */
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";

import { Jenkins } from "../../components/jenkins";
import { SyncedSecret } from "../../components/synced-secret";
import { cloudsArgs, jobsArgs, valuesArgs } from "../support/jenkins-args";
import { record, type Recording } from "../support/recorder";

const types = {
  release: "kubernetes:helm.sh/v3:Release",
  configMap: "kubernetes:core/v1:ConfigMap",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  account: "kubernetes:core/v1:ServiceAccount",
  sync: "kubernetes:secret-sync.gke.io/v1:SecretSync",
};
const loginArgs = {
  namespace: "jenkins",
  secret: "jenkins-login",
  reader: "reader",
  versions: { id: "latest" },
};

const jenkins = (installed: boolean, needs: readonly pulumi.Resource[] = []) =>
  new Jenkins("jenkins", {
    ...valuesArgs,
    namespaceName: "jenkins",
    namespace: "jenkins",
    chart: { name: "jenkins", repository: "https://charts.acme.example" },
    clouds: cloudsArgs,
    jobs: jobsArgs,
    agentNamespaces: ["builds", "deploys"],
    hostname: "jenkins.ci.acme.example",
    gateway: "public",
    installed,
    needs,
  });

describe("Jenkins", () => {
  let recording: Recording;
  before(async () => {
    recording = await record(() => {
      jenkins(true, [new SyncedSecret("login", loginArgs)]);
    });
  });

  it("is one release of the exact chart that is pinned, taken back when it does not come up", () => {
    const { values, ...inputs } = recording.one(types.release).inputs;
    expect(inputs).to.deep.equal({
      name: "jenkins",
      namespace: "jenkins",
      chart: "jenkins",
      repositoryOpts: { repo: "https://charts.acme.example" },
      version: "5.9.53",
      atomic: true,
      timeout: 1200,
      maxHistory: 10,
      createNamespace: false,
      // Written by the SDK into every release.
      compat: "true",
    });
    expect(values).to.include.keys("controller", "persistence");
  });

  it("loads clouds and jobs from ConfigMaps of their own, so that a change of them restarts nothing", () => {
    const maps = recording.all(types.configMap);
    expect(maps.map(({ inputs }) => inputs["metadata"])).to.deep.equal(
      ["jenkins-clouds", "jenkins-jobs"].map((name) => ({
        name,
        namespace: "jenkins",
        labels: { "jenkins-jenkins-config": "true" },
      })),
    );
    const [clouds] = maps.map(({ inputs }) => inputs["data"] as Record<string, string>);
    const loaded = parse(clouds?.["clouds.yaml"] ?? "") as { jenkins: { clouds: { kubernetes: object }[] } };
    expect(loaded.jenkins.clouds).to.have.length(2);
    expect(clouds?.["clouds.yaml"]).to.contain("echo ^${HOME}");
    expect(JSON.stringify(recording.one(types.release).inputs)).not.to.contain("organizationFolder");
  });

  it("reads ConfigMaps and Secrets of its own namespace, and may start no pod by itself", () => {
    const rules = recording.one(types.role).inputs["rules"] as { resources: string[]; verbs: string[] }[];
    expect(rules.flatMap(({ resources }) => resources)).to.deep.equal(["configmaps", "secrets"]);
    for (const { verbs } of rules) expect(verbs).to.deep.equal(["get", "list", "watch"]);
  });

  it("starts once its account may read what it loads, and all of it is there", () => {
    const before = recording.prerequisites(recording.one(types.release).urn);
    expect([...before]).to.include(recording.one(types.sync).urn);
    const needed = [types.account, types.binding, types.configMap].flatMap((type) => recording.all(type));
    expect([...before]).to.include.members(needed.map(({ urn }) => urn));
  });

  it("lets in the pods of pipelines, and them alone", () => {
    const { inputs } = recording.one("kubernetes:networking.k8s.io/v1:NetworkPolicy");
    expect(inputs["spec"]).to.deep.include({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "jenkins" } },
      policyTypes: ["Ingress"],
    });
    expect(JSON.stringify(inputs["spec"])).to.contain('"values":["builds","deploys"]');
  });

  it("is found by its name once there is a gateway", () => {
    const { inputs } = recording.one("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    expect(inputs["spec"]).to.deep.include({ hostnames: ["jenkins.ci.acme.example"] });
    const { values } = recording.one(types.release).inputs as { values: { controller: object } };
    expect(values.controller).to.deep.include({ jenkinsUrl: "https://jenkins.ci.acme.example" });
  });

  it("may be left out while its secrets have no values, and all that it needs is there", async () => {
    const kinds = (made: Recording) => made.registrations.map(({ type }) => type);
    const without = kinds(await record(() => jenkins(false)));
    expect(without).to.deep.equal(
      kinds(await record(() => jenkins(true))).filter((type) => type !== types.release),
    );
  });
});
