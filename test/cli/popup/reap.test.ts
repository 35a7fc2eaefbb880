/** What may have happened between the plan of a reaper and the turn of a pop-up. */
import { expect } from "chai";

import { removeIfStillExpired } from "../../../cli/popup/reap";
import { type PopupRecord, tagsOf } from "../../../cli/popup/record";
import { PopupPlace } from "../../support/popup-place";

const ago = (hours: number) => {
  const time = new Date(Date.now() - hours * 3_600_000);
  time.setMilliseconds(0);
  return time;
};
const expired: PopupRecord = {
  stack: "popup-demo",
  owner: "ada",
  made: ago(9),
  expires: ago(1),
  from: "staging",
  versions: {},
  slice: "popup-0",
  phase: "up",
};
const resources = () => [
  {
    urn: "urn:pulumi:popup-demo::platform::gcp:a:B::c",
    type: "gcp:a:B",
    outputs: { project: "acme-popups" },
  },
];
const place = (changes: Partial<PopupRecord> = {}) =>
  new PopupPlace("popup-demo", tagsOf({ ...expired, ...changes }), resources());
const turn = (at: PopupPlace) => removeIfStillExpired(at, expired, "acme-popups", () => undefined);

describe("the turn of a pop-up that has expired", () => {
  it("removes it", async () => {
    const at = place();
    expect(await turn(at)).to.deep.include({ outcome: "removed" });
    expect([at.known, at.resources]).to.deep.equal([undefined, []]);
  });

  it("goes on with one that is half gone", async () => {
    expect(await turn(place({ phase: "going" }))).to.deep.include({ outcome: "removed" });
  });

  it("leaves one whose record has become none, or is being written", async () => {
    const at = place();
    at.known = { "popup:kind": "popup" };
    expect(await turn(at)).to.deep.include({ outcome: "not certain" });
    expect(at.done).to.deep.equal([]);
  });

  it("leaves another one that has its name by now", async () => {
    const at = place({ made: ago(2) });
    expect(await turn(at)).to.deep.include({ outcome: "kept", why: "it is another one of the same name" });
    expect(at.done).to.deep.equal([]);
  });

  it("leaves one that was given more time, also in the last moment", async () => {
    const at = place();
    at.before = (step, { known }) => {
      if (step === "tags") at.known = { ...known, ...tagsOf({ ...expired, expires: ago(-1) }) };
    };
    expect(await turn(at)).to.deep.include({ outcome: "kept", why: "it was given more time just now" });
    expect([at.resources.length, at.known?.["popup:phase"]]).to.deep.equal([1, "up"]);
  });

  it("has nothing to do where somebody else was there before", async () => {
    const at = place();
    at.known = undefined;
    expect(await turn(at)).to.deep.include({ outcome: "removed", why: "somebody else did it" });
    expect(at.done).to.deep.equal([]);
  });
});
