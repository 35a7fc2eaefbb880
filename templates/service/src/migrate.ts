/** The migration's own program: the chart runs it as the migrator's login before a new version starts. */
import { fileURLToPath } from "node:url";

import { migrate } from "./migrations.js";

const folder = fileURLToPath(new URL("../migrations/", import.meta.url));

async function main(): Promise<void> {
  const { DATABASE_URL: url = "", SERVICE_LOGIN: login = "" } = process.env;
  if (url === "")
    throw new Error("DATABASE_URL is not set; give the database's address with the migrator's login");
  if (login === "") throw new Error("SERVICE_LOGIN is not set; give the login that the service itself has");
  const run = await migrate(url, folder, login);
  say("INFO", run.length === 0 ? "nothing to do" : `done: ${run.join(", ")}`);
}

/** One line that Google Cloud Logging reads as the service's are. */
function say(severity: string, message: string): void {
  process.stdout.write(`${JSON.stringify({ severity, time: new Date().toISOString(), message })}\n`);
}

main().catch((error: unknown) => {
  say("ERROR", `the migration failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
