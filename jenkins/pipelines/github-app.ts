import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An App that is installed in the organization, and who it is. */
export interface GithubApp {
  readonly appId: string;
  readonly installationId: string;
  /** PEM, as GitHub gives it (PKCS #1) or as others do (PKCS #8). */
  readonly privateKey: string;
}

/** Where GitHub answers machines. */
export const githubApi = process.env["GITHUB_API"] ?? "https://api.github.com";

/** GitHub answers in seconds, or not at all. */
const timeout = 30_000;

/**
 * The App in a folder as Kubernetes mounts a Secret: a file for each value.
 *
 * @throws Error that names the file, and never says what is in it.
 */
export function readApp(folder: string): GithubApp {
  const read = (name: string) => {
    const text = readFileSync(join(folder, name), "utf8").trim();
    if (text === "") throw new Error(`${join(folder, name)} is empty; it must be the App's ${name}`);
    return text;
  };
  return {
    appId: read("app-id"),
    installationId: read("installation-id"),
    privateKey: read("private-key"),
  };
}

/**
 * What the App shows to be itself.
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appToken({ appId, privateKey }: GithubApp, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  // A minute back, as clocks differ; ten minutes is the most that GitHub takes, counted by its own clock.
  const claims = { iat: seconds - 60, exp: seconds + 8 * 60, iss: appId };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

/** A token that writes to one repository, and to no other that the App may write to; GitHub ends it after an hour. */
export async function repositoryToken(app: GithubApp, repository: string, now = new Date()): Promise<string> {
  const answer = await askGithub(
    "POST",
    `/app/installations/${encodeURIComponent(app.installationId)}/access_tokens`,
    appToken(app, now),
    { repositories: [repository], permissions: { contents: "write", pull_requests: "write" } },
  );
  const token = (answer as { token?: unknown }).token;
  if (typeof token !== "string") throw new Error("GitHub answered without a token");
  return token;
}

/**
 * A question to GitHub, with what it answers.
 *
 * @throws Error with GitHub's own message.
 */
export async function askGithub(
  method: "GET" | "POST" | "PATCH",
  path: string,
  token: string,
  body?: object,
): Promise<unknown> {
  return (await answerOf(method, path, token, body)).body;
}

/** All of a list, page by page. */
export async function listGithub(path: string, token: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = path; ;) {
    const { body, link } = await answerOf("GET", page, token);
    if (!Array.isArray(body)) throw new Error(`GitHub answered to GET ${page} without a list`);
    all.push(...(body as unknown[]));
    const next = /<([^>]*)>; rel="next"/.exec(link)?.[1];
    if (next === undefined) return all;
    // The token is GitHub's alone.
    if (!next.startsWith(`${githubApi}/`)) throw new Error(`GitHub names ${next} as its next page`);
    page = next.slice(githubApi.length);
  }
}

async function answerOf(
  method: string,
  path: string,
  token: string,
  body?: object,
): Promise<{ body: unknown; link: string }> {
  const response = await fetch(`${githubApi}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "platform",
      authorization: `Bearer ${token}`,
    },
    // A redirection would take the token to somebody else.
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`GitHub answered ${response.status} to ${method} ${path}: ${messageIn(text)}`);
  }
  return { body: JSON.parse(text), link: response.headers.get("link") ?? "" };
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // A proxy's page.
  }
  return text.slice(0, 200);
}
