import { expect } from "chai";

import { github } from "../../../components/jenkins/github";

describe("calls of GitHub", () => {
  it("slow down near the limit only", () => {
    expect(github().gitHubConfiguration.apiRateLimitChecker).to.equal("ThrottleOnOver");
  });
});
