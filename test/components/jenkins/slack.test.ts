import { expect } from "chai";

import { slack } from "../../../components/jenkins/slack";
import { valuesArgs } from "../../support/jenkins-args";

describe("messages of Jenkins", () => {
  it("are a bot's, with a token that is named and not known", () => {
    expect(slack(valuesArgs.slack)).to.deep.equal({
      slackNotifier: { teamDomain: "acme", room: "#builds", tokenCredentialId: "slack-token", botUser: true },
    });
  });
});
