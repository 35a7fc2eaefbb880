import { expect } from "chai";

import { compareVersions, versionNumbers } from "../../../local/programs/versions";

describe("versions", () => {
  it("are ordered by number", () => {
    expect(compareVersions("3.99.0", "3.100.0")).to.be.below(0);
    expect(compareVersions("v1.26.8", "1.26.8")).to.equal(0);
    expect(compareVersions("1.27", "1.26.9")).to.be.above(0);
  });

  it("are read without what follows the patch", () => {
    expect(versionNumbers("v1.36.3-gke.100+meta")).to.deep.equal([1, 36, 3]);
  });
});
