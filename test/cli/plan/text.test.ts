import { expect } from "chai";

import { planOf } from "../../../cli/plan/plan";
import { planText } from "../../../cli/plan/text";
import { change, engineResult, instance, step } from "../../support/engine-steps";

const plain = { all: false, colours: false };
const pool =
  "urn:pulumi:production::platform::platform:index:Cluster$platform:index:NodePool$gcp:container/nodePool:NodePool::services";

function text(...steps: Parameters<typeof engineResult>): string {
  return planText("production", planOf(engineResult(...steps)), plain);
}

describe("the text of a plan", () => {
  it("is one line where nothing changes", () => {
    expect(text(step("same", { urn: instance }), step("same", { urn: pool }))).to.equal(
      "production: no changes (2 resources)",
    );
  });

  it("shows what is lost before what changes, with old and new values", () => {
    const kept = { protect: true };
    expect(
      text(
        step("create", { urn: `${pool}-two` }),
        step("update", {
          urn: pool,
          old: { inputs: { nodeConfig: { machineType: "e2-standard-8" } } },
          new: { inputs: { nodeConfig: { machineType: "e2-standard-16", spot: true } } },
          detailedDiff: { ...change("nodeConfig.machineType"), ...change("nodeConfig.spot", "add") },
        }),
        step("replace", {
          urn: instance,
          old: { ...kept, inputs: { region: "europe-west1" } },
          new: { ...kept, inputs: { region: "europe-west4" } },
          replaceKeys: ["region"],
          detailedDiff: change("region", "update-replace"),
        }),
      ),
    ).to.equal(`production: \`up\` refuses, 1 guarded, 1 to replace, 1 to update, 1 to create, 0 unchanged
  Loses data, names or addresses
    ± Database › DatabaseInstance main, replaced; the new one comes first
        lost with it: every database on it
        protected: \`up\` refuses
        region: "europe-west1" → "europe-west4"  (replaces)
  Changed in place
    ~ NodePool › NodePool services
        nodeConfig.machineType: "e2-standard-8" → "e2-standard-16"
        nodeConfig.spot: true  (new)
  New
    + NodePool › NodePool services-two`);
  });

  it("says that one up takes the protection off and replaces", () => {
    const shown = text(
      step("replace", { urn: instance, old: { protect: true }, new: {}, replaceKeys: ["x"] }),
    );
    expect(shown).to.include("protected until now, and replaced by the same `up`");
    expect(shown).to.not.include("refuses");
  });

  it("names what loses its protection and stays otherwise the same", () => {
    expect(text(step("same", { urn: instance, old: { protect: true }, new: {} }))).to
      .equal(`production: 1 without protection, 0 unchanged
  Loses its protection
    ! Database › DatabaseInstance main
        protected until now`);
  });

  it("says why where it is no input of its own that replaces", () => {
    expect(text(step("replace", { urn: pool, replaceKeys: ["provider"] }))).to.include(
      "NodePool services, replaced because of its provider; the new one comes first",
    );
  });

  it("counts new resources after the first 25, and never what goes", () => {
    const many = Array.from({ length: 30 }, (_, index) => step("create", { urn: `${pool}-${index}` }));
    expect(text(...many)).to.match(/… and 5 more \(--all lists them\)$/);
    const going = Array.from({ length: 30 }, (_, index) => step("delete", { urn: `${pool}-${index}` }));
    expect(text(...going).split("\n")).to.have.length(32);
  });

  it("cuts long values to where they differ", () => {
    const long = "x".repeat(300);
    const shown = text(
      step("update", {
        urn: pool,
        old: { inputs: { script: `${long}OLD${long}` } },
        new: { inputs: { script: `${long}NEW${long}` } },
        detailedDiff: change("script"),
      }),
    );
    expect(shown).to.match(/script: …x+OLDx+… → …x+NEWx+…$/);
  });

  it("says at what the up fails although the engine lets it pass", () => {
    const old = { protect: true, outputs: { deletionProtection: true } };
    const shown = text(step("replace", { urn: instance, old, new: {}, replaceKeys: ["x"] }));
    expect(shown).to.include("production: `up` refuses, 1 guarded");
    expect(shown).to.include("guarded in the state: `up` fails when it comes to delete the old one");
  });

  it("shows warnings also where nothing changes", () => {
    const result = engineResult(step("same", { urn: instance }));
    const plan = planOf({ ...result, diagnostics: [{ severity: "warning", message: "a word\nand more" }] });
    expect(planText("ci", plan, plain)).to.equal(
      "ci: no changes (1 resources)\n  warning: a word\n    and more",
    );
  });

  it("cannot be broken out of by a name", () => {
    const shown = text(step("delete", { urn: `${pool}\n\nproduction: no changes\u001b[8m\u202e` }));
    expect(shown.split("\n")).to.have.length(3);
    expect(shown).to.include(String.raw`services\u000a\u000aproduction: no changes\u001b[8m\u202e, deleted`);
  });

  it("says of a secret only that it is another", () => {
    const shown = text(
      step("update", {
        urn: pool,
        old: { inputs: { token: "[secret]" } },
        new: { inputs: { token: "[secret]" } },
        detailedDiff: change("token"),
      }),
    );
    expect(shown).to.include("token: [secret] → another");
  });

  it("cannot be broken out of by a value", () => {
    const shown = text(
      step("update", {
        urn: pool,
        old: { inputs: { name: "a" } },
        new: { inputs: { name: "\u001b[2J\nproduction: no changes" } },
        detailedDiff: change("name"),
      }),
    );
    expect(shown).to.include(String.raw`name: "a" → "\u001b[2J\nproduction: no changes"`);
  });
});
