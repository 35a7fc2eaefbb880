import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readCatalogue } from "../../config/catalogue";
import { SettingsError } from "../../config/problems";
import { parseReleases, readReleases } from "../../config/releases";
import { exactVersion } from "../../config/version";
import { root, serviceEntryOf } from "../support/settings";

const place = "catalog/releases/staging.yaml";
const catalogue = { authentication: serviceEntryOf(), billing: serviceEntryOf() };
const line = (version: string) => `{ version: ${version}, by: jenkins, build: billing/main/38 }`;

function problemsOf(text: string): readonly string[] {
  try {
    parseReleases(text, place, catalogue);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("a file of releases", () => {
  it("says which version of each service runs, and where it came from", () => {
    expect(
      parseReleases(`# a comment\nbilling: ${line("1.4.2")} # and another`, place, catalogue),
    ).to.deep.equal({
      billing: { version: "1.4.2", by: "jenkins", build: "billing/main/38" },
    });
  });

  it("may leave services out, and say that nothing runs", () => {
    expect(parseReleases("{}", place, catalogue)).to.deep.equal({});
  });

  const versionRule =
    "it must be one exact version, for example 1.4.2 or 1.5.0-pr.57; no ranges and no v before it";
  const bad: [title: string, text: string, problem: string][] = [
    ["a range", `billing: ${line('"^1.4.2"')}`, `billing.version is "^1.4.2"; ${versionRule}`],
    [
      "a version that YAML reads as a number",
      `billing: ${line("1.4")}`,
      "billing.version is 1.4; it must be a text",
    ],
    [
      "no word on who put it there",
      "billing: { version: 1.4.2, build: billing/main/38 }",
      "billing.by is missing; it must be a text",
    ],
    [
      "no word on where it came from",
      "billing: { version: 1.4.2, by: jenkins }",
      "billing.build is missing; it must be a text",
    ],
    [
      "an empty word on where it came from",
      'billing: { version: 1.4.2, by: jenkins, build: "" }',
      'billing.build is ""; it must be at least 1 character',
    ],
    [
      "a name that is a story",
      `billing: { version: 1.4.2, by: ${"a".repeat(101)}, build: x }`,
      `billing.by is "${"a".repeat(101)}"; it must be at most 100 characters`,
    ],
    [
      "a second setting that moves between deploys",
      `billing: { version: 1.4.2, by: jenkins, build: x, replicas: 3 }`,
      "billing.replicas is not a setting; allowed here: version, by, build",
    ],
    ["a version without its origin", "billing: 1.4.2", 'billing is "1.4.2"; it must be a block of settings'],
    [
      "an unknown service, with the nearest match",
      `biling: ${line("1.4.2")}`,
      "biling is no service of catalog/services; did you mean billing? write catalog/services/biling.yaml, or remove this line",
    ],
    [
      "a service called as something that every object has",
      `constructor: ${line("1.4.2")}`,
      "constructor is no service of catalog/services; write catalog/services/constructor.yaml, or remove this line",
    ],
    [
      "an empty file",
      "# nothing\n",
      "it must be a block with a line for each service; where nothing runs, {}",
    ],
    ["a list", "- billing", "it must be a block with a line for each service; where nothing runs, {}"],
    [
      "one service twice",
      `billing: ${line("1.4.2")}\nbilling: ${line("1.4.3")}`,
      "it is not YAML: Map keys must be unique",
    ],
    ["what is not YAML", "billing: {", "it is not YAML: Flow map"],
    [
      "two documents",
      `billing: ${line("1.4.2")}\n---\n{}`,
      "it is not YAML: Source contains multiple documents",
    ],
  ];
  for (const [title, text, problem] of bad) {
    it(`is refused with ${title}`, () => {
      expect(problemsOf(text)).to.have.length(1);
      expect(problemsOf(text)[0]).to.include(problem);
    });
  }

  it("is told all its problems at once, the file first", () => {
    const read = () => parseReleases("biling: { version: 1 }\nbilling: { version: x }", place, catalogue);
    expect(read).to.throw(SettingsError, `7 problems in ${place}, nothing was changed:`);
  });
});

describe("reading the releases of an environment", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "releases "));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const stack of ["staging", "production"]) {
    it(`gives a version of every service for ${stack} as its file stands`, () => {
      const services = readCatalogue(join(root, "catalog", "services"));
      const file = `catalog/releases/${stack}.yaml`;
      expect(Object.keys(readReleases(join(root, file), file, services))).to.deep.equal(
        Object.keys(services),
      );
    });
  }

  it("takes what the file says", () => {
    writeFileSync(join(folder, "staging.yaml"), `billing: ${line("1.4.2")}`);
    expect(readReleases(join(folder, "staging.yaml"), place, catalogue)["billing"]?.version).to.equal(
      "1.4.2",
    );
  });

  it("says what a file must hold that is not there", () => {
    expect(() => readReleases(join(folder, "staging.yaml"), place, catalogue)).to.throw(
      SettingsError,
      `1 problem in ${place}, nothing was changed:\n  - it is not there; where nothing runs yet, it holds only {}`,
    );
  });

  it("leaves a failure that is no mistake in the file as it is", () => {
    expect(() => readReleases(folder, place, catalogue)).to.throw("EISDIR");
  });
});

describe("an exact version", () => {
  for (const version of [
    "0.0.0",
    "1.4.2",
    "10.20.30",
    "1.5.0-pr.57",
    "1.5.0-alpha",
    "1.5.0-0a.b-c.-",
    "1.2.345-main.57.gdeadbee",
    `1.0.0-${"a".repeat(54)}`,
  ]) {
    it(`is ${version}`, () => {
      expect(exactVersion.safeParse(version).success).to.equal(true);
    });
  }

  for (const [version, reason] of [
    ["1.4", "two numbers"],
    ["1.4.2.1", "four numbers"],
    ["v1.4.2", "what a tag in git may be"],
    ["=1.4.2", "a range of one"],
    ["^1.4.2", "a range"],
    ["~1.4.2", "a range"],
    [">=1.4.2", "a range"],
    ["1.4.x", "a range"],
    ["1.4.*", "a range"],
    ["1.4.0 - 1.5.0", "a range"],
    ["1.4.2 || 1.5.0", "a range"],
    ["*", "a range"],
    ["latest", "a name that moves"],
    ["1.04.2", "a number with a zero before it"],
    ["1.5.0-01", "a number with a zero before it, after the dash"],
    ["1.5.0-", "nothing after the dash"],
    ["1.5.0-a..b", "an empty part"],
    ["1.4.2+build.7", "build metadata, which no OCI tag can have"],
    ["1.4.2-ä", "a letter that no tag can have"],
    [" 1.4.2", "a space"],
    ["1.4.2\n", "a line break"],
    ["", "nothing"],
    [`1.0.0-${"a".repeat(55)}`, "longer than a label's value may be"],
  ] as const) {
    it(`is not ${JSON.stringify(version)}: ${reason}`, () => {
      expect(exactVersion.safeParse(version).success).to.equal(false);
    });
  }
});
