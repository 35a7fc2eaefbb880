import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { stringify } from "yaml";

import { generatedCatalogue, generatedReleases } from "../../bench/catalogue";
import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { parseReleases } from "../../config/releases";
import type { ServiceEntry } from "../../config/service";
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

  for (const services of [1, 10, 1_000]) {
    it(`of ${services} is one that the program accepts`, () => {
      expect(Object.keys(read(services))).to.have.length(services);
    });
  }

  const things: Readonly<Record<string, (service: ServiceEntry) => number>> = {
    stores: ({ stores }) => stores.length,
    secrets: ({ secrets }) => secrets.length,
    "ways in": ({ exposes }) => (exposes ? 1 : 0),
    "objectives of their own": ({ objectives }) => (objectives.availability === 99.9 ? 0 : 1),
    calls: ({ calls }) => calls.length,
    "other sizes in production": ({ environments }) => (environments.production ? 1 : 0),
  };
  for (const [thing, count] of Object.entries(things)) {
    it(`has services with ${thing} as often as the real one`, () => {
      const times = 20;
      const all = (catalogue: Catalogue) =>
        Object.values(catalogue).reduce((sum, service) => sum + count(service), 0);
      expect(all(real)).to.be.above(0);
      expect(all(read(times * Object.keys(real).length))).to.equal(times * all(real));
    });
  }

  it("has a release of every service", () => {
    // More than a YAML file may have aliases.
    const catalogue = read(150);
    const releases = parseReleases(stringify(generatedReleases(150)), "production.yaml", catalogue);
    expect(Object.keys(releases)).to.deep.equal(Object.keys(catalogue));
  });

  it("retires nobody, so that a first up finds what a later one does", () => {
    const retired = { old: serviceEntryOf({ retired: true }) };
    expect([...generatedCatalogue(1, retired).values()].join("")).to.not.include("retired");
  });

  it("is not made from nothing", () => {
    expect(() => generatedCatalogue(1, {})).to.throw(RangeError, "no service to take after");
  });
});
