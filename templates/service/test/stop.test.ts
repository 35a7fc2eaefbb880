import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { fileURLToPath } from "node:url";
import { after, before, describe, it, type TestContext } from "node:test";

import { migrate } from "../src/migrations.js";
import { forwardTo, type Forwarder } from "./support/forwarder.js";
import { migrations, until } from "./support/running-service.js";
import { cacheUrl, makeDatabase, type TestDatabase } from "./support/stores.js";

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const limit = { timeout: 30_000 };

let database: TestDatabase;
let postgres: Forwarder;
before(async () => {
  database = await makeDatabase();
  await migrate(database.migrator, migrations, database.serviceLogin);
  postgres = await forwardTo(database.service);
});
after(async () => {
  await postgres.close();
  await database.drop();
});

/** The service as a process of its own, as in its container. */
function start(variables: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: "0",
      DATABASE_URL: postgres.url,
      REDIS_URL: cacheUrl(4),
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output.text += chunk.toString()));
  }
  return { child, output };
}

type Started = ReturnType<typeof start>;

/** The port it listens on, once it is ready. */
async function portOf({ child, output }: Started, test: TestContext): Promise<number> {
  await says({ child, output }, "listening at", test);
  const port = Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(output.text)?.[1]);
  await until(
    () => call(port, "/health/ready"),
    (status) => status === 200,
    test,
  );
  return port;
}

/** Waits for a line of its log, and not for one of a program that has ended. */
async function says({ child, output }: Started, text: string, test: TestContext): Promise<void> {
  await until(
    () => Promise.resolve(output.text.includes(text) || child.exitCode !== null),
    (done) => done,
    test,
  );
  assert.ok(output.text.includes(text), output.text);
}

const kept = new Agent({ keepAlive: true });

async function call(port: number, path: string): Promise<number | undefined> {
  const [answer] = (await once(get({ host: "127.0.0.1", port, path, agent: kept }), "response")) as [
    IncomingMessage,
  ];
  answer.resume();
  await once(answer, "end");
  return answer.statusCode;
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

describe("the signal to stop", () => {
  it("lets a call finish that is running, takes no new one, and ends well", limit, async (test) => {
    const started = start({});
    const { child, output } = started;
    test.after(() => child.kill("SIGKILL"));
    const port = await portOf(started, test);

    postgres.pause();
    const running = call(port, "/example-service/notes");
    const answered = { yet: false };
    void running.then(() => (answered.yet = true));
    // A call that was begun after it is answered: so the one before has arrived.
    await call(port, "/health/live");
    child.kill("SIGTERM");
    await says(started, "stopping on SIGTERM", test);
    const refused = await until(
      () => call(port, "/health/ready").catch((error: NodeJS.ErrnoException) => error.code),
      (answer) => answer !== 200,
      test,
    );
    assert.ok(refused === 503 || refused === "ECONNREFUSED" || refused === "ECONNRESET", String(refused));
    assert.equal(answered.yet, false);
    assert.equal(child.exitCode, null);

    postgres.resume();
    assert.equal(await running, 200);
    assert.equal(await end(child), 0);
    assert.ok(output.text.includes('"message":"stopped"'), output.text);
  });

  it("does not wait longer than it may for a call that does not end", limit, async (test) => {
    const started = start({ STOP_SECONDS: "1" });
    const { child, output } = started;
    test.after(() => child.kill("SIGKILL"));
    const port = await portOf(started, test);
    postgres.pause();
    const running = call(port, "/example-service/notes").catch(() => "broken");
    await call(port, "/health/live");
    child.kill("SIGTERM");
    assert.equal(await end(child), 1);
    postgres.resume();
    assert.equal(await running, "broken");
    assert.ok(output.text.includes("calls were still running after 1 s"), output.text);
  });
});

describe("a start", () => {
  it("without its settings ends at once, with all that is missing and no stack", limit, async (test) => {
    const { child, output } = start({ DATABASE_URL: "", REDIS_URL: "" });
    test.after(() => child.kill("SIGKILL"));
    assert.equal(await end(child), 1);
    assert.match(
      output.text,
      /^the settings are wrong:\n {2}- DATABASE_URL is not set.*\n {2}- REDIS_URL is not set.*\n$/,
    );
  });
});
