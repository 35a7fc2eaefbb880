/** The stores that tests use: a PostgreSQL and a Redis that anybody may log in to, at DATABASE_URL and REDIS_URL. */
import { randomBytes } from "node:crypto";

import { Client } from "pg";

const postgres = process.env["DATABASE_URL"] ?? "postgresql://postgres@127.0.0.1:5432/postgres";
const redis = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";

/** A new database, with the two logins that an environment makes; neither is a superuser. */
export interface TestDatabase {
  /** Addresses of it, each with one of the logins. */
  readonly service: string;
  readonly migrator: string;
  readonly serviceLogin: string;
  drop(): Promise<void>;
}

export async function makeDatabase(): Promise<TestDatabase> {
  const id = randomBytes(4).toString("hex");
  const name = `test_${id}`;
  // The form that IAM logins have.
  const serviceLogin = `test--service-${id}@example.iam`;
  const migratorLogin = `test--migrator-${id}@example.iam`;
  await asOwner([
    `CREATE ROLE "${serviceLogin}" LOGIN`,
    `CREATE ROLE "${migratorLogin}" LOGIN`,
    `CREATE DATABASE ${name}`,
    `GRANT CREATE ON DATABASE ${name} TO "${migratorLogin}"`,
  ]);
  const address = (login: string) => {
    const url = new URL(postgres);
    url.username = encodeURIComponent(login);
    url.password = "";
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    service: address(serviceLogin),
    migrator: address(migratorLogin),
    serviceLogin,
    drop: () =>
      asOwner([
        `DROP DATABASE ${name} WITH (FORCE)`,
        `DROP ROLE "${serviceLogin}"`,
        `DROP ROLE "${migratorLogin}"`,
      ]),
  };
}

/** Runs statements as the owner of the test's server. */
async function asOwner(statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: postgres, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** One query with a login of its own. */
export async function query<T extends object>(connectionString: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Address of one of Redis's numbered databases; each file of tests has its own. */
export function cacheUrl(number: number): string {
  return `${redis}/${number}`;
}
