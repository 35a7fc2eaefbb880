import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import type { FastifyInstance } from "fastify";

/** The id that a caller gave its call, or a new one; it is in every line of the log and in the answer. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  // Whatever is longer or has other characters could write lines of its own into a log.
  return typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The trace that a call belongs to: W3C's header, or else Google's older one. */
export function traceOf(headers: IncomingHttpHeaders): string | undefined {
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(text(headers["traceparent"]));
  const google = /^([0-9a-f]{32})\//.exec(text(headers["x-cloud-trace-context"]));
  return w3c?.[1] ?? google?.[1];
}

/** Gives every answer the id of its call. */
export function answerWithId(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
}

function text(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}
