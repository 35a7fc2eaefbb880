import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readCatalogue } from "../../config/catalogue";
import { SettingsError } from "../../config/problems";
import { root } from "../support/settings";

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
    expect(withFiles({ "zulu.yml": "owner: a\nrepository: https://git.example/a\nstores: []" })).to.throw(
      /zulu\.yml: only NAME\.yaml is read here/,
    );
  });

  it("is in the order of names, whatever order the disk has", () => {
    const read = withFiles({
      "zulu.yaml": "owner: a\nrepository: https://git.example/a\nstores: []",
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
    ["an empty file", "billing.yaml", "", "it must be a block with the keys owner, stores"],
    ["what is not YAML", "billing.yaml", "owner: [", "it is not YAML: "],
    ["a name with capitals", "Billing.yaml", "owner: a\nrepository: https://git.example/a\nstores: []", "rename the file"],
    ["a name of 21 characters", `${"a".repeat(21)}.yaml`, "owner: a\nrepository: https://git.example/a\nstores: []", "rename the file"],
    [
      "a name with two dashes in a row, which keep its stack and it apart in account ids",
      "a--b.yaml",
      "owner: a\nrepository: https://git.example/a\nstores: []",
      "1-20 lower case letters, digits and single dashes, starting with a letter; rename the file",
    ],
    ["a name that ends with a dash", "billing-.yaml", "owner: a\nrepository: https://git.example/a\nstores: []", "rename the file"],
    ["a name that starts with a digit", "2fa.yaml", "owner: a\nrepository: https://git.example/a\nstores: []", "rename the file"],
    ...["nodes", "migrator", "main-migrator", "postgres", "template0", "template1", "cloudsqladmin"].map(
      (name): [string, string, string, string] => [
        `the name ${name}, which an account or a database has already`,
        `${name}.yaml`,
        "owner: a\nrepository: https://git.example/a\nstores: []",
        "every environment has an account or a database of this name; rename the file",
      ],
    ),
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
    const read = withFiles(Object.fromEntries(names.map((name) => [`${name}.yaml`, "owner: a\nrepository: https://git.example/a\nstores: []"])));
    expect(Object.keys(read())).to.have.members(names);
  });

  it("tells all problems of a file at once", () => {
    const read = withFiles({ "billing.yaml": "owner: 7\nstores: postgres\ncolour: red" });
    expect(read).to.throw(SettingsError, /^3 problems in/);
  });
});
