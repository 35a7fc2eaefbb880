import { expect } from "chai";

import { statusOf, statusText } from "../../../cli/release/status";
import { serviceEntryOf } from "../../support/settings";
import { releaseCheckout, releaseLine, stagingFile } from "../../support/release-checkout";

describe("platform release status", () => {
  it("is a matrix of services and environments, in columns, without colour", async () => {
    const checkout = releaseCheckout();
    checkout.write(
      stagingFile,
      `${releaseLine("alpha", "1.10.0-pr.57")}${releaseLine("billing", "1.4.0")}${releaseLine("legacy", "0.9.0")}`,
    );
    const { out, error } = await checkout.run("status");
    expect(error).to.equal(undefined);
    expect(out).to.equal(
      [
        "SERVICE  STAGING       PRODUCTION  REMARKS",
        "alpha    1.10.0-pr.57  1.0.0       production is behind staging",
        "billing  1.4.0         1.4.0",
        "charlie  —             —           not released",
        "legacy   0.9.0         —           retired, not in production",
        "",
      ].join("\n"),
    );
  });

  it("has a column for every file of releases: the long-lived environments first", async () => {
    const checkout = releaseCheckout();
    checkout.write("catalog/releases/a-trial.yaml", releaseLine("charlie", "0.1.0"));
    checkout.write("catalog/releases/.hidden.yaml", "what an editor leaves");
    checkout.write("catalog/releases/notes.md", "not a file of releases");
    const [headings, ...rows] = (await checkout.run("status")).out.split("\n");
    expect(headings?.split(/ +/)).to.deep.equal(["SERVICE", "STAGING", "PRODUCTION", "A-TRIAL", "REMARKS"]);
    expect(rows.map((row) => row.split(/ +/))).to.deep.include(["charlie", "—", "—", "0.1.0"]);
  });

  it("is one document for a machine", async () => {
    const { out } = await releaseCheckout().run("status", "--json");
    const { stacks, services } = JSON.parse(out) as { stacks: string[]; services: unknown[] };
    const release = { version: "0.9.0", by: "jenkins", build: "legacy/main/1" };
    expect(stacks).to.deep.equal(["staging", "production"]);
    expect(services.at(-1)).to.deep.equal({
      service: "legacy",
      retired: true,
      releases: { staging: release, production: null },
      remarks: ["retired", "not in production"],
    });
    expect(services).to.have.length(4);
  });

  it("shows nothing of a file with a mistake, and says which", async () => {
    const checkout = releaseCheckout();
    checkout.write(stagingFile, "billing: 1.4.0");
    const { out, error } = await checkout.run("status");
    expect(out).to.equal("");
    expect(error?.message).to.include("1 problem in catalog/releases/staging.yaml");
  });
});

describe("what is remarked of a service", () => {
  const remarks = (staging: string | undefined, production: string | undefined, retired = false) => {
    const release = (version: string | undefined) =>
      version === undefined ? {} : { billing: { version, by: "a", build: "b" } };
    const releases = { staging: release(staging), production: release(production) };
    return statusOf({ billing: serviceEntryOf({ retired }) }, releases)[0]?.remarks;
  };

  const cases: [staging: string | undefined, production: string | undefined, remarks: string[]][] = [
    ["1.4.0", "1.4.0", []],
    ["1.10.0", "1.9.0", ["production is behind staging"]],
    ["1.5.0", "1.5.0-rc.1", ["production is behind staging"]],
    ["1.4.0", "1.5.0", ["production is ahead of staging"]],
    ["1.4.0", undefined, ["not in production"]],
    [undefined, "1.4.0", ["not in staging"]],
    [undefined, undefined, ["not released"]],
  ];
  for (const [staging, production, expected] of cases) {
    it(`is ${expected.join() || "nothing"} with ${staging ?? "none"} in staging and ${production ?? "none"} in production`, () => {
      expect(remarks(staging, production)).to.deep.equal(expected);
      expect(remarks(staging, production, true)).to.deep.equal(["retired", ...expected]);
    });
  }

  it("is nothing about environments that have no file", () => {
    const catalogue = { billing: serviceEntryOf() };
    const releases = { staging: { billing: { version: "1.0.0", by: "a", build: "b" } } };
    expect(statusOf(catalogue, releases)[0]?.remarks).to.deep.equal([]);
  });

  it("is that there is nobody where the catalogue is empty", () => {
    expect(statusText(["staging"], [])).to.equal("catalog/services has no service");
  });
});
