import { execFile } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { catalogueFolder, readCatalogue } from "../../../config/catalogue";
import { root } from "../../support/plan-world";

const program = ["--import", "tsx", join(root, "jenkins", "pipelines", "repository.ts")];
const said = (service: string) =>
  new Promise<[code: number, out: string, err: string]>((resolve) => {
    execFile(process.execPath, [...program, service], (error, out, err) =>
      resolve([error ? Number(error.code) : 0, out, err]),
    );
  });

describe("where the code of a service is", function () {
  this.timeout(180_000);

  it("is what the catalogue says", async () => {
    expect(await said("billing")).to.deep.equal([
      0,
      `${readCatalogue(join(root, catalogueFolder))["billing"]?.repository}\n`,
      "",
    ]);
  });

  it("is nowhere for what is no service, whatever objects have by themselves", async () => {
    for (const name of ["bilingual", "constructor", ""]) {
      const [code, out, err] = await said(name);
      expect([code, out]).to.deep.equal([1, ""]);
      expect(err).to.match(
        new RegExp(`^there is no service "${name}" in catalog/services; take one of .*billing`),
      );
    }
  });
});
