import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { AssumedRepositories } from "../../../local/registry/assumed-repositories";

const charts = { location: "europe-west1", project: "acme-ci", repository: "charts" };

describe("repositories that are taken for granted", () => {
  let folder: string;
  const opened = () => new AssumedRepositories(join(folder, "assumed.json"));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-assumed-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are known to the next process too, each once", () => {
    opened().add(charts);
    opened().add({ ...charts });
    expect(opened().list()).to.deep.equal([charts]);
    expect(opened().has(charts)).to.equal(true);
    expect(opened().has({ ...charts, location: "us" })).to.equal(false);
  });

  it("are forgotten one by one", () => {
    opened().add(charts);
    opened().add({ ...charts, location: "us" });
    opened().remove(charts);
    opened().remove(charts);
    expect(opened().list()).to.deep.equal([{ ...charts, location: "us" }]);
  });
});
