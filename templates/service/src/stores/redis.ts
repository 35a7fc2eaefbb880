import { createClient } from "@redis/client";
import type { FastifyBaseLogger } from "fastify";

import type { RedisSettings } from "../settings.js";
import { iamCredentials } from "./iam-credentials.js";

/** A connection to the service's own cache, which comes back by itself after it broke. */
export type Cache = ReturnType<typeof openCache>;

/** Begins to connect; until it is connected, commands fail at once instead of waiting. */
export function openCache({ url, iam, authorities }: RedisSettings, log: FastifyBaseLogger) {
  const client = createClient({
    url,
    // Google's server takes a token as AUTH's only argument.
    RESP: 2,
    disableOfflineQueue: true,
    commandOptions: { timeout: 2_000 },
    socket: {
      connectTimeout: 3_000,
      reconnectStrategy: (retries: number) => Math.min(2 ** retries * 50, 2_000) + Math.random() * 200,
      ...(authorities !== undefined && {
        tls: true,
        ca: authorities,
        // These authorities sign for this one instance, whose certificate need not have the address it is reached by.
        checkServerIdentity: () => undefined,
      }),
    },
    ...(iam && { credentialsProvider: iamCredentials(log) }),
  });
  client.on("error", (error) => log.warn({ error: error as Error }, "redis cannot be reached"));
  // It goes on trying until it is closed, which is the only thing that this can fail with.
  client.connect().catch(() => undefined);
  return client;
}

/** Ends the connection, after the answers that are still to come. */
export async function closeCache(cache: Cache): Promise<void> {
  if (cache.isReady) await cache.close();
  else cache.destroy();
}
