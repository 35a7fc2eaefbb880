import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { root } from "../../support/plan-world";

describe("the services that are to answer", function () {
  this.timeout(20_000);
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  /** Answers with each status once, and with the last for ever. */
  async function answers(...statuses: number[]): Promise<string> {
    const server = createServer((_request, response) => {
      const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
      response.writeHead(status, { connection: "close", location: "http://127.0.0.1:1/" }).end("text");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/billing`;
  }

  const asked = (urls: string, seconds = "1") =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const program = ["--import", "tsx", join(root, "jenkins", "pipelines", "answering.ts")];
      const env = { ...process.env, PATIENCE_SECONDS: seconds };
      const child = execFile(process.execPath, program, { cwd: root, env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end(urls);
    });

  it("have answered with anything below 500: what strangers get is their own matter", async () => {
    const urls = {
      a: await answers(200),
      b: await answers(401),
      c: await answers(404),
      d: await answers(302),
    };
    const { code, out } = await asked(JSON.stringify(urls));
    expect(code).to.equal(0);
    expect(out).to.equal(
      Object.entries(urls)
        .map(([name, url]) => `${name}: ${url} answers\n`)
        .join(""),
    );
  });

  it("fail together when one does not, and each is named", async () => {
    const urls = { good: await answers(200), bad: await answers(503), gone: "http://127.0.0.1:1/" };
    const { code, out } = await asked(JSON.stringify(urls));
    expect(code).to.equal(1);
    expect(out).to.equal(
      `good: ${urls.good} answers\nbad: ${urls.bad} answers 503\ngone: ${urls.gone} does not answer (bad port)\n`,
    );
  });

  it("are given time", async () => {
    expect((await asked(JSON.stringify({ slow: await answers(502, 503, 200) }), "8")).code).to.equal(0);
  });

  it("fail at the end of it when they hang", async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, out } = await asked(JSON.stringify({ slow: url }));
    server.closeAllConnections();
    expect([code, out]).to.deep.equal([
      1,
      `slow: ${url} does not answer (The operation was aborted due to timeout)\n`,
    ]);
  });

  it("may be none, and are never nothing that was misread", async () => {
    expect(await asked("{}")).to.include({
      code: 0,
      out: "no service is reached from outside, so nothing was asked\n",
    });
    expect((await asked("")).code).to.equal(1);
  });
});
