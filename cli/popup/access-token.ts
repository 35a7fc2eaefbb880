import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { CommandFailure } from "../failure";

/** Milliseconds to wait for a metadata server, which answers at once where there is one. */
const metadataTimeout = 2_000;

/**
 * A token for Google's APIs: of GOOGLE_OAUTH_ACCESS_TOKEN as the provider takes it, else of the machine's metadata server
 * (https://docs.cloud.google.com/compute/docs/access/authenticate-workloads), else of who is logged in to gcloud.
 *
 * @throws CommandFailure when there is none
 */
export async function accessToken(): Promise<string> {
  const given = process.env["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given) return given;
  return (await ofMetadata()) ?? (await ofGcloud());
}

async function ofMetadata(): Promise<string | undefined> {
  const host = process.env["GCE_METADATA_HOST"] ?? "metadata.google.internal";
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  try {
    const response = await fetch(url, {
      headers: { "metadata-flavor": "Google" },
      signal: AbortSignal.timeout(metadataTimeout),
    });
    if (!response.ok) return undefined;
    return ((await response.json()) as { access_token?: string }).access_token;
  } catch {
    // No such host: this is no machine of Google's.
    return undefined;
  }
}

async function ofGcloud(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("gcloud", ["auth", "print-access-token"]);
    return stdout.trim();
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new CommandFailure(
      `no access to Google Cloud: ${said ? said : "gcloud is not on PATH"}; log in with \`gcloud auth login\`, or put a token into GOOGLE_OAUTH_ACCESS_TOKEN`,
    );
  }
}
