/**
 * Asks the services that have a release at their public addresses, which standard input has: `{ SERVICE: URL }`.
 *
 *   answering.ts before RELEASES KEPT SERVICE   writes into the file KEPT which answer
 *   answering.ts after RELEASES KEPT SERVICE    fails unless those answer again, and SERVICE
 */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { parse } from "yaml";

/** Load balancers take new pods up after a while; what answers already does so at once. */
const patienceSeconds = { before: 10, after: 120 } as const;

type Moment = keyof typeof patienceSeconds;

/** What is wrong with an address until the time is over, or undefined once it answers. */
async function problemOf(url: string, patience: number): Promise<string | undefined> {
  const deadline = Date.now() + patience;
  const pause = Math.min(5000, patience / 4);
  for (;;) {
    const problem = await problemNow(url, deadline);
    if (problem === undefined || Date.now() + pause > deadline) return problem;
    await sleep(pause);
  }
}

async function problemNow(url: string, deadline: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.min(10_000, deadline - Date.now())));
    const response = await fetch(url, { redirect: "manual", signal });
    await response.body?.cancel();
    return problemIn(response.status, response.headers.get("content-type") ?? "");
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    return `does not answer (${cause?.code ?? cause?.message ?? message})`;
  }
}

/**
 * Below 500 a service has answered: what it asks of strangers, a login or another method, is its own matter. But where no
 * route leads, the load balancer says 404 by itself, in plain text or HTML.
 */
function problemIn(status: number, type: string): string | undefined {
  if (status >= 500) return `answers ${status}`;
  return status === 404 && !/^application\/([\w.-]+\+)?json\b/i.test(type)
    ? "answers 404, and not in JSON: no route leads there, or the service has nothing at its own path and does not say so in JSON"
    : undefined;
}

async function main([
  moment = "",
  releases = "",
  kept = "",
  promoted = "",
]: readonly string[]): Promise<void> {
  if (!isMoment(moment)) throw new Error(`${JSON.stringify(moment)} must be before or after`);
  const released = Object.keys((parse(readFileSync(releases, "utf8")) as object | null) ?? {});
  const urls = Object.entries(JSON.parse(readFileSync(0, "utf8")) as Record<string, string>).filter(
    ([service]) => released.includes(service),
  );
  // Before a change nothing is needed, and everything is worth a little patience.
  const needed = new Set([
    promoted,
    ...(moment === "after" ? (JSON.parse(readFileSync(kept, "utf8")) as string[]) : []),
  ]);
  const patience = Number(process.env["PATIENCE_SECONDS"] ?? patienceSeconds[moment]) * 1000;
  const asked = await Promise.all(
    urls.map(async ([service, url]) => {
      const matters = moment === "before" || needed.has(service);
      // What was down before is asked once, for who reads the log.
      return { service, url, matters, problem: await problemOf(url, matters ? patience : 1000) };
    }),
  );
  for (const { service, url, matters, problem } of asked) {
    const why = problem === undefined || matters ? "" : ", as before the change";
    process.stdout.write(`${service}: ${url} ${problem ?? "answers"}${why}\n`);
  }
  if (asked.length === 0) process.stdout.write("no service with a release is reached from outside\n");
  if (moment === "before") {
    const answering = asked.filter(({ problem }) => problem === undefined).map(({ service }) => service);
    writeFileSync(kept, JSON.stringify(answering));
  } else if (asked.some(({ matters, problem }) => matters && problem !== undefined)) process.exitCode = 1;
}

const isMoment = (text: string): text is Moment => Object.hasOwn(patienceSeconds, text);

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`the services cannot be asked: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
