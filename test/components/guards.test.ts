import { expect } from "chai";

import { guards } from "../../components/guards";

describe("the guards", () => {
  it("of a protected environment stop the engine and the provider", () => {
    expect(guards("protected")).to.deep.equal({ protect: true, deletionPolicy: "PREVENT" });
  });

  it("of a disposable environment stop nobody", () => {
    expect(guards("disposable")).to.deep.equal({ protect: false, deletionPolicy: "DELETE" });
  });
});
