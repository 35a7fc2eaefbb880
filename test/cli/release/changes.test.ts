import { expect } from "chai";

import { changesBetween } from "../../../cli/release/changes";
import { productionFile, releaseCheckout, releaseLine } from "../../support/release-checkout";

describe("platform release changes", () => {
  const both = `${releaseLine("alpha", "1.0.0")}${releaseLine("billing", "1.4.0")}`;
  const production = (text: string) => {
    const checkout = releaseCheckout();
    const since = checkout.commit("first");
    checkout.write(productionFile, text);
    checkout.commit("second");
    return { checkout, since, asked: ["changes", "--stack", "production", "--since", since] as const };
  };

  it("names what has another version, in the order of the file, and what came and went", async () => {
    const text = `${releaseLine("charlie", "0.1.0")}${releaseLine("alpha", "1.1.0")}`;
    const { checkout, asked, since } = production(text);
    const { out } = await checkout.run(...asked, "--json");
    expect(JSON.parse(out)).to.deep.equal({
      stack: "production",
      since,
      changes: [
        { service: "charlie", from: null, to: "0.1.0" },
        { service: "alpha", from: "1.0.0", to: "1.1.0" },
        { service: "billing", from: "1.4.0", to: null },
      ],
    });
    expect((await checkout.run(...asked)).out).to.equal(
      "charlie: — → 0.1.0\nalpha: 1.0.0 → 1.1.0\nbilling: 1.4.0 → —\n",
    );
  });

  it("names nothing where only words, builds or the order differ, or a version was taken back", async () => {
    const { checkout, asked } = production(
      `# other words\n${releaseLine("billing", "1.4.0", "by hand")}${releaseLine("alpha", "1.0.0")}`,
    );
    expect((await checkout.run(...asked)).out).to.equal("production has every service as it had\n");
    checkout.write(productionFile, releaseLine("alpha", "2.0.0"));
    checkout.commit("third");
    checkout.write(productionFile, both);
    checkout.commit("taken back");
    expect(JSON.parse((await checkout.run(...asked, "--json")).out)).to.have.deep.property("changes", []);
  });

  it("takes all for new where there was no file", async () => {
    const { checkout } = production(both);
    checkout.write("catalog/releases/popup-x.yaml", both);
    const since = checkout.commit("third");
    const { out } = await checkout.run("changes", "--stack", "popup-x", "--since", since);
    expect(out).to.equal("popup-x has every service as it had\n");
    expect(changesBetween({}, { alpha: "1.0.0" })).to.deep.equal([
      { service: "alpha", from: null, to: "1.0.0" },
    ]);
  });

  it("refuses what is no commit of this clone", async () => {
    const { checkout } = production(both);
    for (const since of ["--all", "main", "0123456789012345678901234567890123456789", ""]) {
      const { error } = await checkout.run("changes", "--stack", "production", `--since=${since}`);
      expect(error?.message).to.contain(
        `--since is ${JSON.stringify(since)}, which this clone does not have`,
      );
      expect(error?.exitCode).to.equal(2);
    }
  });
});
