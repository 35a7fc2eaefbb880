import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CommandFailure } from "../failure";
import { Kept } from "./kept";
import { type Commit, fileIn } from "./repository";

/** Lines of npm's own words that a failure repeats; the first ones say why. */
const shownLines = 6;

/**
 * The folder `node_modules` for the program of a commit: this checkout's where both have one lock file, else one that
 * is installed from the commit's lock file, once, into the cache.
 *
 * @throws CommandFailure when they cannot be had; the base with other modules would be another base.
 */
export async function modulesOf(
  checkout: string,
  commit: Commit,
  cache: string,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const lock = await fileIn(checkout, commit, "package-lock.json");
  if (lock === undefined) {
    throw new CommandFailure(
      `the base ${commit.hash.slice(0, 7)} has no package-lock.json, so its modules cannot be had; compare with a later commit`,
    );
  }
  const own = join(checkout, "package-lock.json");
  if (existsSync(own) && readFileSync(own, "utf8") === lock) return join(checkout, "node_modules");

  const files = {
    "package-lock.json": lock,
    "package.json": (await fileIn(checkout, commit, "package.json")) ?? "{}",
    ".npmrc": (await fileIn(checkout, commit, ".npmrc")) ?? "",
  };
  const key = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  const kept = new Kept(cache);
  const install = async (folder: string) => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    onProgress("installing the base's own npm packages");
    const failure = await npmInstall(folder, signal);
    if (failure !== undefined) throw notToBeHad(commit, failure);
  };
  return join(kept.find(key) ?? (await kept.keep(key, install)), "node_modules");
}

function notToBeHad(commit: Commit, failure: string): CommandFailure {
  return new CommandFailure(
    [
      `the base ${commit.hash.slice(0, 7)} has another package-lock.json than this checkout, and its npm packages cannot be had:`,
      ...failure
        .split("\n")
        .filter((line) => line.trim() !== "npm error")
        .slice(0, shownLines)
        .map((line) => `  ${line}`),
      "Nothing was compared. With a connection to the npm registry the same command installs them, once.",
    ].join("\n"),
  );
}

/** What npm had to say when it failed. */
function npmInstall(folder: string, signal?: AbortSignal): Promise<string | undefined> {
  // The program runs without tools for its development; install scripts would run somebody else's code.
  const args = [
    "ci",
    "--omit=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
  ];
  return new Promise((resolve) => {
    const child = spawn("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const stop = () => child.kill("SIGTERM");
    process.on("exit", stop);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    child.once("error", (error) => resolve(`npm could not be run: ${error.message}`));
    child.once("close", (code) => {
      process.off("exit", stop);
      signal?.removeEventListener("abort", stop);
      resolve(code === 0 ? undefined : said.trim() || `npm ci ended with exit code ${code}`);
    });
  });
}
