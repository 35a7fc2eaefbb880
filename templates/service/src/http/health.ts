import type { FastifyInstance } from "fastify";

/** Below the time that the probes of the chart wait for an answer. */
const checkMilliseconds = 1500;

/** Asks one thing that the service needs whether it is there; rejects when it is not. */
export type Check = () => Promise<unknown>;

/** Whether a route is one that the platform asks, not a caller. */
export function isProbe(route: string | undefined): boolean {
  return route === "/metrics" || (route?.startsWith("/health/") ?? false);
}

/** `/health/live` fails when only a restart helps, `/health/ready` while calls should go to other pods. */
export function answerHealth(
  app: FastifyInstance,
  checks: Readonly<Record<string, Check>>,
  isStopping: () => boolean,
): void {
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", async (request, reply) => {
    if (isStopping()) return reply.code(503).send({ status: "stopping" });
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await inTime(check());
          return [name, "available"] as const;
        } catch (error) {
          request.log.warn({ error }, `${name} is not available`);
          return [name, "not available"] as const;
        }
      }),
    );
    const ready = results.every(([, state]) => state === "available");
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? "ready" : "not ready", stores: Object.fromEntries(results) });
  });
}

async function inTime(check: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${checkMilliseconds} ms`)),
      checkMilliseconds,
    );
  });
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
