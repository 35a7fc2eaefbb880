import { expect } from "chai";
import fc from "fast-check";

import { compareVersions, exactVersion } from "../../config/version";

const sign = (a: string, b: string) => Math.sign(compareVersions(a, b));

describe("the order of versions", () => {
  /** Examples of semver.org, and beside them what people get wrong. */
  const ascending = [
    "0.0.4",
    "0.9.0",
    "0.10.0",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-11",
    "1.0.0-9007199254740992",
    "1.0.0-9007199254740993",
    "1.0.0-99999999999999999999999",
    "1.0.0--",
    "1.0.0-0a",
    "1.0.0-RC",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-pr.57",
    "1.0.0-pr.57.1",
    "1.0.0-pr-57",
    "1.0.0-rc.1",
    "1.0.0-rc-1",
    "1.0.0",
    "1.0.1-0",
    "1.4.2",
    "1.10.0",
    "2.0.0",
    "10.0.0",
    "99999999999999999999999.0.0",
    "99999999999999999999999.0.1",
  ];

  it("is that of semver.org", () => {
    expect([...ascending].reverse().sort(compareVersions)).to.deep.equal(ascending);
  });

  const identifier = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
    fc.stringMatching(/^[0-9]{0,3}[a-zA-Z-][a-zA-Z0-9-]{0,4}$/),
  );
  const number = fc.oneof(fc.nat({ max: 3 }), fc.nat()).map(String);
  const version = fc
    .tuple(fc.tuple(number, number, number), fc.array(identifier, { maxLength: 4 }))
    .map(([core, pre]) => `${core.join(".")}${pre.length > 0 ? `-${pre.join(".")}` : ""}`)
    .filter((text) => exactVersion.safeParse(text).success);

  it("is one of all versions: each pair has one order, the same from both sides", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(sign(a, b)).to.equal(0 - sign(b, a));
        expect(sign(a, b) === 0).to.equal(a === b);
      }),
    );
  });

  it("holds along a chain", () => {
    fc.assert(
      fc.property(version, version, version, (...three) => {
        const [low = "", middle = "", high = ""] = [...three].sort(compareVersions);
        expect(sign(low, high)).to.be.at.most(0);
        expect(sign(low, middle)).to.be.at.most(0);
        expect(sign(middle, high)).to.be.at.most(0);
      }),
    );
  });

  it("has a version after everything that comes before it, and before its next patch", () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(), fc.nat(), fc.nat()), identifier, ([major, minor, patch], pre) => {
        expect(sign(`${major}.${minor}.${patch}-${pre}`, `${major}.${minor}.${patch}`)).to.equal(-1);
        expect(sign(`${major}.${minor}.${patch}`, `${major}.${minor}.${patch + 1}-${pre}`)).to.equal(-1);
      }),
    );
  });
});
