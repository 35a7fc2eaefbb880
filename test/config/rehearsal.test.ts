import { expect } from "chai";

import { nameLimits, suffixBytes } from "../../config/names";
import { isRehearsal, rehearsalName, rehearsalPrefix } from "../../config/rehearsal";

const suffix = "0a".repeat(suffixBytes);

describe("names of instances that rehearsals make", () => {
  it("begin as their account may, and fit for the stack with the longest name", () => {
    const name = rehearsalName(`popup-${"a".repeat(16)}`, suffix);
    expect(name).to.match(/^[a-z][a-z0-9-]*[a-z0-9]$/);
    expect(name.startsWith(rehearsalPrefix)).to.equal(true);
    expect(name.length).to.be.at.most(nameLimits.sqlInstance);
  });

  it("are known again, and those of a stack with a longer name are not this one's", () => {
    expect(isRehearsal("staging", rehearsalName("staging", suffix))).to.equal(true);
    expect(isRehearsal("popup-a1", rehearsalName("popup-a1-b", suffix))).to.equal(false);
    expect(isRehearsal("popup-a1-b", rehearsalName("popup-a1", suffix))).to.equal(false);
  });

  for (const name of [
    "staging-main-0a1b2c",
    "rehearsal-staging-",
    "rehearsal-staging-main",
    `x-rehearsal-staging-${suffix}`,
  ]) {
    it(`are not taken for ${name}`, () => {
      expect(isRehearsal("staging", name)).to.equal(false);
    });
  }
});
