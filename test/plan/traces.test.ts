/** A mistake in the program, through the engine: it is found by the line of TypeScript that it stands in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { errorsOf, type PlanWorld, programCopy, root, startPlanWorld } from "../support/plan-world";

const file = "components/network.ts";
const statement = "this.egress = nat;";
const line = readFileSync(join(root, file), "utf8").split(statement)[0]?.split("\n").length;

describe("an unexpected error of the program", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
  });
  after(() => plan.close());

  const mistakes: readonly [string, string, string][] = [
    ["a value that is not there", "(undefined as unknown as string).trim();", "TypeError: Cannot read"],
    ["an error without a message", "throw new Error();", "Error\n    at new Network"],
    ["a promise that nobody waits for", 'void Promise.reject(new Error("too late"));', "Error: too late"],
  ];
  for (const [what, code, words] of mistakes) {
    it(`names its TypeScript file and line: ${what}`, async () => {
      const program = programCopy({ [file]: (text) => text.replace(statement, `${code} ${statement}`) });
      const result = await plan.preview("ci", { program });
      expect(result.ok).to.equal(false);
      expect(errorsOf(result)).to.include(words).and.to.include(`${file}:${line}:`);
    });
  }
});
