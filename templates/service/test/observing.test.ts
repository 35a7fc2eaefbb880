import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { call, runService, type RunningService } from "./support/running-service.js";

let service: RunningService;
before(async () => {
  service = await runService(3);
});
after(() => service.stop());

const metrics = async () => (await call(`${service.url}/metrics`)).text;
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("metrics", () => {
  it("count calls by code, method and route, and not by the address", async () => {
    await call(`${service.url}/example-service/notes/1`);
    await call(`${service.url}/example-service/notes/2`);
    await call(`${service.url}/nowhere/at/all`);
    const text = await metrics();
    const route = "/example-service/notes/:id";
    assert.ok(text.includes(`http_requests_total{code="404",method="GET",route="${route}"} 2`), text);
    assert.ok(text.includes('http_requests_total{code="404",method="GET",route="none"} 1'), text);
    assert.ok(!text.includes("nowhere"));
  });

  it("time calls with the bounds that the platform's alerts read", async () => {
    await call(`${service.url}/example-service/notes`);
    const text = await metrics();
    const labels = 'code="200",method="GET",route="/example-service/notes"';
    const bounds = [...text.matchAll(/^http_request_duration_seconds_bucket\{le="([^"]+)",(.*)\} /gm)]
      .filter(([, , others]) => others === labels)
      .map(([, bound]) => bound);
    const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    assert.deepEqual(bounds, [...seconds.map(String), "+Inf"]);
    assert.ok(text.includes(`http_request_duration_seconds_count{${labels}} 1`));
    assert.ok(text.includes(`http_request_duration_seconds_sum{${labels}} `));
  });

  it("tell about the process, and nothing about the platform's own questions", async () => {
    await call(`${service.url}/health/ready`);
    const text = await metrics();
    assert.ok(text.includes("process_cpu_seconds_total "));
    assert.ok(text.includes("nodejs_eventloop_lag_seconds "));
    assert.doesNotMatch(text, /route="\/(health|metrics)/);
  });
});

describe("the log", () => {
  it("has a line for each call, with the fields that Google Cloud Logging knows", async () => {
    const { headers } = await call(`${service.url}/example-service/notes?author=ada`, {
      headers: { "x-request-id": "call-1", traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    assert.equal(headers.get("x-request-id"), "call-1");
    const line = service.log.find(({ requestId }) => requestId === "call-1");
    assert.equal(line?.["severity"], "INFO");
    assert.equal(line["message"], "answered");
    assert.equal(line["service"], "example-service");
    assert.equal(line["version"], "1.2.3");
    assert.equal(line["logging.googleapis.com/trace"], trace);
    assert.match(line["time"] as string, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const request = line["httpRequest"] as Record<string, unknown>;
    assert.equal(request["requestUrl"], "/example-service/notes");
    assert.equal(request["status"], 200);
    assert.match(request["latency"] as string, /^\d+\.\d+s$/);
  });

  it("gives a call an id of its own when the caller's could write lines into it", async () => {
    const given = "a b".repeat(50);
    const { headers } = await call(`${service.url}/example-service/notes`, {
      headers: { "x-request-id": given },
    });
    assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  });

  it("knows Google's own header of a trace", async () => {
    const headers = { "x-request-id": "call-2", "x-cloud-trace-context": `${trace}/1;o=1` };
    await call(`${service.url}/example-service/notes`, { headers });
    const line = service.log.find(({ requestId }) => requestId === "call-2");
    assert.equal(line?.["logging.googleapis.com/trace"], trace);
  });
});
