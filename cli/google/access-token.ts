import { z } from "zod";

import { CommandFailure, exitCodes } from "../failure";

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/** A token must outlive the call that it is for. */
const spareSeconds = 120;

/**
 * Who we are to Google: the token of `GOOGLE_OAUTH_ACCESS_TOKEN`, for a person; else the account of the pod or machine,
 * asked for again before it ends, as some commands take longer than a token lasts.
 * https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
export function accessTokens(environment: NodeJS.ProcessEnv = process.env): () => Promise<string> {
  const given = environment["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given) return () => Promise.resolve(given);
  const host = environment["GCE_METADATA_HOST"] || "metadata.google.internal";
  let kept = { token: "", until: 0 };
  return async () => {
    if (Date.now() < kept.until) return kept.token;
    const { access_token, expires_in } = await ask(host);
    kept = { token: access_token, until: Date.now() + (expires_in - spareSeconds) * 1000 };
    return access_token;
  };
}

async function ask(host: string): Promise<z.infer<typeof answer>> {
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
    throw new CommandFailure(
      `no account to act as: the metadata server ${host} gave no token (${causeOf(error)}); outside Google Cloud set GOOGLE_OAUTH_ACCESS_TOKEN, for example to what gcloud auth print-access-token prints`,
      exitCodes.wrong,
    );
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
