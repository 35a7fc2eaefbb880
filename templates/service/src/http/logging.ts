import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Settings } from "../settings.js";
import { isProbe } from "./health.js";

/** What Google Cloud Logging calls the levels. */
const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** Options of the logger: one JSON object a line, with the fields that Google Cloud Logging knows. */
export function loggerOptions({ logLevel, name, version, environment }: Settings) {
  return {
    level: logLevel,
    messageKey: "message",
    errorKey: "error",
    base: { service: name, version, environment },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? "DEFAULT" }) },
  };
}

/** Writes a line for each call once it is answered; those of the platform itself only at level debug. */
export function logCalls(app: FastifyInstance): void {
  app.addHook("onResponse", (request: FastifyRequest, reply: FastifyReply, done) => {
    const line = {
      httpRequest: {
        requestMethod: request.method,
        // Without the query, which may hold what nobody should read in a log.
        requestUrl: request.url.split("?", 1)[0],
        status: reply.statusCode,
        latency: `${(reply.elapsedTime / 1000).toFixed(6)}s`,
        userAgent: request.headers["user-agent"],
      },
    };
    if (isProbe(request.routeOptions.url)) request.log.debug(line, "answered");
    else request.log.info(line, "answered");
    done();
  });
}
