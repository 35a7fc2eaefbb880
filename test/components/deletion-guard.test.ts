/** Does not prove that the engine stops at it: the tests with the real engine do. */
import * as random from "@pulumi/random";
import { expect } from "chai";

import { DeletionGuard } from "../../components/deletion-guard";
import { Identity } from "../../components/identity";
import type { Lifecycle } from "../../config/settings";
import { nameOf, record } from "../support/recorder";

const type = "platform:index:DeletionGuard";

function guarded(lifecycle: Lifecycle) {
  return record(() => {
    const key = new random.RandomId("key", { byteLength: 3 });
    const account = new Identity("billing", { prefix: "staging", project: "acme", purpose: "Bills" });
    new DeletionGuard("environment", { lifecycle, guarded: [key, account] });
  });
}

describe("the deletion guard", () => {
  it("waits for everything it guards, the children of components included", async () => {
    const recording = await guarded("protected");
    const guard = recording.one(type);
    const names = [...recording.prerequisites(guard.urn)].map((urn) => recording.at(urn).type);
    expect(names).to.include.members([
      "random:index/randomId:RandomId",
      "gcp:serviceaccount/account:Account",
    ]);
  });

  it("is protected in a protected environment", async () => {
    expect((await guarded("protected")).one(type).protect).to.equal(true);
  });

  it("is not protected in a disposable one", async () => {
    expect((await guarded("disposable")).one(type).protect).to.equal(false);
  });

  it("hands its protection to nothing that it guards", async () => {
    const recording = await guarded("protected");
    expect(
      recording.registrations.filter(({ protect }) => protect).map(({ urn }) => nameOf(urn)),
    ).to.deep.equal(["environment"]);
  });
});
