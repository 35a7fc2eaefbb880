import type { RedisClientOptions } from "@redis/client";
import type { FastifyBaseLogger } from "fastify";

import { type AccessToken, fetchAccessToken } from "./access-token.js";

type StreamingCredentials = Extract<
  RedisClientOptions["credentialsProvider"],
  { type: "streaming-credentials-provider" }
>;

const retryMilliseconds = 5_000;

/**
 * Access tokens as passwords of one connection, with a new one well before each ends.
 *
 * The metadata server gives out the token it has until a few minutes before its end, so what is left of one is what
 * counts: each is replaced after three quarters of it.
 */
export function iamCredentials(
  log: FastifyBaseLogger,
  fetchToken: () => Promise<AccessToken> = fetchAccessToken,
): StreamingCredentials {
  let timer: NodeJS.Timeout | undefined;
  return {
    type: "streaming-credentials-provider",
    // The client calls this at every new connection, and does not say that the one before is over.
    subscribe: async ({ onNext }) => {
      const renewAfter = (milliseconds: number) => {
        clearTimeout(timer);
        timer = setTimeout(() => void renew(), milliseconds).unref();
      };
      const renew = async () => {
        try {
          const token = await fetchToken();
          renewAfter(token.seconds * 750);
          onNext({ password: token.value });
        } catch (error) {
          log.warn({ error }, "no new access token for redis yet");
          renewAfter(retryMilliseconds);
        }
      };
      const first = await fetchToken();
      renewAfter(first.seconds * 750);
      return [{ password: first.value }, { dispose: () => clearTimeout(timer) }];
    },
    onReAuthenticationError: (error) => log.error({ error }, "redis does not take the new access token"),
  };
}
