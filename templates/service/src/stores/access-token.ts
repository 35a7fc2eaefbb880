/** A token of the account that the pod runs as. */
export interface AccessToken {
  readonly value: string;
  readonly seconds: number;
}

const path = "/computeMetadata/v1/instance/service-accounts/default/token";

/** Asks the metadata server, which every pod with an account has. GCE_METADATA_HOST is Google's name for another. */
export async function fetchAccessToken(
  host = process.env["GCE_METADATA_HOST"] ?? "metadata.google.internal",
): Promise<AccessToken> {
  const answer = await fetch(`http://${host}${path}`, {
    headers: { "Metadata-Flavor": "Google" },
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok)
    throw new Error(`the metadata server answered ${answer.status} to the call for an access token`);
  const body = (await answer.json()) as { access_token?: unknown; expires_in?: unknown };
  if (typeof body.access_token !== "string" || typeof body.expires_in !== "number") {
    throw new Error("the metadata server's answer has no access token");
  }
  return { value: body.access_token, seconds: body.expires_in };
}
