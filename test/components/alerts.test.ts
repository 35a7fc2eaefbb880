import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { Alerts } from "../../components/alerts";
import { record, Secret } from "../support/recorder";

const type = "gcp:monitoring/notificationChannel:NotificationChannel";

function alerts() {
  return record(
    () =>
      new Alerts("platform", {
        email: "team@acme.example",
        slackChannel: "#alerts",
        slackToken: pulumi.secret("xoxb-1"),
      }),
  );
}

describe("alerts", () => {
  it("go to one mailbox and one Slack channel", async () => {
    expect((await alerts()).keys(({ custom }) => custom)).to.deep.equal([
      `${type} platform-email`,
      `${type} platform-slack`,
    ]);
  });

  it("keep the token of the Slack app secret, and only there", async () => {
    const { inputs } = (await alerts()).one(type, "platform-slack");
    expect(inputs).to.deep.equal({
      type: "slack",
      displayName: "#alerts",
      labels: { channel_name: "#alerts" },
      sensitiveLabels: { authToken: new Secret("xoxb-1") },
    });
  });

  it("name the mailbox in the label that Google reads", async () => {
    expect((await alerts()).one(type, "platform-email").inputs).to.deep.equal({
      type: "email",
      displayName: "team@acme.example",
      labels: { email_address: "team@acme.example" },
    });
  });
});
