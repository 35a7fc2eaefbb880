import { fileURLToPath } from "node:url";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { migrate } from "../../src/migrations.js";
import { startService } from "../../src/service.js";
import type { Settings } from "../../src/settings.js";
import { cacheUrl, makeDatabase } from "./stores.js";

export const migrations = fileURLToPath(new URL("../../migrations/", import.meta.url));

/** A service in this process, with a database of its own; the tests of a file begin with one. */
export interface RunningService {
  readonly url: string;
  /** What it has logged. */
  readonly log: Record<string, unknown>[];
  stop(): Promise<void>;
}

export async function runService(
  cacheNumber: number,
  change: (settings: Settings) => Partial<Settings> | Promise<Partial<Settings>> = () => ({}),
): Promise<RunningService> {
  const database = await makeDatabase();
  await migrate(database.migrator, migrations, database.serviceLogin);
  const log: Record<string, unknown>[] = [];
  const settings: Settings = {
    host: "127.0.0.1",
    port: 0,
    name: "example-service",
    version: "1.2.3",
    environment: "test",
    logLevel: "debug",
    stopSeconds: 5,
    databaseUrl: database.service,
    redis: { url: cacheUrl(cacheNumber), iam: false },
  };
  const service = await startService(
    { ...settings, ...(await change(settings)) },
    { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return {
    url: service.url,
    log,
    stop: async () => {
      await service.stop();
      await database.drop();
    },
  };
}

/** Asks until what comes back is as it should be; the test's own time limit ends it. */
export async function until<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  { signal }: Pick<TestContext, "signal">,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    signal.throwIfAborted();
    await wait(50, undefined, { signal });
  }
}

/** What is in the service's answers. */
interface AnswerBody {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
  readonly stores: Readonly<Record<string, string>>;
  readonly notes: readonly { readonly text: string }[];
  readonly next?: string;
  readonly author: string;
  readonly text: string;
  readonly added: number;
}

/** Calls the service: status, headers and the answer's JSON. */
export async function call(url: string, init: RequestInit & { json?: unknown } = {}) {
  const { json, ...rest } = init;
  const answer = await fetch(url, {
    ...rest,
    ...(json !== undefined && {
      method: "POST",
      body: JSON.stringify(json),
      headers: { "content-type": "application/json", ...(rest.headers as Record<string, string>) },
    }),
  });
  const text = await answer.text();
  const body = (answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text) as AnswerBody;
  return { status: answer.status, headers: answer.headers, text, body };
}
