import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { callersOf, readCatalogue } from "../../config/catalogue";
import { SettingsError } from "../../config/problems";
import { root } from "../support/settings";

/** The least that an entry says. */
const entry = "owner: a\nrepository: https://git.example/a\nstores: []\n";

describe("the catalogue of services", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "catalogue "));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function withFiles(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return () => readCatalogue(folder);
  }

  it("has the services of the product, each with its owner", () => {
    const services = readCatalogue(join(root, "catalog", "services"));
    expect(Object.keys(services)).to.deep.equal([
      "authentication",
      "billing",
      "messaging",
      "routing",
      "webhooks",
    ]);
    expect(Object.values(services).filter(({ owner }) => !owner.endsWith("-team"))).to.deep.equal([]);
  });

  it("does not overlook a file for the other ending of YAML", () => {
    expect(withFiles({ "zulu.yml": entry })).to.throw(
      /in catalog\/services\/zulu\.yml, nothing was changed:\n {2}- only NAME\.yaml is read here; rename or remove it$/,
    );
  });

  it("is in the order of names, whatever order the disk has", () => {
    const read = withFiles({
      "zulu.yaml": entry,
      "alpha.yaml": "owner: a\nrepository: https://git.example/a\nstores: [postgres]",
      "notes.md": "not a service",
    });
    expect(Object.keys(read())).to.deep.equal(["alpha", "zulu"]);
  });

  const bad: [title: string, file: string, text: string, problem: string][] = [
    [
      "an unknown key, with the nearest match",
      "billing.yaml",
      "owner: a\nrepository: https://git.example/a\nstore: []\nstores: []",
      "store is not a setting; did you mean stores?",
    ],
    [
      "a store that nobody can make",
      "billing.yaml",
      "owner: a\nrepository: https://git.example/a\nstores: [postgers]",
      'stores.0 is "postgers"; did you mean postgres? allowed: postgres',
    ],
    ["a service of nobody", "billing.yaml", "stores: []", "owner is missing; it must be a text"],
    [
      "an owner that is no label",
      "billing.yaml",
      "owner: The Team\nstores: []",
      'owner is "The Team"; it must be a team\'s name: lower case letters, digits and dashes',
    ],
    [
      "an empty file",
      "billing.yaml",
      "",
      "it must be a block with the keys owner, repository, port, replicas, resources, stores, secrets, calls, exposes, objectives, environments, retired",
    ],
    ["what is not YAML", "billing.yaml", "owner: [", "it is not YAML: "],
    ["a name with capitals", "Billing.yaml", entry, "rename the file"],
    ["a name of 21 characters", `${"a".repeat(21)}.yaml`, entry, "rename the file"],
    [
      "a name with two dashes in a row, which keep its stack and it apart in account ids",
      "a--b.yaml",
      entry,
      "1-20 lower case letters, digits and single dashes, starting with a letter; rename the file",
    ],
    ["a name that ends with a dash", "billing-.yaml", entry, "rename the file"],
    ["a name that starts with a digit", "2fa.yaml", entry, "rename the file"],
    [
      "a name that the environment has already",
      "migrator.yaml",
      entry,
      "every environment has an account, a database or an object of this name; rename the file",
    ],
  ];
  for (const [title, file, text, problem] of bad) {
    it(`refuses ${title}, naming the file`, () => {
      const read = withFiles({ [file]: text });
      expect(read).to.throw(SettingsError, problem);
      expect(read).to.throw(SettingsError, `in catalog/services/${file}, nothing was changed`);
    });
  }

  it("takes any other name of up to 20 letters, digits and single dashes", () => {
    const names = ["a", "a".repeat(20), "a-b-c", "oauth2", "postgres-proxy"];
    const read = withFiles(Object.fromEntries(names.map((name) => [`${name}.yaml`, entry])));
    expect(Object.keys(read())).to.have.members(names);
  });

  it("tells all problems of a file at once, its name included", () => {
    const read = withFiles({ "billing.yaml": "owner: 7\nstores: postgres\ncolour: red" });
    expect(read).to.throw(SettingsError, /^4 problems in/);
    expect(withFiles({ "Billing.yaml": "owner: 7\nstores: []", "billing.yaml": entry })).to.throw(
      SettingsError,
      /^3 problems in catalog\/services\/Billing\.yaml[^]*rename the file[^]*owner is 7/,
    );
  });

  it("tells all problems of all files at once, each with its file, and what is wrong between them", () => {
    const read = withFiles({
      "alpha.yaml": `${entry}calls: [bravo, delta, charly]`,
      "bravo.yaml": `${entry}colour: red`,
      "charlie.yaml": "owner: [",
      "delta.yaml": `${entry}retired: true`,
      "echo.yml": entry,
    });
    expect(read).to.throw(SettingsError);
    try {
      read();
    } catch (error) {
      expect(
        (error as SettingsError).message.split("\n").map((line) => line.replace(/YAML: .*/, "YAML")),
      ).to.deep.equal([
        "5 problems in catalog/services, nothing was changed:",
        "  - echo.yml: only NAME.yaml is read here; rename or remove it",
        "  - bravo.yaml: colour is not a setting; allowed here: owner, repository, port, replicas, resources, stores, secrets, calls, exposes, objectives, environments, retired",
        "  - charlie.yaml: it is not YAML",
        "  - alpha.yaml: calls names delta, which is retired; take it out here, or retired out of delta.yaml",
        "  - alpha.yaml: calls names charly, which is no service; did you mean charlie? allowed: any other service with a file in catalog/services",
      ]);
    }
  });
});

describe("the callers of a service", () => {
  it("are those that name it, in the order of the catalogue", () => {
    const catalogue = readCatalogue(join(root, "catalog", "services"));
    expect(callersOf(catalogue, "authentication")).to.deep.equal(["billing", "messaging", "webhooks"]);
    expect(callersOf(catalogue, "messaging")).to.deep.equal([]);
  });
});
