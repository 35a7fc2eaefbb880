import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { addVersion, popupProject, popupSettings } from "../../../cli/popup/settings";
import { SettingsError } from "../../../config/problems";
import { temporaryFolder } from "../../support/plan-world";
import { root } from "../../support/settings";

/** What the settings of pop-ups are made of, to be changed. */
function checkout(): string {
  const folder = temporaryFolder("platform-popup-");
  mkdirSync(join(folder, "templates"));
  for (const part of [
    "catalog",
    "templates/popup.yaml",
    "Pulumi.ci.yaml",
    "Pulumi.staging.yaml",
    "Pulumi.production.yaml",
    "Pulumi.popups.yaml",
  ]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  return folder;
}

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("the settings of a pop-up", () => {
  const services = (config: Readonly<Record<string, unknown>>) => config["platform:services"];

  it("are those that every pop-up starts from, in its slice, with what was asked for", () => {
    const wish = { from: "production", versions: { billing: "1.5.0-pr.57" } };
    const { file, from } = popupSettings(root, "popup-any", "popup-7", wish);
    expect(from).to.equal("production");
    expect(services(file.config)).to.deep.include({ releases: "production", versions: wish.versions });
    expect(file.config["platform:network"]).to.deep.include({ addresses: "popup-7" });
  });

  it("run what staging runs when nothing is asked for", () => {
    const { file, from } = popupSettings(root, "popup-any", "popup-0", { versions: {} });
    expect(from).to.equal("staging");
    expect(services(file.config)).to.not.have.property("versions");
  });

  it("are refused with a service that nobody knows, and with an environment that has no releases", () => {
    expect(
      problemsOf(() => popupSettings(root, "popup-any", "popup-0", { versions: { biling: "1.0.0" } })).join(),
    ).to.include("did you mean billing?");
    expect(
      problemsOf(() => popupSettings(root, "popup-any", "popup-0", { from: "stagin", versions: {} })).join(),
    ).to.include("it is not there");
  });

  it("are refused with a version that is none", () => {
    const wish = { versions: { billing: "latest" } };
    expect(problemsOf(() => popupSettings(root, "popup-any", "popup-0", wish)).join()).to.include(
      "one exact version",
    );
  });

  it("are refused where the pop-up has a file of its own that is protected", () => {
    const folder = checkout();
    const own = readFileSync(join(root, "templates/popup.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.popup-any.yaml"), own.replace("disposable", "protected"));
    expect(
      problemsOf(() => popupSettings(folder, "popup-any", "popup-0", { versions: {} })).join(),
    ).to.include("lifecycle disposable");
  });

  it("are refused where the pop-up has a file of its own that puts it into another project", () => {
    const folder = checkout();
    const own = readFileSync(join(root, "templates/popup.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.popup-any.yaml"), own.replace("acme-popups", "acme-staging"));
    expect(
      problemsOf(() => popupSettings(folder, "popup-any", "popup-0", { versions: {} })).join(),
    ).to.include('platform:project is "acme-staging"; pop-ups are in acme-popups');
  });

  it("say the one project that pop-ups are in, and never that of an environment which lives for good", () => {
    expect(popupProject(root)).to.equal("acme-popups");
    const folder = checkout();
    writeFileSync(join(folder, "templates/popup.yaml"), "config:\n  platform:project: acme-production\n");
    expect(problemsOf(() => popupProject(folder)).join()).to.include('platform:project is "acme-production"');
  });

  it("take versions one after the other, and no service twice", () => {
    expect(addVersion("routing=1.9.1", addVersion("billing=1.5.0-pr.57"))).to.deep.equal({
      billing: "1.5.0-pr.57",
      routing: "1.9.1",
    });
    expect(() => addVersion("billing=1.5.1", { billing: "1.5.0" })).to.throw(
      /two versions of billing: 1.5.0 and 1.5.1/,
    );
    for (const text of ["billing", "=1.0.0", "billing=", "Billing=1.0.0"]) {
      expect(() => addVersion(text)).to.throw(/SERVICE=VERSION/);
    }
  });
});
