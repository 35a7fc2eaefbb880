/** Programs that end with the process that started them. */
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { leashed } from "../../../local/clusters/leash";
import { isRunning } from "../../../local/world/process";

describe("a program on a leash", () => {
  const start = (shell: string) => {
    const { command, stdio } = leashed("/bin/sh", ["-c", shell]);
    const child = spawn(command[0], command.slice(1), { stdio, detached: true });
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
    const said = async (what: RegExp) => {
      while (!what.test(text)) await wait(10);
      return what.exec(text)?.[1] ?? "";
    };
    return { child, ended, said };
  };

  it("reads, writes and ends as without", async () => {
    const { child, ended, said } = start("read word; echo said $word; exit 3");
    child.stdin?.end("hello\n");
    expect(await said(/said (\w+)/)).to.equal("hello");
    expect(await ended).to.equal(3);
  });

  it("is gone when the other end is", async () => {
    const { child, said } = start("echo pid $$ .; exec sleep 60");
    const pid = Number(await said(/pid (\d+) /));
    expect(isRunning(pid)).to.equal(true);
    // What the system does with every descriptor of a process that is gone.
    child.stdio[3]?.destroy();
    while (isRunning(pid)) await wait(10);
  });

  it("may tidy up when it is told to end, and its exit code counts", async () => {
    const { child, ended, said } = start(
      "trap 'sleep 0.3; echo tidy x; exit 4' TERM; echo ready x; while :; do sleep 0.1; done",
    );
    await said(/(ready) x/);
    process.kill(-(child.pid ?? 0), "SIGTERM");
    expect(await ended).to.equal(4);
    expect(await said(/(tidy) x/)).to.equal("tidy");
  });

  it("is gone when the other end is, also while it tidies up", async () => {
    const { child, said } = start("trap '' TERM; echo pid $$ .; exec sleep 60");
    const pid = Number(await said(/pid (\d+) /));
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await wait(200);
    expect(isRunning(pid)).to.equal(true);
    child.stdio[3]?.destroy();
    try {
      for (let waited = 0; isRunning(pid) && waited < 2_000; waited += 10) await wait(10);
      expect(isRunning(pid)).to.equal(false);
    } finally {
      if (isRunning(pid)) process.kill(pid, "SIGKILL");
    }
  });
});
