/** Does not prove that Jenkins reads them so: the names are from the documentation of its plugin. */
import { expect } from "chai";

import { credentialMetadata } from "../../../components/jenkins/credentials";

describe("a credential of Jenkins", () => {
  it("says what it is, for whom, and what for", () => {
    expect(credentialMetadata({ type: "gitHubApp", description: "Reads repositories" })).to.deep.equal({
      labels: { "jenkins.io/credentials-type": "gitHubApp", "jenkins.io/credentials-scope": "global" },
      annotations: { "jenkins.io/credentials-description": "Reads repositories" },
    });
  });

  it("may be for Jenkins itself alone, and have keys that others chose", () => {
    const { labels, annotations } = credentialMetadata({
      type: "secretText",
      description: "Starts pods",
      scope: "system",
      keys: { text: "token" },
    });
    expect(labels["jenkins.io/credentials-scope"]).to.equal("system");
    expect(annotations).to.deep.include({ "jenkins.io/credentials-keybinding-text": "token" });
  });
});
