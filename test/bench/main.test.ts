import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { isRunning } from "../../local/world/process";
import { root } from "../support/settings";
import { engineOrNothing } from "../support/toy-world";

const performanceFile = join(root, "docs", "performance.md");

describe("npm run bench", function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(async function () {
    if ((await engineOrNothing()) === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "bench "));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, ["--import", "tsx", "bench/main.ts", ...args], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
    });
    const ended: Ended = { exitCode: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
    return {
      child,
      ended: new Promise((resolve) => child.once("close", (exitCode) => resolve({ ...ended, exitCode }))),
    };
  }

  const left = () => readdirSync(folder).filter((name) => name.startsWith("platform-bench-"));

  it("prints what the program and the bare engine took, and leaves nothing behind", async () => {
    const before = readFileSync(performanceFile, "utf8");
    const run = start(
      "--repeats",
      "1",
      "--stacks",
      "popup-bench",
      "--services",
      "none",
      "--no-diff",
      "--no-clusters",
      "--print",
    );
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stderr).to.include("round 1, popup-bench, no-change up: ");
    expect(exitCode).to.equal(0);
    for (const operation of ["first preview", "first up", "no-change preview", "no-change up"]) {
      expect(stdout).to.match(
        new RegExp(`^\\| popup-bench \\(\\d+\\) +\\| ${operation} +\\| +\\*\\*\\d\\.\\d\\d`, "m"),
      );
    }
    expect(readFileSync(performanceFile, "utf8")).to.equal(before);
    expect(left()).to.deep.equal([]);
  });

  it("ends its engine and removes what it made when it is interrupted", async () => {
    const { child, ended } = start("--stacks", "popup-bench", "--print");
    let engines: number[] = [];
    while (engines.length === 0 && child.exitCode === null) {
      await wait(20);
      engines = childrenOf(child.pid ?? 0, / preview --stack popup-bench /);
    }
    // A terminal and npm may both pass it on.
    child.kill("SIGINT");
    child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await ended;
    expect(stderr).to.include("interrupted; nothing was written");
    expect([exitCode, stdout]).to.deep.equal([130, ""]);
    expect(engines.filter(isRunning)).to.deep.equal([]);
    expect(left()).to.deep.equal([]);
  });

  it("ends with 2 when the flags are wrong, and measures nothing", async () => {
    const { exitCode, stderr } = await start("--repeats", "many").ended;
    expect(stderr).to.include("Allowed: whole numbers from 1 to 100.").and.not.include("warm-up");
    expect(exitCode).to.equal(2);
  });
});

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

function childrenOf(parent: number, command: RegExp): number[] {
  const { stdout } = spawnSync("ps", ["-ww", "-eo", "pid=,ppid=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, ppid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent && command.test(args) ? [Number(pid)] : [];
  });
}
