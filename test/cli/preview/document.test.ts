import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { documentOf, previewDocument, previewSchema } from "../../../cli/preview/document";
import type { FailedComparison, StackComparison } from "../../../cli/preview/comparison";
import { planOf } from "../../../cli/plan/plan";
import { change, engineResult, instance, step } from "../../support/engine-steps";
import { root } from "../../support/plan-world";

const heading = {
  base: { ref: "main", hash: "0".repeat(40), tree: "", subject: "a subject", movedOn: false },
  edited: true,
};

const compared = (more: Partial<StackComparison>): StackComparison => ({
  stack: "production",
  inBase: true,
  plan: planOf(engineResult(step("same", { urn: instance }))),
  refusals: [],
  parts: [],
  ...more,
});

const changed = planOf(
  engineResult(
    step("replace", {
      urn: instance,
      old: { inputs: { region: "a" } },
      new: { inputs: { region: "b" } },
      replaceKeys: ["region"],
      detailedDiff: change("region", "update-replace"),
    }),
  ),
);

describe("the document of a preview", () => {
  it("has the form that its schema says, whatever became of a stack", () => {
    const failed: FailedComparison = { stack: "ci", message: "no", exitCode: 1 };
    const gone: StackComparison = { stack: "staging", inBase: true, refusals: [], parts: [] };
    const stacks = [
      compared({}),
      compared({ plan: changed }),
      compared({ refusals: ["protected"] }),
      gone,
      failed,
    ];
    const document = JSON.parse(JSON.stringify(documentOf(heading, stacks))) as unknown;
    expect(() => previewDocument.parse(document)).to.not.throw();
  });

  const statuses: readonly [string, StackComparison][] = [
    ["unchanged", compared({})],
    ["changed", compared({ plan: changed })],
    ["refused", compared({ plan: changed, refusals: ["protected"] })],
    ["new", compared({ plan: changed, inBase: false })],
  ];
  for (const [status, comparison] of statuses) {
    it(`says "${status}" of a stack that is`, () => {
      expect(documentOf(heading, [comparison]).stacks[0]?.status).to.equal(status);
    });
  }

  it("carries each change with what it loses and why", () => {
    const [stack] = documentOf(heading, [compared({ plan: changed })]).stacks;
    expect(stack?.counts).to.deep.equal({ replace: 1 });
    expect(stack?.changes[0]).to.deep.include({
      action: "replace",
      because: ["region"],
      loses: "every database on it",
      properties: [{ path: "region", old: "a", new: "b", replaces: true }],
    });
  });

  it("has its schema committed as it is generated", () => {
    expect(JSON.parse(readFileSync(join(root, "schemas", "preview.schema.json"), "utf8"))).to.deep.equal(
      JSON.parse(JSON.stringify(previewSchema())),
      'schemas/preview.schema.json is out of date: run "npm run schema" and look at the diff',
    );
  });
});
