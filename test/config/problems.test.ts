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

  it("guesses what a text was meant to be, and nothing of a number: 300 is not nearly 100", () => {
    const choice = (values: (string | number)[]) => ({
      code: "invalid_value" as const,
      values,
      message: "",
      input: undefined,
    });
    const given: Reading = { ...reading, prefix: "", values: { size: 300, store: "redsi" } };
    expect(explain({ ...choice([100, 250]), path: ["size"] }, given)).to.deep.equal([
      "size is 300; allowed: 100, 250",
    ]);
    expect(explain({ ...choice(["redis"]), path: ["store"] }, given)).to.deep.equal([
      'store is "redsi"; did you mean redis? allowed: redis',
    ]);
  });

  it("knows the keys of a block that has a few names with one shape", () => {
    const few: Reading = {
      ...reading,
      prefix: "",
      values: { environments: { popup: {} } },
      shape: { properties: { environments: { propertyNames: { enum: ["staging", "popups"] } } } },
    };
    const issue = { code: "unrecognized_keys" as const, keys: ["popup"], message: "", input: {} };
    expect(explain({ ...issue, path: ["environments"] }, few)).to.deep.equal([
      "environments.popup is not a setting; did you mean popups? allowed here: staging, popups",
    ]);
  });
});
