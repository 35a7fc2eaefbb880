import { expect } from "chai";
import fc from "fast-check";

import { planReaping } from "../../../cli/popup/reap-plan";
import { isProved, type Phase, type PopupRecord, recordOf, tagsOf } from "../../../cli/popup/record";

const now = new Date("2026-03-02T12:00:00Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const popup = (name: string, changes: Partial<PopupRecord> = {}): PopupRecord => ({
  stack: `popup-${name}`,
  owner: "ada",
  made: minutes(-600),
  expires: minutes(-60),
  from: "staging",
  versions: {},
  slice: "popup-0",
  phase: "up",
  ...changes,
});
const names = (records: readonly { stack: string }[]) => records.map(({ stack }) => stack);

describe("what the reaper does", () => {
  it("removes what has expired, the longest expired first, and keeps what has not", () => {
    const plan = planReaping(
      [popup("new"), popup("old", { expires: minutes(-300) }), popup("young", { expires: minutes(60) })],
      now,
      20,
    );
    expect(names(plan.remove)).to.deep.equal(["popup-old", "popup-new"]);
    expect(names(plan.keep)).to.deep.equal(["popup-young"]);
  });

  it("leaves one alone for ten minutes after its end", () => {
    const plan = planReaping(
      [popup("just", { expires: minutes(-10) }), popup("past", { expires: minutes(-10.1) })],
      now,
      20,
    );
    expect(names(plan.remove)).to.deep.equal(["popup-past"]);
  });

  it("finishes what was begun, whenever it expires", () => {
    const plan = planReaping([popup("half", { phase: "going", expires: minutes(300) })], now, 20);
    expect(names(plan.remove)).to.deep.equal(["popup-half"]);
  });

  it("removes none of those that expired when they are more than may go in one run", () => {
    const many = ["one", "two", "three"].map((name) => popup(name));
    const plan = planReaping([...many, popup("half", { phase: "going" })], now, 2);
    expect(names(plan.remove)).to.deep.equal(["popup-half"]);
    expect(plan.tooMany).to.equal(3);
    expect(planReaping(many, now, 3).remove).to.have.length(3);
  });

  it("reports what was made in the future, and what would live longer than a pop-up can", () => {
    const later = popup("later", { made: minutes(60), expires: minutes(120) });
    const forever = popup("forever", { expires: minutes(8 * 24 * 60) });
    const plan = planReaping([later, forever], now, 20);
    expect(names(plan.report)).to.deep.equal(["popup-later", "popup-forever"]);
    expect([...plan.remove, ...plan.keep]).to.deep.equal([]);
  });

  it("removes nothing of which the tags do not prove that it is a pop-up and has expired, whatever they say", () => {
    const expired = tagsOf(popup("any"));
    const tag = fc.constantFrom(...Object.keys(expired));
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "",
        "popup",
        "up",
        "making",
        "2026-03-01T00:00:00Z",
        "2026-03-09T00:00:00Z",
        "2026-13-01T00:00:00Z",
      ),
    );
    const name = fc.oneof(fc.constantFrom("popup-any", "production", "staging", "ci", "popups"), fc.string());
    const phases: readonly Phase[] = ["making", "up", "going"];
    fc.assert(
      fc.property(name, fc.dictionary(tag, text), (stack, changes) => {
        const tags = { ...expired, ...changes };
        for (const { stack: gone, expires, made, phase } of planReaping([recordOf(stack, tags)], now, 20)
          .remove) {
          expect(gone).to.equal("popup-any");
          expect(tags["popup:kind"]).to.equal("popup");
          expect(phases).to.include(phase);
          expect(phase === "going" || expires < now).to.equal(true);
          expect(made <= expires).to.equal(true);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("loses none: each is removed, kept or reported", () => {
    const changes = fc.record({
      expires: fc.integer({ min: -20_000, max: 20_000 }).map(minutes),
      made: fc.integer({ min: -20_000, max: 20_000 }).map(minutes),
      phase: fc.constantFrom<Phase>("making", "up", "going"),
    });
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (all, most) => {
        const records = all.map((each, index) => recordOf(`popup-a${index}z`, tagsOf(popup("x", each))));
        const plan = planReaping(records, now, most);
        expect(names([...plan.remove, ...plan.keep, ...plan.report]).sort()).to.deep.equal(
          names(records).sort(),
        );
        expect(records.filter(isProved).length).to.be.at.least(plan.remove.length);
      }),
    );
  });
});
