/** With a stand-in of Pulumi. */
import { expect } from "chai";

import { pipelineRepository } from "../../support/pipeline-scripts";

describe("the product's address, as acceptance tests take it", function () {
  this.timeout(180_000);
  let repository: ReturnType<typeof pipelineRepository>;
  before(() => (repository = pipelineRepository()));
  const printed = async (urls: object) => {
    const { code, out, err } = await repository
      .clone({ PULUMI_SAYS: JSON.stringify(urls) })
      .script("address.sh");
    expect(code, err).to.equal(0);
    return out;
  };

  it("is the host that the service is reached at", async () => {
    const urls = { alpha: "https://hooks.acme.example/", billing: "https://api.acme.example/billing" };
    expect(await printed(urls)).to.equal("https://api.acme.example\n");
  });

  it("is another of the product's where the service is not reached from outside, and none where nothing is", async () => {
    expect(await printed({ alpha: "https://hooks.acme.example/x" })).to.equal("https://hooks.acme.example\n");
    expect(await printed({})).to.equal("");
  });
});
