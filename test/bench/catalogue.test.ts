import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { generatedCatalogue, generatedReleases } from "../../bench/catalogue";
import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { parseReleases } from "../../config/releases";
import { root, serviceEntryOf } from "../support/settings";

describe("a generated catalogue", () => {
  const real = readCatalogue(join(root, "catalog", "services"));
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "catalogue "));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function read(services: number): Catalogue {
    for (const [file, text] of generatedCatalogue(services, real)) writeFileSync(join(folder, file), text);
    return readCatalogue(folder);
  }

  const withStore = (catalogue: Catalogue) =>
    Object.values(catalogue).filter(({ stores }) => stores.includes("postgres")).length;

  for (const services of [1, 10, 1_000]) {
    it(`of ${services} is one that the program accepts`, () => {
      expect(Object.keys(read(services))).to.have.length(services);
    });
  }

  it("has services with a store as often as the real one", () => {
    const times = 20;
    expect(withStore(read(times * Object.keys(real).length))).to.equal(times * withStore(real));
  });

  it("has services that ask for what the real ones do", () => {
    const times = 3;
    const asked = (catalogue: Catalogue) =>
      Object.values(catalogue)
        .map(({ calls, exposes, ...rest }) =>
          JSON.stringify({ ...rest, calls: calls.length, host: exposes?.host ?? "" }),
        )
        .sort();
    const thrice = asked(real).flatMap((kind) => Array.from({ length: times }, () => kind));
    expect(asked(read(times * Object.keys(real).length))).to.deep.equal(thrice);
  });

  it("has a version of every service that runs", () => {
    const catalogue = read(12);
    const releases = parseReleases(generatedReleases(12), "releases", catalogue);
    expect(Object.keys(releases)).to.deep.equal(Object.keys(catalogue));
    expect(generatedReleases(12).match(/version: /g)).to.have.length(12);
  });

  it("retires nobody, so that a first up finds what a later one does", () => {
    const retired = { old: serviceEntryOf({ retired: true }) };
    expect([...generatedCatalogue(1, retired).values()].join("")).to.not.include("retired: true");
  });

  it("is not made from nothing", () => {
    expect(() => generatedCatalogue(1, {})).to.throw(RangeError, "no service to take after");
  });
});
