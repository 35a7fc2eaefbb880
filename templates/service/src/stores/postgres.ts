import type { FastifyBaseLogger } from "fastify";
import { Pool } from "pg";

/** Connections to the service's own database. */
export function openDatabase(connectionString: string, name: string, log: FastifyBaseLogger): Pool {
  const pool = new Pool({
    connectionString,
    application_name: name,
    // Times the pods of the autoscaler's maximum, it has to fit into what the instance allows.
    max: 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // Nobody waits longer for an answer, so the database need not either.
    statement_timeout: 5_000,
    query_timeout: 10_000,
  });
  // A connection that breaks while nobody uses it; without a listener the process would end.
  pool.on("error", (error) => log.warn({ error }, "a connection to postgres broke"));
  return pool;
}
