import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { memoryHook, notedMemory, peakOf, proportionalMemory, watchMemory } from "../../bench/memory";

const mebibyte = 2 ** 20;

describe("the memory of a process", () => {
  it("is its peak and not what it has at the end", () => {
    expect(peakOf("VmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n")).to.equal(300 * 1024);
  });

  it("is unknown where the system does not tell, and when the process has ended", () => {
    expect(peakOf("")).to.equal(undefined);
    expect(peakOf("Name:\tnode\nState:\tZ (zombie)\n")).to.equal(undefined);
  });

  it("is noted by the process itself when it ends, whatever way it ends", () => {
    const folder = mkdtempSync(join(tmpdir(), "memory "));
    const file = join(folder, "peak");
    try {
      const script = `Buffer.alloc(${100 * mebibyte}, 1); process.exit(3)`;
      const env = { ...process.env, BENCH_MEMORY_FILE: file };
      const { status } = spawnSync(process.execPath, ["--require", memoryHook, "-e", script], { env });
      expect(status).to.equal(3);
      expect(notedMemory(file)).to.be.above(100 * mebibyte);
      expect(notedMemory(file)).to.be.below(400 * mebibyte);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is seen from outside, as the last peak before the process ended", async function () {
    if (!existsSync("/proc/self/status")) return this.skip();
    const script = `Buffer.alloc(${100 * mebibyte}, 1); setTimeout(() => {}, 300)`;
    const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    const watch = watchMemory(child.pid ?? 0);
    await new Promise((resolve) => child.once("close", resolve));
    expect(watch.stop()).to.be.above(100 * mebibyte);
  });

  it("of several is their sum, with what they share divided among them, or unknown when one is gone", function () {
    if (!existsSync("/proc/self/smaps_rollup")) return this.skip();
    expect(proportionalMemory([process.pid])).to.be.above(20 * mebibyte);
    expect(proportionalMemory([process.pid, 2 ** 22 + 1])).to.equal(undefined);
  });
});
