import { expect } from "chai";

import type { CommandFailure } from "../../../cli/failure";
import { stepsOfPreview } from "../../../cli/release/preview-digest";

const urn = "urn:pulumi:staging::platform::pulumi:pulumi:Stack::platform-staging";
const good = { steps: [{ op: "same", urn }], changeSummary: { same: 234 } };
const failureOf = (text: string): CommandFailure => {
  try {
    stepsOfPreview(text, "plan.json");
  } catch (error) {
    return error as CommandFailure;
  }
  throw new Error("it was taken");
};

describe("what pulumi preview --json printed", () => {
  it("is read when it is whole, with whatever else a newer engine says", () => {
    const text = JSON.stringify({ ...good, config: { a: "[secret]" }, duration: 1, more: [] });
    expect(stepsOfPreview(text, "plan.json").map(({ op }) => op)).to.deep.equal(["same"]);
  });

  it("is read with warnings", () => {
    const diagnostics = [{ severity: "warning", message: "old" }, { severity: "info#err" }];
    expect(stepsOfPreview(JSON.stringify({ ...good, diagnostics }), "plan.json")).to.have.length(1);
  });

  const whole = JSON.stringify(good, undefined, 4);
  const wrong: [title: string, text: string, message: RegExp][] = [
    ["is empty", " \n", /^plan\.json is empty; it must be all of what `pulumi preview --json` printed/],
    ["is cut off", whole.slice(0, -20), /^plan\.json is not JSON \(.+\); it must be all/],
    ["is followed by words", `${whole}\nerror: x`, /^plan\.json is not JSON/],
    ["is another document", "[]", /^plan\.json is no plan of the engine: /],
    ["has a step without a name", '{"steps":[{"op":"same"}]}', /: steps\.0\.urn: /],
    ["did not come to its end", JSON.stringify({ steps: good.steps }), /has no changeSummary/],
    [
      "has errors",
      JSON.stringify({ ...good, diagnostics: [{ severity: "error", message: "error: no such version\n" }] }),
      /^plan\.json is a preview that failed, .*:\nerror: no such version$/,
    ],
    ["doubts the state", JSON.stringify({ ...good, maybeCorrupt: true }), /maybeCorrupt/],
  ];
  for (const [title, text, message] of wrong) {
    it(`is not taken when it ${title}`, () => {
      const failure = failureOf(text);
      expect(failure.message).to.match(message);
      expect(failure.exitCode).to.equal(2);
    });
  }
});
