import { expect } from "chai";
import fc from "fast-check";

import { isPopup, longLivedStacks, stackNameProblem } from "../../config/stacks";

describe("names of stacks", () => {
  for (const name of longLivedStacks) {
    it(`include ${name}, which is no pop-up`, () => {
      expect(stackNameProblem(name)).to.equal(undefined);
      expect(isPopup(name)).to.equal(false);
    });
  }

  for (const name of [
    "popup-abc",
    "popup-search-42",
    "popup-a2345678901234z",
    "popup-mainly",
    "popup-x-mainz",
  ]) {
    it(`include the pop-up ${name}`, () => {
      expect(stackNameProblem(name)).to.equal(undefined);
      expect(isPopup(name)).to.equal(true);
    });
  }

  const malicious = [
    "../x",
    "popup-../x",
    "popup-a;rm -rf",
    "popup-$(id)",
    "popup-`id`",
    "popup-a b",
    "popup-abc\n",
    "\npopup-abc",
    "popup-abc\u0000",
    "popup-a\u0430c", // Cyrillic
    "popup-ａｂｃ",
    "popup-ABC",
    "popup--abc",
    "popup-abc-",
    "popup-a--b",
    "popup-1ab",
    "popup-ab",
    `popup-${"a".repeat(16)}`,
    "popup-abc-main",
    "popup-abc-public-x",
    "popup-",
    "-popup-abc",
    "Production",
    "production ",
    "constructor",
    "__proto__",
    "",
  ];
  for (const name of malicious) {
    it(`do not include ${JSON.stringify(name)}, and say why`, () => {
      expect(isPopup(name)).to.equal(false);
      expect(stackNameProblem(name)).to.be.a("string").that.includes(JSON.stringify(name));
    });
  }

  it("say what a pop-up may be called", () => {
    expect(stackNameProblem("popup-X")).to.equal(
      '"popup-X" is no name for a pop-up; after popup- come 3 to 15 lower case letters, digits and single dashes, starting with a letter and not ending with a dash, and without the words main and public after a dash, as parts of a pop-up are called',
    );
  });

  it("say which stacks there are", () => {
    expect(stackNameProblem("prod")).to.equal(
      '"prod" is no stack of this program; allowed: ci, popups, staging, production, or popup-NAME',
    );
  });

  it("are safe in a path, a shell and a host name, whatever is asked for", () => {
    const odd = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `popup-${text}`),
      fc
        .tuple(fc.stringMatching(/^popup-[a-z]{3,8}$/), fc.string({ minLength: 1, maxLength: 3 }))
        .map(([name, tail]) => name + tail),
    );
    fc.assert(
      fc.property(odd, (name) => {
        if (stackNameProblem(name) !== undefined) return;
        expect(name).to.match(/^[a-z][a-z0-9-]{1,20}[a-z0-9]$/);
        expect([...name].every((letter) => letter.codePointAt(0)! < 128)).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });
});
