/** The command as a process, as Jenkins runs it and ends it. */
import { spawn } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { exitCodes } from "../../../cli/failure";
import { rehearseCommand } from "../../../cli/rehearsal/command";
import { project, rehearsedDatabase, source } from "../../support/rehearsed-database";
import { root } from "../../support/settings";
import type { SqlAdminApi } from "../../support/sql-admin-api";

describe("platform rehearse", function () {
  this.timeout(180_000);
  let api: SqlAdminApi;
  beforeEach(async () => {
    api = await rehearsedDatabase();
  });
  afterEach(() => api.close());

  function begin(...args: string[]) {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(root, "cli", "main.ts"), "rehearse", ...args, "--poll", "0.02"],
      {
        cwd: root,
        env: { ...process.env, GOOGLE_OAUTH_ACCESS_TOKEN: "", ...api.environment },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
      child.on("close", (code) => resolve({ code, stdout, stderr })),
    );
    return { child, ended };
  }
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it("restore says what it did and when, and in one line that the backup is good", async () => {
    const { code, stdout, stderr } = await begin("restore", "staging").ended;
    expect(
      stderr.split("\n").filter((line) => !/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S.*)?$/.test(line)),
    ).to.deep.equal([]);
    expect(stderr).to.contain("restored backup 1002 into rehearsal-staging-");
    expect(stdout).to.match(
      /^staging: backup 1002 of staging-main-0a1b2c, ended \S+, can be restored \(3 databases\); nothing of the rehearsal is left\n$/,
    );
    expect(code).to.equal(0);
    expect([...api.instances.keys()]).to.deep.equal([source]);
  });

  it("restore gives machines one document, also of a failure", async () => {
    api.fails.RESTORE_VOLUME = { code: "BACKUP_CORRUPT", message: "it cannot be read" };
    const { code, stdout, stderr } = await begin("restore", "staging", "--json").ended;
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).to.include({ stack: "staging", project, passed: false, source });
    expect((document["problems"] as string[])[0]).to.contain("BACKUP_CORRUPT: it cannot be read");
    expect(document["journal"]).to.be.an("array").with.length.above(2);
    expect(stderr).to.contain("BACKUP_CORRUPT");
    expect(code).to.equal(exitCodes.failed);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`restore takes away what it made when ${signal} comes in the middle, however often`, async () => {
      api.takes.RESTORE_VOLUME = 800;
      const { child, ended } = begin("restore", "staging");
      await until(() => api.changes.some((change) => change.endsWith("/restoreBackup")));
      child.kill(signal);
      setTimeout(() => child.kill(signal), 100);
      const { code, stdout, stderr } = await ended;
      expect(code).to.equal(exitCodes.failed);
      expect(stdout).to.equal("");
      expect(stderr).to.contain("interrupted while restoring backup 1002");
      expect([...api.instances.keys()]).to.deep.equal([source]);
    });
  }

  it("clean deletes what a killed one left, of any age when it is told so", async () => {
    api.takes.RESTORE_VOLUME = 3000;
    const killed = begin("restore", "staging");
    await until(() => api.changes.some((change) => change.endsWith("/restoreBackup")));
    killed.child.kill("SIGKILL");
    await killed.ended;
    const [left] = [...api.instances.keys()].filter((name) => name !== source);
    expect(left).to.match(/^rehearsal-staging-/);

    expect((await begin("clean", "staging").ended).stdout).to.equal(
      `no rehearsal of staging left anything in project ${project}\n`,
    );
    expect(api.instances.size).to.equal(2);
    const { code, stderr } = await begin("clean", "staging", "--older-than", "0").ended;
    expect(stderr).to.contain(`deleted ${left}`);
    expect(code).to.equal(0);
    expect([...api.instances.keys()]).to.deep.equal([source]);
  });

  it("refuses a stack without a database, and asks Google nothing", async () => {
    const { code, stderr } = await begin("restore", "ci").ended;
    expect(stderr).to.match(/^Pulumi.ci.yaml: ci has no platform:database/);
    expect(code).to.equal(exitCodes.wrong);
    expect(api.changes).to.deep.equal([]);
  });

  const wrong: [string, string[], RegExp][] = [
    ["an age that is none", ["restore", "staging", "--max-age", "old"], /It has to be a number above 0/],
    ["a time before now", ["restore", "staging", "--deadline", "-5"], /It has to be a number above 0/],
    [
      "an age in the future",
      ["clean", "staging", "--older-than", "-1"],
      /It has to be 0 or a number above it/,
    ],
    ["no stack", ["restore"], /missing required argument 'stack'/],
  ];
  for (const [title, args, message] of wrong) {
    it(`says what is wrong with ${title}`, async () => {
      const command = rehearseCommand(root);
      for (const one of command.commands) one.configureOutput({ writeErr: () => undefined });
      const failure = await command.parseAsync(args, { from: "user" }).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(failure).to.match(message);
    });
  }
});
