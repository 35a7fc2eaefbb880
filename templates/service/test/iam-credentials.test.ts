import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, mock } from "node:test";

import type { FastifyBaseLogger } from "fastify";

import { fetchAccessToken } from "../src/stores/access-token.js";
import { iamCredentials } from "../src/stores/iam-credentials.js";

const log = { warn: () => undefined, error: () => undefined } as unknown as FastifyBaseLogger;

describe("an access token", () => {
  it("comes from the metadata server, which wants to be asked by its header", async () => {
    const server = createServer((request, response) => {
      const right =
        request.headers["metadata-flavor"] === "Google" &&
        request.url === "/computeMetadata/v1/instance/service-accounts/default/token";
      response.statusCode = right ? 200 : 403;
      response.end(JSON.stringify({ access_token: "of-the-pod", expires_in: 3599, token_type: "Bearer" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const token = await fetchAccessToken(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    assert.deepEqual(token, { value: "of-the-pod", seconds: 3599 });
  });

  it("is replaced before it ends, again and again, also after a failure", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const answers = [
        { value: "first", seconds: 3600 },
        new Error("not now"),
        { value: "second", seconds: 400 },
        { value: "third", seconds: 3600 },
      ];
      const given: (string | undefined)[] = [];
      const credentials = iamCredentials(log, () => {
        const answer = answers.shift();
        return answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve(answer ?? { value: "", seconds: 1 });
      });
      const [first, subscription] = await credentials.subscribe({
        onNext: ({ password }) => given.push(password),
        onError: () => assert.fail(),
      });
      const pass = async (seconds: number) => {
        mock.timers.tick(seconds * 1000);
        await new Promise((resolve) => setImmediate(resolve));
      };
      assert.equal(first.password, "first");
      await pass(2699);
      assert.deepEqual(given, []);
      await pass(1);
      assert.equal(answers.length, 2, "the failure was met");
      await pass(5);
      assert.deepEqual(given, ["second"]);
      await pass(300);
      assert.deepEqual(given, ["second", "third"]);
      subscription.dispose();
      await pass(3600);
      assert.deepEqual(given, ["second", "third"]);
    } finally {
      mock.timers.reset();
    }
  });
});
