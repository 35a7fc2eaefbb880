import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

import { isProbe } from "./health.js";

/** Upper bounds in seconds; the platform's alerts read them, so they are the same in every service. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const labelNames = ["code", "method", "route"] as const;

/** Counts and times every call of a caller, and shows the numbers to Prometheus at `/metrics`. */
export function measureCalls(app: FastifyInstance): void {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const total = new Counter({
    name: "http_requests_total",
    help: "Calls that were answered.",
    labelNames,
    registers: [register],
  });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long answering took.",
    labelNames,
    buckets: bounds,
    registers: [register],
  });

  app.addHook("onResponse", (request, reply, done) => {
    // The route and not the address: each label's value is a series that is kept for ever.
    const route = request.routeOptions.url ?? "none";
    if (!isProbe(route)) {
      const labels = { code: String(reply.statusCode), method: request.method, route };
      total.inc(labels);
      duration.observe(labels, reply.elapsedTime / 1000);
    }
    done();
  });
  app.get("/metrics", async (_request, reply) =>
    reply.header("content-type", register.contentType).send(await register.metrics()),
  );
}
