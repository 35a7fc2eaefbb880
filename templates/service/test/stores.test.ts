import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { forwardTo, type Forwarder } from "./support/forwarder.js";
import { call, runService, type RunningService, until } from "./support/running-service.js";

let service: RunningService;
let postgres: Forwarder;
let redis: Forwarder;

before(async () => {
  service = await runService(2, async (settings) => {
    postgres = await forwardTo(settings.databaseUrl);
    redis = await forwardTo(settings.redis.url);
    return { databaseUrl: postgres.url, redis: { url: redis.url, iam: false } };
  });
});
after(async () => {
  await service.stop();
  await Promise.all([postgres.close(), redis.close()]);
});

const readiness = () => call(`${service.url}/health/ready`);
const isReady = ({ status }: { status: number }) => status === 200;
const limit = { timeout: 20_000 };

describe("a store that goes away", () => {
  for (const name of ["postgres", "redis"] as const) {
    it(`makes the service not ready until it is back (${name}), and never dead`, limit, async (test) => {
      const store = name === "postgres" ? postgres : redis;
      await until(readiness, isReady, test);
      await store.cut();
      const { body } = await until(readiness, (answer) => !isReady(answer), test);
      assert.equal(body.stores[name], "not available");
      assert.equal((await call(`${service.url}/health/live`)).status, 200);
      await store.mend();
      await until(readiness, isReady, test);
    });
  }

  it("makes the service not ready also when it only no longer answers", limit, async (test) => {
    await until(readiness, isReady, test);
    postgres.pause();
    const { status, body } = await readiness();
    postgres.resume();
    assert.equal(status, 503);
    assert.deepEqual(body.stores, { postgres: "not available", redis: "available" });
    await until(readiness, isReady, test);
  });

  it("is told to callers without what it is called inside", limit, async (test) => {
    await until(readiness, isReady, test);
    await postgres.cut();
    const { status, body } = await call(`${service.url}/example-service/notes`);
    await postgres.mend();
    assert.equal(status, 500);
    assert.equal(body.error.code, "internal");
    assert.doesNotMatch(JSON.stringify(body), /ECONN|127\.0\.0\.1|postgres|terminat/i);
    const line = service.log.find(({ message }) => message === "the call failed");
    assert.equal(line?.["requestId"], body.error.requestId);
    assert.match(JSON.stringify(line), /ECONN|terminat/i);
  });

  it("loses no note when it is only the one that counts them", limit, async (test) => {
    await until(readiness, isReady, test);
    await redis.cut();
    const added = await call(`${service.url}/example-service/notes`, {
      json: { author: "ada", text: "kept" },
    });
    const counted = await call(`${service.url}/example-service/count`);
    await redis.mend();
    assert.equal(added.status, 201);
    assert.equal(counted.status, 503);
    await until(readiness, isReady, test);
  });
});
