/**
 * A credential helper of git: gives it a token of the App that writes to this repository, for that repository alone.
 * https://git-scm.com/docs/gitcredentials#_custom_helpers
 */
import { readFileSync } from "node:fs";

import { readApp, repositoryToken } from "./github-app";

/** What git asks about, as `key=value` lines; of a key that comes twice, the last. */
function question(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

async function main(operation: string | undefined): Promise<void> {
  // Nothing is kept, so there is nothing to store and nothing to erase.
  if (operation !== "get") return;
  const asked = question(readFileSync(0, "utf8"));
  // The token is GitHub's alone: any other host, and anybody on the way of plain HTTP, gets nothing.
  if (asked.get("protocol") !== "https" || asked.get("host") !== "github.com") return;
  const repository = /^[A-Za-z0-9-]+\/([\w.-]+?)(?:\.git)?\/?$/.exec(asked.get("path") ?? "")?.[1];
  if (repository === undefined) {
    throw new Error(
      `git asks for ${JSON.stringify(asked.get("path") ?? "")} of github.com; it must be OWNER/REPOSITORY, which it says with credential.useHttpPath`,
    );
  }
  const app = readApp(process.env["GITHUB_WRITER"] ?? "/var/run/github-writer");
  const token = await repositoryToken(app, repository);
  process.stdout.write(`username=x-access-token\npassword=${token}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`git-credential: ${(error as Error).message}\n`);
  // Asking somebody at a terminal, which git does next, helps nobody here.
  process.stdout.write("quit=1\n");
  process.exitCode = 1;
});
