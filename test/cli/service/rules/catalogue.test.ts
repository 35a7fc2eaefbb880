import { expect } from "chai";

import { judgeAgainst } from "../../../../cli/service/rules/catalogue";
import { found, inShort } from "../../../support/service-repository";
import { serviceEntryOf } from "../../../support/settings";

const catalogue = { search: serviceEntryOf({ stores: ["redis", "postgres"] }), plain: serviceEntryOf() };
const file = (call: string) => ({ Jenkinsfile: `@Library('platform') _\n${call}\n` });
const both = file("servicePipeline(stores: ['postgres', 'redis'])");

describe("the rules for a repository and its catalogue entry", () => {
  it("allow the same stores in any order", async () => {
    expect(await found(judgeAgainst(catalogue), both)).to.deep.equal([]);
  });

  it("allow a service that has no entry yet", async () => {
    expect(await found(judgeAgainst({}), both)).to.deep.equal([]);
  });

  it("find builds with a store too few, naming both sides", async () => {
    const findings = await found(judgeAgainst(catalogue), file("servicePipeline(stores: ['postgres'])"));
    expect(inShort(findings)).to.deep.equal(["Jenkinsfile catalogue-stores"]);
    expect(findings[0]?.problem).to.equal(
      "builds start postgres, but catalog/services/search.yaml gives the service postgres and redis",
    );
  });

  it("find builds with a store that the service has not", async () => {
    expect(inShort(await found(judgeAgainst(catalogue), both, "plain"))).to.deep.equal([
      "Jenkinsfile catalogue-stores",
    ]);
  });

  it("find a name that no service can have", async () => {
    const findings = await found(judgeAgainst(catalogue), both, "Search Service");
    expect(findings.map(({ rule }) => rule)).to.deep.equal(["service-name"]);
  });
});
