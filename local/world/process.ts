import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Whether a process of this user, or of another, runs under this number. */
export function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Ended, and only not yet asked after by its parent. */
function isZombie(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  try {
    return existsSync(status) && /\) Z /.test(readFileSync(status, "utf8"));
  } catch {
    return true;
  }
}

/** The command line of a process, empty when it cannot be seen: a number alone may belong to somebody else by now. */
export function commandOf(pid: number): string {
  const { stdout } = spawnSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  return stdout ?? "";
}
