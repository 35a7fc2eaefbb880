import { expect } from "chai";

import { explain, type Reading, setSecret, SettingsError } from "../../config/problems";

describe("the message about settings", () => {
  it("counts one problem as one", () => {
    const error = new SettingsError("Pulumi.ci.yaml", ["platform:owner is missing"]);
    expect(error.message).to.equal(
      "1 problem in Pulumi.ci.yaml, nothing was changed:\n  - platform:owner is missing",
    );
  });

  it("counts several", () => {
    expect(new SettingsError("Pulumi.ci.yaml", ["a", "b", "c"]).message).to.equal(
      "3 problems in Pulumi.ci.yaml, nothing was changed:\n  - a\n  - b\n  - c",
    );
  });

  it("says how to store a secret", () => {
    expect(setSecret(["slackToken"])).to.equal("pulumi config set --secret platform:slackToken");
  });

  it("says how to store a secret inside a block", () => {
    expect(setSecret(["alerts", "token"])).to.equal(
      "pulumi config set --secret --path platform:alerts.token",
    );
  });
});

describe("a sentence about one setting", () => {
  const issue = { code: "invalid_type", expected: "string", message: "", input: undefined } as const;
  const reading: Reading = {
    prefix: "platform:",
    values: { slackToken: 12345, region: 7, owner: { deep: "hush" } },
    encrypted: new Set(["owner"]),
    shape: { type: "object" },
  };

  it("shows the value that was given", () => {
    expect(explain({ ...issue, path: ["region"] }, reading)).to.deep.equal([
      "platform:region is 7; it must be a text",
    ]);
  });

  it("never shows a secret, not even one that stands there unencrypted", () => {
    expect(explain({ ...issue, path: ["slackToken"] }, reading)).to.deep.equal([
      "platform:slackToken is [secret]; it must be a text",
    ]);
  });

  it("never shows what is inside an encrypted block", () => {
    expect(explain({ ...issue, path: ["owner", "deep"] }, reading)).to.deep.equal([
      "platform:owner.deep is [secret]; it must be a text",
    ]);
  });
});
