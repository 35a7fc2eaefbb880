/** Does not prove that Jenkins starts: no test here has one. What is around it is tried in test/full/agents. */
import { expect } from "chai";
import { parse } from "yaml";

import { jenkinsHome } from "../../environments/jenkins";
import { recordEnvironment, type Recording } from "../support/recorder";
import { block, changed } from "../support/settings";

const types = {
  release: "kubernetes:helm.sh/v3:Release",
  configMap: "kubernetes:core/v1:ConfigMap",
  class: "kubernetes:storage.k8s.io/v1:StorageClass",
  policy: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
};

describe("Jenkins in the environment that builds", () => {
  let ci: Recording;
  before(async () => {
    ci = await recordEnvironment("ci", {
      config: changed("ci", block("ci", "platform:jenkins.installed", true)),
    });
  });

  it("is the published chart, with its home on a disk that stays", () => {
    const { chart, repositoryOpts, values } = ci.one(types.release).inputs as {
      chart: string;
      repositoryOpts: object;
      values: { persistence: { storageClass: string }; controller: { nodeSelector: object } };
    };
    expect({ chart, repositoryOpts }).to.deep.equal({
      chart: "jenkins",
      repositoryOpts: { repo: "https://charts.jenkins.io" },
    });
    expect(values.persistence.storageClass).to.equal(jenkinsHome);
    expect(ci.one(types.class, jenkinsHome).inputs["reclaimPolicy"]).to.equal("Retain");
    expect(values.controller.nodeSelector).to.deep.equal({ pool: "controller" });
  });

  it("has no secret among its values: one would hide the whole diff", () => {
    expect(JSON.stringify(ci.one(types.release).inputs)).to.not.contain('"secret":');
  });

  it("comes after what its pod needs: the login, its rights, and all that guards it", () => {
    const before = [...ci.prerequisites(ci.one(types.release).urn)].map((urn) =>
      urn.split("::").slice(-2).join(" "),
    );
    for (const [type, name] of [
      ["SecretSync", "jenkins-login"],
      ["RoleBinding", "jenkins"],
      ["ConfigMap", "jenkins-clouds"],
      ["NetworkPolicy", "jenkins-deny-all"],
      ["ResourceQuota", "jenkins"],
    ] as const) {
      expect(
        before.some((urn) => urn.endsWith(`:${type} ${name}`)),
        `${type} ${name}`,
      ).to.equal(true);
    }
  });

  it("starts pods only in the two namespaces of pipelines, and those that deploy with another token", () => {
    const maps = ci.all(types.configMap).find(({ name }) => name === "jenkins-clouds");
    const { "clouds.yaml": text = "" } = (maps?.inputs["data"] ?? {}) as Record<string, string>;
    const { jenkins } = parse(text) as {
      jenkins: { clouds: { kubernetes: { namespace: string; credentialsId?: string } }[] };
    };
    expect(
      jenkins.clouds.map(({ kubernetes: { namespace, credentialsId } }) => [namespace, credentialsId]),
    ).to.deep.equal([
      ["builds", undefined],
      ["deploys", "deploy-agents"],
    ]);
  });

  it("is alone in its namespace: no other pod, and no other account", () => {
    const { spec } = ci.one(types.policy, "jenkins").inputs as {
      spec: { validations: { message: string }[] };
    };
    expect(spec.validations.map(({ message }) => message)).to.deep.equal([
      "pods here have a priorityClassName, one of: platform",
      "pods here run as one of these service accounts: jenkins",
      "pods here choose their nodes by nodeSelector.pool, one of: controller",
    ]);
  });

  it("says where it is, and who has to delegate its domain to whom", () => {
    expect(ci.stackOutputs).to.include({ jenkins: "https://jenkins.ci.acme.example" });
    expect(ci.stackOutputs).to.include.keys("nameServers");
  });

  it("is backed up, where and while its cluster is", () => {
    const { inputs, protect } = ci.one("gcp:gkebackup/backupPlan:BackupPlan");
    expect(inputs["backupConfig"]).to.deep.include({ selectedNamespaces: { namespaces: ["jenkins"] } });
    expect(protect).to.equal(true);
    const cluster = ci.one("gcp:container/cluster:Cluster").inputs;
    expect(cluster["addonsConfig"]).to.deep.include({ gkeBackupAgentConfig: { enabled: true } });
    expect(cluster["secretSyncConfig"]).to.deep.include({ enabled: true });
  });

  it("may wait for its secrets: then all is there but itself", async () => {
    const waiting = await recordEnvironment("ci", {
      config: changed("ci", block("ci", "platform:jenkins.installed", false)),
    });
    const without = ci.keys().filter((key) => key !== `${types.release} jenkins`);
    expect(waiting.keys()).to.deep.equal(without);
  });
});
