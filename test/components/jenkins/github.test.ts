import { expect } from "chai";

import { github } from "../../../components/jenkins/github";

const configured = github({ webhookSecretId: "github-webhook" });

describe("calls of GitHub", () => {
  it("slow down near the limit only", () => {
    expect(configured.gitHubConfiguration.apiRateLimitChecker).to.equal("ThrottleOnOver");
  });
});

describe("what GitHub tells of a push", () => {
  it("has to be signed with the one secret", () => {
    expect(configured.gitHubPluginConfig.hookSecretConfigs).to.deep.equal([
      { credentialsId: "github-webhook" },
    ]);
  });
});
