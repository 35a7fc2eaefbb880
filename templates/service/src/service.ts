import { fastify, type FastifyInstance, LogController } from "fastify";

import { answerErrors } from "./http/errors.js";
import { answerHealth } from "./http/health.js";
import { logCalls, loggerOptions } from "./http/logging.js";
import { measureCalls } from "./http/metrics.js";
import { answerWithId, requestId, traceOf } from "./http/tracing.js";
import { answerNotes } from "./notes/routes.js";
import { openSecrets } from "./secrets.js";
import type { Settings } from "./settings.js";
import { openDatabase } from "./stores/postgres.js";
import { closeCache, openCache } from "./stores/redis.js";

/** A service that runs, until it is told to stop. */
export interface Service {
  /** The address it answers at. */
  readonly url: string;
  readonly log: FastifyInstance["log"];
  /** Takes no new calls, answers those it has, then lets its stores go. */
  stop(): Promise<void>;
}

/** Starts the service; its stores may come later, until then it is not ready. */
export async function startService(
  settings: Settings,
  logTo: { write(line: string): void } = process.stdout,
): Promise<Service> {
  const app = fastify({
    logger: { ...loggerOptions(settings), stream: logTo },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: requestId,
    childLoggerFactory: (logger, bindings, options, { headers }) => {
      const trace = traceOf(headers);
      return logger.child(trace ? { ...bindings, "logging.googleapis.com/trace": trace } : bindings, options);
    },
    bodyLimit: 64 * 1024,
    // A caller that does not finish its call must not hold a connection for ever.
    requestTimeout: 30_000,
    ajv: { customOptions: { removeAdditional: false } },
  });
  const database = openDatabase(settings.databaseUrl, settings.name, app.log);
  const cache = openCache(settings.redis, app.log);

  let stopping = false;

  answerErrors(app);
  answerWithId(app);
  logCalls(app);
  measureCalls(app);
  answerHealth(
    app,
    { postgres: () => database.query("SELECT 1"), redis: () => cache.ping() },
    () => stopping,
  );
  answerNotes(app, { database, cache, secrets: openSecrets(settings.secrets) });

  // The last answer of a connection ends it; callers keep them open, and the end would wait for each.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (stopping) void reply.header("connection", "close");
    done();
  });

  const url = await app.listen({ host: settings.host, port: settings.port });
  return {
    url,
    log: app.log,
    stop: async () => {
      stopping = true;
      await app.close();
      await Promise.all([database.end(), closeCache(cache)]);
    },
  };
}
