import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { z } from "zod";

import { CommandFailure, exitCodes } from "../failure";

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number() });
type Token = z.infer<typeof answer>;

/** A token must outlive the call that it is for. */
const spareSeconds = 120;

/**
 * Who we are to Google: the token of `GOOGLE_OAUTH_ACCESS_TOKEN`, for a person; else the account of the pod or machine,
 * asked for again before it ends, as some commands take longer than a token lasts; else of who is logged in to gcloud.
 * https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
export function accessTokens(environment: NodeJS.ProcessEnv = process.env): () => Promise<string> {
  const given = environment["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given) return () => Promise.resolve(given);
  const host = environment["GCE_METADATA_HOST"] || "metadata.google.internal";
  let kept = { token: "", until: 0 };
  return async () => {
    if (Date.now() < kept.until) return kept.token;
    const { access_token, expires_in } = await ask(host, environment);
    kept = { token: access_token, until: Date.now() + (expires_in - spareSeconds) * 1000 };
    return access_token;
  };
}

async function ask(host: string, environment: NodeJS.ProcessEnv): Promise<Token> {
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  try {
    const response = await fetch(url, {
      headers: { "metadata-flavor": "Google" },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return answer.parse(await response.json());
  } catch (error) {
    const ofPerson = await askGcloud(environment);
    if (ofPerson) return ofPerson;
    throw new CommandFailure(
      `no account to act as: the metadata server ${host} gave no token (${causeOf(error)}), and gcloud has nobody logged in; run gcloud auth login, or set GOOGLE_OAUTH_ACCESS_TOKEN`,
      exitCodes.wrong,
    );
  }
}

/** Of who is logged in to gcloud on a machine that is none of Google's. */
async function askGcloud(environment: NodeJS.ProcessEnv): Promise<Token | undefined> {
  try {
    const { stdout } = await promisify(execFile)("gcloud", ["auth", "print-access-token"], {
      env: environment,
    });
    const access_token = stdout.trim();
    // It does not say for how long, but gives what lasts for a while yet.
    return access_token === "" ? undefined : { access_token, expires_in: 2 * spareSeconds };
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
