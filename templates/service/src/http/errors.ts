import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** An answer that says no, and why, in words that are meant for the caller. */
export class Refusal extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Answers every failure as JSON: what a caller did wrong in full, what went wrong here only in the log. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500 && !(error instanceof Refusal)) {
      request.log.error({ error }, "the call failed");
      return send(
        request,
        reply,
        status,
        "internal",
        "the service failed; its log has the reason under this id",
      );
    }
    const code = error instanceof Refusal ? error.code : "invalid-request";
    return send(request, reply, status, code, error.message);
  });
  app.setNotFoundHandler((request, reply) =>
    send(request, reply, 404, "not-found", `there is no ${request.method} ${request.url.split("?", 1)[0]}`),
  );
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, code: string, message: string) {
  return reply.code(status).send({ error: { code, message, requestId: request.id } });
}
