import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Client } from "pg";

/** Only one migration of a database runs at a time; the number means nothing. */
const lock = 7_224_301;

interface Step {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The steps in a folder, `0001-what-it-does.sql` and on, in their order. */
export function readSteps(folder: string): Step[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const steps = names.sort().map((name, index) => {
    const version = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (version !== index + 1) {
      const expected = String(index + 1).padStart(4, "0");
      throw new Error(
        `migrations/${name} should be called ${expected}-what-it-does.sql: steps are numbered from 0001`,
      );
    }
    const sql = readFileSync(join(folder, name), "utf8");
    return { version, name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
  return steps;
}

/**
 * Brings a database to the newest step and lets the service's login use what is there.
 *
 * Each step is one transaction, and runs once. A database that is ahead is left as it is: a version before is coming back.
 *
 * @returns the names of the steps that were run.
 */
export async function migrate(
  connectionString: string,
  folder: string,
  serviceLogin: string,
): Promise<string[]> {
  const steps = readSteps(folder);
  const client = new Client({
    connectionString,
    application_name: "migration",
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    // For another migration: long enough for it to finish.
    await client.query("SET lock_timeout = '180s'");
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    // For a table: short, since every call that comes after a waiting change waits behind it.
    await client.query("SET lock_timeout = '10s'");
    await makeSchema(client);
    const done = await doneSteps(client);
    const run: string[] = [];
    for (const step of steps) {
      const before = done.get(step.version);
      if (before === undefined) {
        await runStep(client, step);
        run.push(step.name);
      } else if (before !== step.checksum) {
        throw new Error(
          `migrations/${step.name} was changed after it had run here; put it back, and write a new step`,
        );
      }
    }
    await grant(client, serviceLogin);
    return run;
  } finally {
    await client.end();
  }
}

/** The service's own schema: no login but the database's owner may create anything in `public`. */
async function makeSchema(client: Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regnamespace('service') IS NOT NULL AS there",
  );
  // IF NOT EXISTS would ask for the right to create even where nothing is created.
  if (!rows[0]?.there) await client.query("CREATE SCHEMA service");
  await client.query(`CREATE TABLE IF NOT EXISTS service.migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    run_at timestamptz NOT NULL DEFAULT now()
  )`);
}

async function doneSteps(client: Client): Promise<Map<number, string>> {
  const { rows } = await client.query<{ version: number; checksum: string }>(
    "SELECT version, checksum FROM service.migrations",
  );
  return new Map(rows.map(({ version, checksum }) => [version, checksum]));
}

async function runStep(client: Client, { version, name, sql, checksum }: Step): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query("INSERT INTO service.migrations (version, name, checksum) VALUES ($1, $2, $3)", [
      version,
      name,
      checksum,
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migrations/${name} failed, and nothing of it was kept: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** What the service does with its tables: everything but changing what they are. */
async function grant(client: Client, serviceLogin: string): Promise<void> {
  const { rows } = await client.query<{ own: boolean }>("SELECT current_user = $1 AS own", [serviceLogin]);
  // In a disposable environment both are one login, which owns everything.
  if (rows[0]?.own) return;
  const login = client.escapeIdentifier(serviceLogin);
  await client.query(`GRANT USAGE ON SCHEMA service TO ${login}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA service TO ${login}`);
  await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA service TO ${login}`);
  await client.query(`REVOKE INSERT, UPDATE, DELETE ON service.migrations FROM ${login}`);
}
