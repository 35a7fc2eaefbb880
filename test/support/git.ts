import { execFileSync } from "node:child_process";

/** Runs git in a folder, as nobody in particular and with no settings of the user's. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "nobody",
      GIT_AUTHOR_EMAIL: "nobody@acme.example",
      GIT_COMMITTER_NAME: "nobody",
      GIT_COMMITTER_EMAIL: "nobody@acme.example",
    },
  }).trim();
}

/** Commits everything in a folder, and makes it a repository first where it is none. */
export function commitAll(folder: string, subject: string): string {
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", subject);
  return git(folder, "rev-parse", "HEAD");
}
