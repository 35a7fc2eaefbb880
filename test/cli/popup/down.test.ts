/** The order of a removal and who may come between; that it leaves nothing is proven in a world, beside. */
import { expect } from "chai";

import { removeWhole } from "../../../cli/popup/down";
import { PopupPlace } from "../../support/popup-place";

const stack = "popup-demo";
const urn = (type: string, name: string) => `urn:pulumi:${stack}::platform::${type}::${name}`;
const resources = () =>
  ["kubernetes:core/v1:Namespace", "gcp:container/cluster:Cluster"].map((type) => ({
    urn: urn(type, "main"),
    type,
    outputs: type.startsWith("gcp:") ? { project: "acme-popups" } : {},
  }));
const place = (phase = "up") => new PopupPlace(stack, { "popup:phase": phase }, resources());
const removal = (at: PopupPlace, lostCluster = false) =>
  removeWhole(at, stack, "acme-popups", () => undefined, lostCluster);
const failureOf = (running: Promise<void>) =>
  running.then(
    () => "",
    (error: Error) => error.message,
  );

describe("the removal of a pop-up", () => {
  it("says so first, then takes what is in the cluster, then the rest, and its record last", async () => {
    const at = place();
    await removal(at);
    expect(at.done).to.deep.equal(["tags", "drain", "destroy", "remove"]);
    expect(at.resources).to.deep.equal([]);
  });

  it("leaves the cluster as long as something of its controllers is there", async () => {
    const at = place();
    at.found = [{ name: "projects/acme-popups/global/forwardingRules/gkegw1-x", text: `for ${stack}` }];
    expect(await failureOf(removal(at)))
      .to.include("so the cluster stays")
      .and.include("forwardingRules/gkegw1-x");
    expect(at.done).to.deep.equal(["tags", "drain"]);
    expect(at.known?.["popup:phase"]).to.equal("going");
  });

  it("keeps the record as long as something carries the name", async () => {
    const at = place();
    at.found = [{ name: `projects/acme-popups/global/networks/${stack}-main`, text: `${stack}-main` }];
    expect(await failureOf(removal(at))).to.include("something still carries its name");
    expect(at.done).to.deep.equal(["tags", "drain", "destroy"]);
  });

  it("stops when somebody has asked for it again meanwhile", async () => {
    const at = place();
    at.before = (step, { known }) => {
      if (step === "drain") at.known = { ...known, "popup:phase": "making" };
    };
    expect(await failureOf(removal(at))).to.include("was asked for again while it was being removed");
    expect(at.done).to.deep.equal(["tags", "drain"]);
    expect(at.resources).to.have.length(1);
  });

  it("is over when somebody else has ended it", async () => {
    const at = place();
    at.before = (step) => {
      if (step === "drain") at.known = undefined;
    };
    await removal(at);
    expect(at.done).to.deep.equal(["tags", "drain"]);
  });

  it("touches nothing of a stack that has something in another project", async () => {
    const at = place();
    at.resources.push({
      urn: urn("gcp:sql:Instance", "main"),
      type: "gcp:sql:Instance",
      outputs: { project: "acme-production" },
    });
    expect(await failureOf(removal(at)))
      .to.include("acme-production")
      .and.include("nothing of it is removed");
    expect(at.done).to.deep.equal([]);
  });

  it("asks nothing of a cluster that is gone", async () => {
    const at = place();
    await removal(at, true);
    expect(at.done).to.deep.equal(["tags", "destroy", "remove"]);
  });
});
