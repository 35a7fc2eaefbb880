import { expect } from "chai";
import { CommanderError } from "commander";

import { releaseCommand } from "../../../cli/release/command";
import { releaseCheckout, stagingFile } from "../../support/release-checkout";

describe("the words of platform release", () => {
  const incomplete: [title: string, args: string[], message: string][] = [
    [
      "set without an environment",
      ["set", "billing", "1.5.0", "--build", "x"],
      "error: required option '--stack <stack>' not specified",
    ],
    [
      "set without a build, which nobody else can know",
      ["set", "billing", "1.5.0", "--stack", "staging"],
      "error: required option '--build <what>' not specified",
    ],
    [
      "set without a version",
      ["set", "billing", "--stack", "staging", "--build", "x"],
      "error: missing required argument 'version'",
    ],
    [
      "rollback without an environment",
      ["rollback", "billing"],
      "error: required option '--stack <stack>' not specified",
    ],
    [
      "revert without an environment",
      ["revert", "billing", "1.4.0"],
      "error: required option '--stack <stack>' not specified",
    ],
    ["check without a plan", ["check", "billing"], "error: required option '--plan <file>' not specified"],
    ["status with an environment", ["status", "staging"], "error: too many arguments for 'status'"],
    ["a slip of the pen", ["promte", "billing"], "error: unknown command 'promte'\n(Did you mean promote?)"],
  ];
  for (const [title, args, message] of incomplete) {
    it(`say what is wrong with ${title}, and change nothing`, async () => {
      const checkout = releaseCheckout();
      const before = checkout.read(stagingFile);
      const { error, err } = await checkout.run(...args);
      expect(error).to.be.instanceOf(CommanderError);
      expect(err).to.include(message);
      expect(checkout.read(stagingFile)).to.equal(before);
    });
  }

  it("are explained, each with an example where there is something to write", () => {
    const commands = releaseCommand("/nowhere").commands;
    expect(commands.map((command) => command.name())).to.deep.equal([
      "set",
      "promote",
      "rollback",
      "revert",
      "check",
      "changes",
      "status",
    ]);
    for (const command of commands) {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).to.include("--json");
      if (command.name() !== "status") expect(help).to.match(/Examples?:\n {2}platform release /);
    }
  });
});
