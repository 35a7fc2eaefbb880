import { expect } from "chai";

import { furtherResource, medianOf, ratioOf, spreadOf } from "../../bench/statistics";

describe("the statistics of the bench", () => {
  it("take the middle figure, or the mean of the two in the middle, in any order", () => {
    expect(medianOf([30, 1, 2])).to.equal(2);
    expect(medianOf([4, 1, 100, 2])).to.equal(3);
    expect(medianOf([7])).to.equal(7);
  });

  it("have no median of nothing", () => {
    expect(() => medianOf([])).to.throw(RangeError);
  });

  it("sort by size and leave the figures as they were", () => {
    const figures = [100, 20, 3];
    expect(spreadOf(figures)).to.deep.equal({ median: 20, min: 3, max: 100 });
    expect(figures).to.deep.equal([100, 20, 3]);
  });

  it("compare medians, and for the spread each round with its own", () => {
    expect(ratioOf([10, 20, 90], [10, 10, 30])).to.deep.equal({ median: 2, min: 1, max: 3 });
  });

  it("leave out of a further resource what every run takes", () => {
    expect(furtherResource({ resources: 10, ms: 1_020 }, { resources: 110, ms: 1_220 })).to.equal(2);
  });
});
