import { expect } from "chai";
import fc from "fast-check";

import { nearest } from "../../config/nearest";

const keys = ["region", "project", "projectNumber", "lifecycle", "customerData", "owner"];

describe("the nearest match", () => {
  const slips: [string, string][] = [
    ["regoin", "region"],
    ["rogian", "region"],
    ["Region", "region"],
    ["projectnumber", "projectNumber"],
    ["lifecyle", "lifecycle"],
    ["customersData", "customerData"],
  ];
  for (const [slip, meant] of slips) {
    it(`of ${slip} is ${meant}`, () => {
      expect(nearest(slip, keys)).to.equal(meant);
    });
  }

  it("is nothing when no candidate is close", () => {
    expect(nearest("zone-of-the-database", keys)).to.equal(undefined);
  });

  it("is nothing when there are no candidates", () => {
    expect(nearest("region", [])).to.equal(undefined);
  });

  it("of a candidate is itself", () => {
    fc.assert(fc.property(fc.constantFrom(...keys), (key) => nearest(key, keys) === key));
  });

  it("finds every candidate again with one letter lost", () => {
    const slip = fc
      .constantFrom(...keys)
      .chain((key) => fc.tuple(fc.constant(key), fc.nat({ max: key.length - 1 })));
    fc.assert(fc.property(slip, ([key, at]) => nearest(key.slice(0, at) + key.slice(at + 1), keys) === key));
  });
});
