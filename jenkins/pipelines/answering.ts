/** Reads the URLs of services, `{ NAME: URL }`, from standard input, and fails unless all of them answer in time. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Load balancers take new pods up after a while. */
const patience = Number(process.env["PATIENCE_SECONDS"] ?? 120) * 1000;
const pause = Math.min(5000, patience / 4);

/** What is wrong with an address until the time is over, or undefined once it answers. */
async function problemOf(url: string, deadline: number): Promise<string | undefined> {
  for (;;) {
    const problem = await problemNow(url, deadline);
    if (problem === undefined || Date.now() + pause > deadline) return problem;
    await sleep(pause);
  }
}

/** Below 500 a service has answered: what it asks of strangers, a login or another path, is its own matter. */
async function problemNow(url: string, deadline: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.min(10_000, deadline - Date.now())));
    const response = await fetch(url, { redirect: "manual", signal });
    await response.body?.cancel();
    return response.status < 500 ? undefined : `answers ${response.status}`;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    return `does not answer (${cause?.code ?? cause?.message ?? message})`;
  }
}

async function main(): Promise<void> {
  const urls = Object.entries(JSON.parse(readFileSync(0, "utf8")) as Record<string, string>);
  if (urls.length === 0) {
    process.stdout.write("no service is reached from outside, so nothing was asked\n");
    return;
  }
  const deadline = Date.now() + patience;
  const problems = await Promise.all(urls.map(([, url]) => problemOf(url, deadline)));
  const lines = urls.map(([service, url], index) => `${service}: ${url} ${problems[index] ?? "answers"}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  if (problems.some((problem) => problem !== undefined)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`the URLs cannot be asked: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
