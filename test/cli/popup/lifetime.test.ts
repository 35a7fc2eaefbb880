import { expect } from "chai";

import { after, fromNow, lifeOf, longestLife, usualLife, written } from "../../../cli/popup/lifetime";

describe("the life of a pop-up", () => {
  it("is given in minutes, hours or days", () => {
    expect(["30m", "8h", "2d", "7d", usualLife].map(lifeOf)).to.deep.equal([
      1800, 28_800, 172_800, 604_800, 28_800,
    ]);
  });

  for (const text of ["8d", "169h", "0h", "8", "h", "8 h", "-8h", "8H", "1w", "08h", "1e3m", "999999m", ""]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => lifeOf(text)).to.throw(/--ttl is .*; allowed: .* up to a week, such as 30m, 8h or 2d/);
    });
  }

  it("ends at a time that is written to the second, in UTC", () => {
    const time = after(new Date("2026-03-01T23:00:00.900Z"), longestLife);
    expect(written(time)).to.equal("2026-03-08T23:00:00Z");
  });

  it("is told from now by the largest unit that says something", () => {
    const now = new Date("2026-03-01T12:00:00Z");
    const told = [90, 3600, -2400, 47 * 3600, -49 * 3600].map((seconds) => fromNow(after(now, seconds), now));
    expect(told).to.deep.equal(["in 1 min", "in 1 h", "40 min ago", "in 47 h", "2 days ago"]);
  });
});
