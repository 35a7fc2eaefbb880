import { expect } from "chai";

import { securityRealmAndMatrix } from "../../../components/jenkins/security";

const { securityRealm, authorizationStrategy } = securityRealmAndMatrix({
  organization: "acme",
  administrators: "platform",
});
const groups = authorizationStrategy.projectMatrix.entries.map(({ group }) => group);

describe("who may what in Jenkins", () => {
  it("is decided by teams of GitHub: one administers, the organization builds", () => {
    expect(groups.map(({ name }) => name)).to.deep.equal(["acme*platform", "acme"]);
    expect(groups[0]?.permissions).to.deep.equal(["Overall/Administer"]);
  });

  it("lets no member configure or replay: that runs a pipeline nobody has reviewed", () => {
    expect(
      groups[1]?.permissions.filter((name) => /Administer|Configure|Replay|Create|Delete/.test(name)),
    ).to.deep.equal([]);
  });

  it("takes the OAuth app from keys of a Secret", () => {
    expect(securityRealm.github.clientSecret.key).to.equal("github-oauth-client-secret");
    expect(securityRealm.github.clientID.key).to.equal("github-oauth-client-id");
  });
});
