import { expect } from "chai";
import fc from "fast-check";

import { nameFor, nameOf, stackOf } from "../../../cli/popup/name";
import { isPopup } from "../../../config/stacks";

describe("the name of a pop-up", () => {
  it("stands for its stack, with or without what all of them begin with", () => {
    expect(["search-42", "popup-search-42"].map(stackOf)).to.deep.equal([
      "popup-search-42",
      "popup-search-42",
    ]);
    expect(nameOf("popup-search-42")).to.equal("search-42");
  });

  for (const name of ["production", "ci"]
    .map((stack) => `${stack} `)
    .concat("../x", "a;rm -rf", "-x12", "", "Abc", "a".repeat(17))) {
    it(`is not ${JSON.stringify(name)}`, () => {
      expect(() => stackOf(name)).to.throw(/3 to 15 lower case letters/);
    });
  }

  it("never stands for a stack that lives for good", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom("ci", "popups", "staging", "production"), fc.string()), (name) => {
        try {
          return isPopup(stackOf(name));
        } catch {
          return true;
        }
      }),
    );
  });

  it("comes from a pull request of a service", () => {
    expect(nameFor("billing/57")).to.equal("billing-57");
  });

  it("comes from any pull request of any service, is allowed, and is the same each time", () => {
    const service = fc.stringMatching(/^[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,8}){0,3}$/);
    fc.assert(
      fc.property(service, fc.integer({ min: 1, max: 9_999_999 }), (name, number) => {
        const given = `${name}/${number}`;
        expect(isPopup(`popup-${nameFor(given)}`), nameFor(given)).to.equal(true);
        expect(nameFor(given)).to.equal(nameFor(given));
      }),
    );
  });

  it("tells two services apart that begin alike", () => {
    expect(nameFor("authentication/57")).to.not.equal(nameFor("authentication-web/57"));
  });

  for (const given of ["billing", "billing/0", "billing/x", "/57", "billing/57/1", "Billing/57"]) {
    it(`comes from no ${JSON.stringify(given)}`, () => {
      expect(() => nameFor(given)).to.throw(/billing\/57$/);
    });
  }
});
