/** The program says the same wherever and whenever it runs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { errorsOf, type PlanWorld, startPlanWorld, temporaryFolder } from "../support/plan-world";

/** A day in another year, for the program's process only. */
function anotherTime(): string {
  const file = join(temporaryFolder("platform-time-"), "time.cjs");
  writeFileSync(
    file,
    `const RealDate = Date;
     const shift = Date.UTC(2031, 6, 1) - RealDate.now();
     globalThis.Date = class extends RealDate {
       constructor(...args) { if (args.length === 0) super(RealDate.now() + shift); else super(...args); }
       static now() { return RealDate.now() + shift; }
     };`,
  );
  return file;
}

describe("two previews of one stack", () => {
  let plan: PlanWorld;

  before(async () => {
    plan = await startPlanWorld();
  });
  after(() => plan.close());

  for (const stack of ["ci", "staging", "production", "popup-one"]) {
    it(`register the same in ${stack} under another time zone, locale and time`, async () => {
      const registered = async (options: object) => {
        const result = await plan.preview(stack, {}, options);
        expect(errorsOf(result)).to.equal("");
        return result.steps.map(({ urn, new: state }) => JSON.stringify([urn, state?.inputs])).sort();
      };
      const here = await registered({ programEnv: { TZ: "UTC", LANG: "C" } });
      const there = await registered({
        programEnv: { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
        nodeArgs: ["--require", anotherTime()],
      });
      expect(there).to.deep.equal(here);
      expect(here.length).to.be.greaterThan(30);
    });
  }
});
