/**
 * A credential helper for Helm's registry client: the pod's own account, for Google's registries and no other.
 * https://github.com/docker/docker-credential-helpers#development
 */
import { readFileSync } from "node:fs";

const metadata = process.env["GCE_METADATA_HOST"] ?? "metadata.google.internal";

/** What the protocol says where there is nothing: the client goes on as nobody. */
const notFound = "credentials not found in native keychain";

async function main(operation: string | undefined): Promise<void> {
  if (operation !== "get") throw new Error(`${operation ?? "nothing"} is not done here; only get is`);
  const server = readFileSync(0, "utf8").trim();
  const host = server.replace(/^https:\/\//, "").split("/")[0] ?? "";
  if (!/^[a-z0-9-]+-docker\.pkg\.dev$/.test(host)) throw new Error(notFound);
  const response = await fetch(
    `http://${metadata}/computeMetadata/v1/instance/service-accounts/default/token`,
    {
      headers: { "metadata-flavor": "Google" },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    },
  );
  if (!response.ok) throw new Error(`the metadata server answered ${response.status}`);
  const { access_token } = (await response.json()) as { access_token: string };
  process.stdout.write(
    JSON.stringify({ ServerURL: server, Username: "oauth2accesstoken", Secret: access_token }),
  );
}

main(process.argv[2]).catch((error: unknown) => {
  // The protocol wants the message on standard output.
  process.stdout.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
