import { expect } from "chai";

import { endpointOf } from "../../../cli/google/endpoint";

describe("where an API of Google is", () => {
  it("is at Google, when nobody says otherwise", () => {
    expect(endpointOf("sql", {})).to.equal("https://sqladmin.googleapis.com/");
  });

  it("is where gcloud's variable says, with a slash to go on from", () => {
    const environment = { CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS: "http://127.0.0.1:1" };
    expect(endpointOf("dns", environment)).to.equal("http://127.0.0.1:1/");
    expect(endpointOf("cloudasset", environment)).to.equal("https://cloudasset.googleapis.com/");
  });
});
