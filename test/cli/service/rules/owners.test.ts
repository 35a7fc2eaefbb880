import { expect } from "chai";

import { judgeOwners } from "../../../../cli/service/rules/owners";
import { found, inShort } from "../../../support/service-repository";

describe("the rule for owners", () => {
  it("allows a team for everything", async () => {
    expect(await found(judgeOwners, { CODEOWNERS: "# ours\n* @acme/search-team\n" })).to.deep.equal([]);
  });

  it("finds that only some files have owners", async () => {
    expect(
      inShort(await found(judgeOwners, { ".github/CODEOWNERS": "/chart/ @acme/platform\n*\n" })),
    ).to.deep.equal([".github/CODEOWNERS owners-of-everything"]);
  });
});
