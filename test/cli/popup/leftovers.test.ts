import { expect } from "chai";

import { madeByControllers, orphans, ownedBy, waitUntilGone } from "../../../cli/popup/leftovers";
import type { Found } from "../../../cli/popup/place";
import { isPopup } from "../../../config/stacks";
import { isCloudResource, recordEnvironment } from "../../support/recorder";
import { popup } from "../../support/settings";

const found = (...texts: string[]): Found[] => texts.map((text) => ({ name: text, text }));
const texts = (all: readonly Found[]) => all.map(({ text }) => text);

describe("what is left of a pop-up", () => {
  const own = [
    "projects/acme-popups/locations/europe-west1-b/clusters/popup-demo-main-f0b953",
    "projects/acme-popups/serviceAccounts/popup-demo--nodes@acme-popups.iam.gserviceaccount.com",
    "api-popup-demo.popups.acme.example.",
    '{"labels":{"environment":"popup-demo"}}',
    '{"description":"{\\"kubernetes.io/created-for/pvc/namespace\\":\\"popup-demo\\"}"}',
  ];

  it("is all that carries its name: in its own, in a label, in a host name, in a description", () => {
    expect(texts(ownedBy("popup-demo", found(...own), ["popup-demo"]))).to.deep.equal(own);
  });

  it("is nothing that carries the name of another, though the one may begin the other", () => {
    const others = found(
      ...own.map((text) => text.replaceAll("popup-demo", "popup-demo-two")),
      ...own.map((text) => text.replaceAll("popup-demo", "popup-demos")),
      "projects/acme-popups/managedZones/popups",
      "my-xpopup-demo",
    );
    expect(ownedBy("popup-demo", others, ["popup-demo", "popup-demo-two"])).to.deep.equal([]);
  });

  it("is what carries both names, such as a rule between the two", () => {
    const both = found("from popup-demo to popup-demo-two");
    expect(ownedBy("popup-demo", both, ["popup-demo", "popup-demo-two"])).to.have.length(1);
  });

  it("is nobody's when no stack is called so", () => {
    const all = found(...own, "popups.acme.example.", "projects/acme-popups/global/networks/popup-lost-main");
    expect(texts(orphans(all, ["popup-demo"]))).to.deep.equal([
      "projects/acme-popups/global/networks/popup-lost-main",
    ]);
  });

  it("is of controllers only what the program makes nothing of", async () => {
    for (const name of [
      "projects/p/zones/z/networkEndpointGroups/k8s1-x",
      "projects/p/global/forwardingRules/gkegw1-x",
      "projects/p/zones/z/disks/pvc-0a1b",
    ]) {
      expect(madeByControllers.test(`/${name}`), name).to.equal(true);
    }
    expect(madeByControllers.test("/projects/p/zones/z/disks/gke-popup-demo-main-boot")).to.equal(false);
    const made = await recordEnvironment(popup);
    const types = made.keys(({ type }) =>
      /:(NetworkEndpointGroup|.*ForwardingRule|Target.*Proxy|URLMap|.*BackendService|.*HealthCheck|.*Disk)$/.test(
        type,
      ),
    );
    expect(types).to.deep.equal([]);
  });

  it("is waited for as long as something is there, and no longer than the place has patience", async () => {
    const place = { patience: 60, pause: 0.001, lag: 0 };
    let looks = 0;
    const gone = await waitUntilGone(
      place,
      () => Promise.resolve(found(...(++looks < 3 ? ["x"] : []))),
      () => undefined,
    );
    expect([gone, looks]).to.deep.equal([[], 3]);
    const stays = await waitUntilGone(
      { patience: 0.01, pause: 0.001, lag: 0 },
      () => Promise.resolve(found("x")),
      () => undefined,
    );
    expect(texts(stays)).to.deep.equal(["x"]);
  });

  it("has to be nothing again where the inventory may be late: what was made a moment ago comes up by then", async () => {
    const late = [[], [], ["x"], [], []];
    const seen: number[] = [];
    const look = () => {
      seen.push(late.length);
      return Promise.resolve(found(...(late.shift() ?? [])));
    };
    const left = await waitUntilGone({ patience: 60, pause: 0.05, lag: 0.12 }, look, () => undefined);
    expect([left, late.length]).to.deep.equal([[], 0]);
    expect(seen.length).to.be.above(5);
  });

  it("carries the whole name of any pop-up, however long it is", async () => {
    const longest = "popup-abcdefghijklmno";
    expect([isPopup(longest), isPopup(`${longest}p`)]).to.deep.equal([true, false]);
    const made = (await recordEnvironment(longest)).registrations.filter(
      // Switching an API on is nobody's.
      (each) =>
        isCloudResource(each) && each.type.startsWith("gcp:") && each.type !== "gcp:projects/service:Service",
    );
    expect(made.length).to.be.above(10);
    const without = made.filter(({ inputs }) => !JSON.stringify(inputs).includes(longest));
    expect(without.map(({ type, name }) => `${type} ${name}`)).to.deep.equal([]);
  });
});
