/** What the chart makes of them is seen when it is rendered, with the keys of the chart that are committed. */
import { expect } from "chai";
import { parse } from "yaml";

import { configScripts, jenkinsValues } from "../../../components/jenkins/values";
import { unknownKeys } from "../../../config/jenkins/chart-keys";
import { jenkinsRelease } from "../../../config/jenkins/release";
import { valuesArgs } from "../../support/jenkins-args";

const values = jenkinsValues(valuesArgs);
const { controller } = values;

describe("the values of Jenkins' chart", () => {
  it("have only keys that the chart knows", () => {
    expect(unknownKeys(values)).to.deep.equal([]);
  });

  it("pin every plugin and let none float", () => {
    expect(controller.installPlugins).to.have.length(Object.keys(jenkinsRelease.plugins).length);
    expect(controller.installLatestPlugins).to.equal(false);
  });

  it("build nothing on the controller, and leave clouds and rights to us", () => {
    expect(controller.numExecutors).to.equal(0);
    expect(controller.JCasC.defaultConfig).to.equal(false);
    expect(values.agent.enabled).to.equal(false);
    expect(values.rbac.create).to.equal(false);
    expect(values.serviceAccount).to.deep.equal({ create: false, name: "jenkins" });
  });

  it("let the namespace refuse all but restricted pods", () => {
    expect(controller.podSecurityContextOverride).to.deep.include({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const { allowPrivilegeEscalation, capabilities } of [
      controller.containerSecurityContext,
      controller.sidecars.configAutoReload.containerSecurityContext,
    ]) {
      expect(allowPrivilegeEscalation).to.equal(false);
      expect(capabilities.drop).to.deep.equal(["ALL"]);
    }
  });

  it("name the Secret of the login, look up its two keys, and make no password", () => {
    expect(controller.existingSecret).to.equal("jenkins-login");
    expect(controller.admin.createSecret).to.equal(false);
    expect(JSON.stringify(values).match(/(?<!\^)\$\{.*?\}/g)).to.deep.equal([
      "${github-oauth-client-id}",
      "${github-oauth-client-secret}",
    ]);
  });

  it("set each part of the configuration in one file: Jenkins refuses what two of them set", () => {
    const paths = Object.values(configScripts(valuesArgs)).flatMap((text) =>
      Object.entries(parse(text) as Record<string, object>).flatMap(([root, part]) =>
        Object.keys(part).map((key) => `${root}.${key}`),
      ),
    );
    expect(paths).to.deep.equal([...new Set(paths)]);
    expect(paths).to.include.members([
      "jenkins.securityRealm",
      "jenkins.authorizationStrategy",
      "unclassified.location",
    ]);
  });

  it("hand no template of ours to Helm", () => {
    const library = { ...valuesArgs.library, defaultVersion: "{{ .Release.Name }}" };
    expect(configScripts({ ...valuesArgs, library })["library"]).to.contain('{{ "{{" }} .Release.Name }}');
  });

  it("name a digest with the tag where one is pinned", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const { images } = jenkinsRelease;
    const release = {
      ...jenkinsRelease,
      images: { ...images, controller: { ...images.controller, digest } },
    };
    expect(jenkinsValues({ ...valuesArgs, release }).controller.image.tag).to.equal(
      `2.568.2-jdk21@${digest}`,
    );
  });

  it("let one node after the other be drained, and keep the home on its own class", () => {
    expect(controller.podDisruptionBudget.maxUnavailable).to.equal(1);
    expect(values.persistence).to.deep.equal({ storageClass: "jenkins-home", size: "50Gi" });
    expect(controller.nodeSelector).to.deep.equal({ pool: "platform" });
  });
});
