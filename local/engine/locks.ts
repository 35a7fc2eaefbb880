import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";

import type { Workspace } from "./command";
import { projectName } from "./project";

/** The mark by which the file backend lets one command at a time change a stack. */
export interface Lock {
  file: string;
  stack: string;
  pid: number;
  username: string;
  hostname: string;
  since: Date;
  /** "unknown" when the owner is on another machine. */
  owner: "alive" | "dead" | "unknown";
}

/** The locks on the workspace's stack; more than one when commands were started at the same moment. */
export function readLocks(workspace: Workspace): Lock[] {
  const folder = join(
    workspace.backendFolder,
    ".pulumi",
    "locks",
    "organization",
    projectName(workspace),
    workspace.stack,
  );
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => readLock(workspace, join(folder, name)));
}

/** Removes the locks whose owner on this machine is gone, and returns them. */
export function clearDeadLocks(workspace: Workspace): Lock[] {
  const dead = readLocks(workspace).filter((lock) => lock.owner === "dead");
  for (const lock of dead) rmSync(lock.file, { force: true });
  return dead;
}

/** For example "staging is being updated by process 1234 of root@host since 12:03:04". */
export function describeLock(lock: Lock, now: Date = new Date()): string {
  const who = `process ${lock.pid} of ${lock.username}@${lock.hostname}`;
  const day =
    lock.since.toDateString() === now.toDateString() ? "" : `${lock.since.toLocaleDateString("sv-SE")} `;
  const since = `${day}${lock.since.toTimeString().slice(0, 8)}`;
  if (lock.owner === "dead")
    return `${lock.stack} was left locked by ${who} at ${since}, which no longer runs`;
  return `${lock.stack} is being updated by ${who} since ${since}`;
}

function readLock(workspace: Workspace, file: string): Lock[] {
  let content: { pid: number; username: string; hostname: string; timestamp: string };
  try {
    content = JSON.parse(readFileSync(file, "utf8")) as typeof content;
  } catch {
    // Gone, or not yet written to its end: its owner is at work in this very moment.
    return [];
  }
  const { pid, username } = content;
  const owner = content.hostname !== hostname() ? "unknown" : runsPulumi(pid, workspace) ? "alive" : "dead";
  return [
    {
      file,
      stack: workspace.stack,
      pid,
      username,
      hostname: content.hostname,
      since: new Date(content.timestamp),
      owner,
    },
  ];
}

// A process id alone proves nothing: after a restart it belongs to somebody else.
function runsPulumi(pid: number, workspace: Workspace): boolean {
  const command = commandOf(pid);
  return command !== undefined && basename(command).startsWith(basename(workspace.engine));
}

function commandOf(pid: number): string | undefined {
  if (existsSync("/proc/self/comm")) {
    try {
      const status = readFileSync(`/proc/${pid}/stat`, "utf8");
      // A zombie has ended; only its parent has not asked yet.
      if (/\) Z /.test(status)) return undefined;
      return /\((.*)\)/.exec(status)?.[1];
    } catch {
      return undefined;
    }
  }
  const result = spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}
