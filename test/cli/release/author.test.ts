import { expect } from "chai";

import { authorOf, textProblem } from "../../../cli/release/author";
import { CommandFailure } from "../../../cli/failure";
import { git } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";

describe("who changes a release", () => {
  const kept = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder("platform-author-");
    // Nobody whom this machine knows.
    Object.assign(process.env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", USER: "login" });
  });
  afterEach(() => {
    for (const name of ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "USER"]) {
      if (kept[name] === undefined) delete process.env[name];
      else process.env[name] = kept[name];
    }
  });

  it("is who is named, whoever else is known", async () => {
    expect(await authorOf(folder, "jenkins")).to.equal("jenkins");
  });

  it("is whom git knows: by name, else by address", async () => {
    git(folder, "init", "--quiet");
    git(folder, "config", "user.email", "mia@acme.example");
    expect(await authorOf(folder, undefined)).to.equal("mia@acme.example");
    git(folder, "config", "user.name", "Mia Lindt");
    expect(await authorOf(folder, undefined)).to.equal("Mia Lindt");
  });

  it("is who is logged in where git knows nobody, and outside of a repository", async () => {
    expect(await authorOf(folder, undefined)).to.equal("login");
  });

  it("has to be said where nobody is known", async () => {
    delete process.env["USER"];
    const error: unknown = await authorOf(folder, undefined).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CommandFailure);
    expect((error as Error).message).to.equal(
      "who does this is known neither to git (user.name, user.email) nor to the shell (USER); say --by WHO",
    );
  });
});

describe("a text for the line of a release", () => {
  const bad: [option: "by" | "build", text: string, problem: string][] = [
    ["by", "", '--by is ""; it must say something'],
    ["build", " \u00a0", '--build is " \u00a0"; it must say something'],
    ["by", "a\nb", '--by is "a\\nb"; it must be one line of text'],
    ["build", "a\u2028b", '--build is "a\u2028b"; it must be one line of text'],
    ["build", "a\u001b[31m", '--build is "a\\u001b[31m"; it must be one line of text'],
    ["by", "a".repeat(101), `--by is "${"a".repeat(101)}", which has 101 characters; it must be at most 100`],
    [
      "build",
      "a".repeat(201),
      `--build is "${"a".repeat(201)}", which has 201 characters; it must be at most 200`,
    ],
  ];
  for (const [option, text, problem] of bad) {
    it(`is not ${JSON.stringify(text.slice(0, 10))} of ${text.length} characters as --${option}`, () => {
      expect(textProblem(option, text)).to.equal(problem);
    });
  }

  it("is anything else", () => {
    for (const [option, text] of [
      ["by", "Zoë O'Neill <zoë@acme.example>"],
      ["by", "a".repeat(100)],
      ["build", "a".repeat(200)],
      ["build", "looking for #812: {maybe}"],
      ["by", undefined],
    ] as const) {
      expect(textProblem(option, text)).to.equal(undefined);
    }
  });
});
