import { readFileSync } from "node:fs";
import { join } from "node:path";

/** For `node --require`; the file is named by `BENCH_MEMORY_FILE`. */
export const memoryHook = join(__dirname, "memory-hook.cjs");

/** What the hook noted, in bytes. */
export function notedMemory(file: string): number {
  return Number(readFileSync(file, "utf8"));
}

/** Looks at a process of which nothing but the number is known. */
export interface MemoryWatch {
  /** Peak resident memory in bytes as it was last seen, or undefined where the system does not tell. */
  stop(): number | undefined;
}

/** The system keeps the peak, so only what a process adds in its last moments can be missed. */
const lookEveryMs = 20;

/** Watches the peak memory of a process, where there is a `/proc`. */
export function watchMemory(pid: number): MemoryWatch {
  let peak: number | undefined;
  const look = () => {
    peak = peakOf(statusOf(pid)) ?? peak;
  };
  look();
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** The peak in the text of `/proc/PID/status`, in bytes; a process that has ended has none. */
export function peakOf(status: string): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/**
 * What processes take together, in bytes: a page that several share counts once. Undefined where the system does not
 * tell, or one of them has ended.
 */
export function proportionalMemory(pids: readonly number[]): number | undefined {
  const shares = pids.map((pid) => shareOf(pid));
  return shares.every((share) => share !== undefined)
    ? shares.reduce((sum, share) => sum + share, 0)
    : undefined;
}

function shareOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
