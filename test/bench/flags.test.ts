import { CommanderError } from "commander";
import { expect } from "chai";

import { readFlags } from "../../bench/flags";

/** What a refused command line prints, and the code that it ends with. */
function refusal(...args: string[]): { text: string; exitCode: number } {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  try {
    readFlags(args, { writeOut: write, writeErr: write });
  } catch (error) {
    if (error instanceof CommanderError) return { text, exitCode: error.exitCode };
    throw error;
  }
  throw new Error(`${args.join(" ")} was not refused`);
}

describe("the flags of the bench", () => {
  it("measure everything, five times, when nothing is said", () => {
    expect(readFlags([])).to.deep.equal({
      repeats: 5,
      stacks: ["ci", "staging", "production", "popup-bench"],
      services: [10, 50, 200],
      diff: true,
      clusters: true,
      print: false,
    });
  });

  it("choose stacks, and sizes from the smallest, each once", () => {
    const flags = readFlags(["--stacks", "production,ci", "--services", "30,10,30", "--repeats", "7"]);
    expect(flags).to.deep.include({ stacks: ["production", "ci"], services: [10, 30], repeats: 7 });
  });

  it("leave a part out", () => {
    const left = ["--stacks", "none", "--services", "none", "--no-diff", "--no-clusters", "--print"];
    expect(readFlags(left)).to.deep.equal({
      repeats: 5,
      stacks: [],
      services: [],
      diff: false,
      clusters: false,
      print: true,
    });
  });

  const wrong: [args: string[], message: string][] = [
    [["--repeats", "0"], "Allowed: whole numbers from 1 to 100."],
    [["--repeats", "2.5"], "Allowed: whole numbers from 1 to 100."],
    [["--services", "10,many"], "Allowed: whole numbers from 1 to 1000."],
    [["--services", "10,"], "Allowed: whole numbers from 1 to 1000."],
    [
      ["--stacks", "prod"],
      "Allowed: ci, staging, production, popup-bench, separated by commas, or none alone.",
    ],
    [["--repeat", "5"], "Did you mean --repeats?"],
    [["staging"], "too many arguments"],
  ];
  for (const [args, message] of wrong) {
    it(`refuse ${args.join(" ")}, saying what is allowed`, () => {
      const { text, exitCode } = refusal(...args);
      expect(text).to.include(message).and.include("--services <numbers>");
      expect(exitCode).to.not.equal(0);
    });
  }

  it("are explained on request, which is no failure", () => {
    const { text, exitCode } = refusal("--help");
    expect(text).to.match(/--repeats .*\n\s+--stacks /);
    expect(exitCode).to.equal(0);
  });
});
