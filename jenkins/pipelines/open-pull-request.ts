/**
 * Opens the pull request of a branch of this repository, or brings the one that is open up to date, and prints where it is.
 *
 *   open-pull-request.ts OWNER/REPOSITORY BRANCH TITLE BODY
 */
import { askGithub, readApp, repositoryToken } from "./github-app";

interface PullRequest {
  readonly number: number;
  readonly html_url: string;
}

async function main([place = "", branch = "", title = "", body = ""]: readonly string[]): Promise<void> {
  const [, owner, repository] = /^([A-Za-z0-9-]+)\/([\w.-]+)$/.exec(place) ?? [];
  if (owner === undefined || repository === undefined) {
    throw new Error(`the repository is ${JSON.stringify(place)}; it must be OWNER/REPOSITORY`);
  }
  const app = readApp(process.env["GITHUB_WRITER"] ?? "/var/run/github-writer");
  const token = await repositoryToken(app, repository);
  const pulls = `/repos/${owner}/${repository}/pulls`;
  const head = encodeURIComponent(`${owner}:${branch}`);
  const open = (await askGithub("GET", `${pulls}?state=open&base=main&head=${head}`, token)) as PullRequest[];
  const present = open[0];
  const { html_url } = (await (present
    ? askGithub("PATCH", `${pulls}/${present.number}`, token, { title, body })
    : askGithub("POST", pulls, token, { title, body, head: branch, base: "main" }))) as PullRequest;
  process.stdout.write(`${html_url}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`no pull request: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
