import { expect } from "chai";

import { judgePresence } from "../../../../cli/service/rules/presence";
import { found } from "../../../support/service-repository";

const all = {
  Jenkinsfile: "",
  Dockerfile: "",
  Makefile: "",
  "chart/values.yaml": "",
  CODEOWNERS: "",
  ".dockerignore": "",
};

describe("the rule for what a repository has", () => {
  it("allows one with everything", async () => {
    expect(await found(judgePresence, all)).to.deep.equal([]);
  });

  for (const file of Object.keys(all)) {
    it(`finds that ${file} is not there`, async () => {
      const rest = Object.fromEntries(Object.entries(all).filter(([name]) => name !== file));
      expect((await found(judgePresence, rest)).map(({ place }) => place)).to.deep.equal([file]);
    });
  }

  it("takes owners from where GitHub does", async () => {
    const { CODEOWNERS, ...rest } = all;
    expect(await found(judgePresence, { ...rest, ".github/CODEOWNERS": CODEOWNERS })).to.deep.equal([]);
  });
});
