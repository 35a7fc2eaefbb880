import { join } from "node:path";

import { expect } from "chai";

import { releaseCheckout } from "../../support/release-checkout";

const urn = "urn:pulumi:staging::platform::platform:index:Service$kubernetes:helm.sh/v3:Release::billing";
const release = {
  op: "update",
  urn,
  oldState: { inputs: { version: "1.4.0" } },
  newState: { inputs: { version: "1.5.0" } },
};
const other = { op: "delete", urn: "urn:pulumi:staging::platform::gcp:compute/network:Network::main" };

describe("platform release check", () => {
  const asked = (steps: object[], ...args: string[]) => {
    const checkout = releaseCheckout();
    checkout.write("plan.json", JSON.stringify({ steps, changeSummary: { same: 1 } }));
    return checkout.run("check", "billing", "--plan", join(checkout.folder, "plan.json"), ...args);
  };

  it("says in a sentence what will happen", async () => {
    expect(await asked([release])).to.deep.equal({
      out: "the up of staging will take billing from 1.4.0 to 1.5.0, and touch nothing else\n",
      err: "",
    });
  });

  it("prints what to aim at", async () => {
    expect((await asked([release], "--targets")).out).to.equal(`${urn}\n`);
  });

  it("names everything else that the plan does", async () => {
    const { out, error } = await asked([release, other]);
    expect(out).to.equal("");
    expect(error?.exitCode).to.equal(3);
    expect(error?.message).to.equal(
      "this plan of staging is not only a version of billing; it would\n  delete Network main\nLet a reviewed up of staging do the rest first, and preview again",
    );
  });

  it("says so when the plan is about something else, or about nothing", async () => {
    expect((await asked([other])).error?.message).to.match(
      /^this plan of staging does not deploy billing at all/,
    );
    const { error } = await asked([{ ...other, op: "same" }]);
    expect(error?.exitCode).to.equal(3);
    expect(error?.message).to.equal(
      "there is nothing to deploy: staging has this version of billing already, and the plan changes nothing",
    );
  });

  it("gives a document to machines, also when it refuses", async () => {
    const common = { version: 1, service: "billing", stack: "staging", from: "1.4.0", to: "1.5.0" };
    expect(JSON.parse((await asked([release], "--json")).out)).to.deep.equal({
      ...common,
      plan: "only",
      targets: [urn],
      objections: [],
    });
    const { out, error } = await asked([release, other], "--json");
    expect(JSON.parse(out)).to.deep.equal({
      ...common,
      plan: "more",
      targets: [],
      objections: [{ urn: other.urn, action: "delete" }],
    });
    expect(error).to.include({ exitCode: 3, reported: true });
  });

  it("refuses a service that is none, and a file that is not there", async () => {
    const checkout = releaseCheckout();
    const unknown = await checkout.run("check", "biling", "--plan", "plan.json");
    expect(unknown.error?.message).to.match(
      /^"biling" is no service of catalog\/services; did you mean billing\?/,
    );
    expect(unknown.error?.exitCode).to.equal(2);
    const nowhere = await checkout.run("check", "billing", "--plan", join(checkout.folder, "none.json"));
    expect(nowhere.error?.message).to.match(/^--plan is ".*none\.json", which cannot be read \(ENOENT/);
    expect(nowhere.error?.exitCode).to.equal(2);
  });
});
