import { timingSafeEqual } from "node:crypto";

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Pool } from "pg";

import { Refusal } from "../http/errors.js";
import type { Secrets } from "../secrets.js";
import type { Cache } from "../stores/redis.js";
import { addNote, findNote, listNotes } from "./notes.js";

/** Where the service is called, in all environments: the catalogue's `exposes.path`. */
export const basePath = "/example-service";

const counter = "notes:added";
const largestPage = 100;

const author = { type: "string", minLength: 1, maxLength: 100 };
const id = { type: "string", pattern: "^[1-9][0-9]{0,17}$" };

interface Stores {
  readonly database: Pool;
  readonly cache: Cache;
  readonly secrets: Secrets;
}

/** The service's own interface. */
export function answerNotes(app: FastifyInstance, { database, cache, secrets }: Stores): void {
  app.post<{ Body: { author: string; text: string } }>(
    `${basePath}/notes`,
    {
      schema: {
        body: {
          type: "object",
          additionalProperties: false,
          required: ["author", "text"],
          properties: { author, text: { type: "string", minLength: 1, maxLength: 4000 } },
        },
      },
      onRequest: async (request) => requireToken(request, await secrets.read("write-token")),
    },
    async (request, reply) => {
      const note = await addNote(database, request.body.author, request.body.text);
      // A note is not worth less because it was not counted.
      await cache
        .incr(counter)
        .catch((error: unknown) => request.log.warn({ error }, "a note was not counted"));
      return reply.code(201).header("location", `${basePath}/notes/${note.id}`).send(note);
    },
  );

  app.get<{ Querystring: { limit: number; before?: string; author?: string } }>(
    `${basePath}/notes`,
    {
      schema: {
        querystring: {
          type: "object",
          additionalProperties: false,
          properties: {
            limit: { type: "integer", minimum: 1, maximum: largestPage, default: 20 },
            before: id,
            author,
          },
        },
      },
    },
    (request) => listNotes(database, request.query),
  );

  app.get<{ Params: { id: string } }>(
    `${basePath}/notes/:id`,
    { schema: { params: { type: "object", properties: { id } } } },
    async (request) => {
      const note = await findNote(database, request.params.id);
      if (!note) throw new Refusal(404, "not-found", `there is no note ${request.params.id}`);
      return note;
    },
  );

  app.get(`${basePath}/count`, async () => {
    // Only the cache's own failure is the caller's to know: it can ask again.
    const added = await cache.get(counter).catch((error: unknown) => {
      app.log.warn({ error }, "the count could not be read");
      throw new Refusal(503, "not-available", "the count is not available now; ask again later");
    });
    return { added: Number(added ?? 0) };
  });
}

/** Lets everybody write, unless the service has a secret `write-token`. */
function requireToken({ headers }: FastifyRequest, token: string | undefined): void {
  if (token === undefined) return;
  const given = Buffer.from(headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refusal(401, "not-allowed", "writing needs a token: Authorization: Bearer TOKEN");
  }
}
