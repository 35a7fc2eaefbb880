import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { CommandFailure } from "../../../cli/failure";
import { newService, placeholders } from "../../../cli/service/new";
import { readCatalogue } from "../../../config/catalogue";
import { openRepository } from "../../../cli/service/service-repository";
import { temporaryFolder } from "../../support/plan-world";
import { root } from "../../support/settings";

const options = { owner: "search-team", repository: "https://github.com/acme/search", json: true };

describe("a new service", () => {
  /** A checkout with the template and the catalogue, and a place beside it for repositories. */
  const place = temporaryFolder("platform-new-");
  const checkout = join(place, "platform");
  const services = join(checkout, "catalog", "services");
  before(() => {
    for (const part of ["catalog", "templates"]) {
      const filter = (source: string) => !source.includes("node_modules");
      cpSync(join(root, part), join(checkout, part), { recursive: true, filter });
    }
    // What somebody made while working on the template.
    mkdirSync(join(checkout, "templates", "service", "dist"), { recursive: true });
    writeFileSync(join(checkout, "templates", "service", "dist", "main.js"), "");
  });

  const quietly = (make: () => void) => {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = () => true;
    try {
      make();
    } finally {
      process.stdout.write = write;
    }
  };
  const refusal = (make: () => void): string => {
    const before = readdirSync(services);
    try {
      quietly(make);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      expect([error.exitCode, readdirSync(services)]).to.deep.equal([2, before]);
      return error.message;
    }
    throw new Error("it was made");
  };

  it("has the template's files with its own name, and its team's, in every place", () => {
    quietly(() => newService(checkout, "search", { ...options, expose: "api/search" }));
    const made = openRepository(join(place, "search"));
    expect(made.files).to.include.members(["Makefile", "Jenkinsfile", "chart/values.yaml", "src/main.ts"]);
    expect(existsSync(join(made.folder, "dist"))).to.equal(false);
    const left = made.files.filter((file) =>
      Object.values(placeholders).some((word) => made.text(file)?.includes(word)),
    );
    expect(left).to.deep.equal([]);
    expect(made.text("Makefile")).to.include("NAME := search");
    expect(made.text("CODEOWNERS")).to.include("search-team");
  });

  it("has an entry that the catalogue takes, with what the template's code uses", () => {
    const { search } = readCatalogue(services);
    expect([search?.owner, search?.stores, search?.exposes]).to.deep.equal([
      "search-team",
      ["postgres", "redis"],
      { host: "api", path: "/search" },
    ]);
  });

  it("is exposed to nobody unless it is said", () => {
    quietly(() => newService(checkout, "inner", options));
    expect(readCatalogue(services)["inner"]).not.to.have.property("exposes");
  });

  it("leaves nothing behind where its entry clashes with another's", () => {
    const said = (() => {
      try {
        quietly(() => newService(checkout, "second", { ...options, expose: "api/search" }));
      } catch (error) {
        return (error as Error).message;
      }
      return "it was made";
    })();
    expect(said).to.include("search").and.include("/search");
    expect([existsSync(join(place, "second")), existsSync(join(services, "second.yaml"))]).to.deep.equal([
      false,
      false,
    ]);
  });

  it("is refused with a name that no service can have, or that is taken", () => {
    expect(refusal(() => newService(checkout, "Search!", options))).to.include("1-20 lower case letters");
    expect(refusal(() => newService(checkout, "migrator", options))).to.include("migrator");
    expect(refusal(() => newService(checkout, "billing", options))).to.include(
      "catalog/services/billing.yaml is there already",
    );
  });

  it("is refused with an owner or an address that the catalogue would not take, all at once", () => {
    const said = refusal(() =>
      newService(checkout, "third", { ...options, owner: "Search Team", repository: "git@github.com:a/b" }),
    );
    expect(said).to.include("--owner").and.include("--repository");
  });

  it("is refused where something lies already, and inside this repository", () => {
    const taken = join(place, "taken");
    mkdirSync(taken);
    writeFileSync(join(taken, "notes.txt"), "mine");
    expect(refusal(() => newService(checkout, "third", { ...options, to: taken }))).to.include("not empty");
    expect(readFileSync(join(taken, "notes.txt"), "utf8")).to.equal("mine");
    const inside = join(checkout, "services", "third");
    expect(refusal(() => newService(checkout, "third", { ...options, to: inside }))).to.include(
      "inside this repository",
    );
  });
});
