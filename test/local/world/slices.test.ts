import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { type Layout, layoutOf } from "../../../local/world/layout";
import { claimSlice, releaseSlices, reserveSlice } from "../../../local/world/slices";

describe("slices for pop-ups", () => {
  let layout: Layout;
  beforeEach(() => {
    layout = layoutOf(mkdtempSync(join(tmpdir(), "platform-slices-")));
  });
  afterEach(() => rmSync(layout.folder, { recursive: true, force: true }));

  it("are given out in order, gaps first, and kept by who has one", () => {
    expect(["popup-aa1", "popup-bb2", "popup-cc3"].map((stack) => reserveSlice(layout, stack))).to.deep.equal(
      ["popup-0", "popup-1", "popup-2"],
    );
    releaseSlices(layout, "popup-bb2");
    expect(reserveSlice(layout, "popup-dd4")).to.equal("popup-1");
    expect(reserveSlice(layout, "popup-aa1")).to.equal("popup-0");
  });

  it("end with 128", () => {
    const given = Array.from({ length: 129 }, (_, index) => reserveSlice(layout, `popup-n${index}`));
    expect(given[127]).to.equal("popup-127");
    expect(given[128]).to.equal(undefined);
  });

  it("belong to one pop-up, also when it names its own", () => {
    expect(claimSlice(layout, "popup-7", "popup-aa1")).to.equal(true);
    expect(claimSlice(layout, "popup-7", "popup-aa1")).to.equal(true);
    expect(claimSlice(layout, "popup-7", "popup-bb2")).to.equal(false);
  });
});
