import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { root, temporaryFolder } from "../../support/plan-world";

describe("the services that are to answer", function () {
  this.timeout(180_000);
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));
  const folder = temporaryFolder("platform-answering-");
  const kept = join(folder, "answering.json");

  /** Answers with each status once, and with the last for ever. */
  async function answers(statuses: number[], type = "text/plain"): Promise<string> {
    const server = createServer((_request, response) => {
      const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
      response
        .writeHead(status, { connection: "close", "content-type": type, location: "http://127.0.0.1:1/" })
        .end("text");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/billing`;
  }

  const run = (moment: string, releases: readonly string[], input: string, seconds = "1") =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const file = join(folder, "staging.yaml");
      writeFileSync(file, releases.map((name) => `${name}: { version: 1.0.0, by: x, build: y }\n`).join(""));
      const program = ["--import", "tsx", join(root, "jenkins", "pipelines", "answering.ts")];
      const env = { ...process.env, PATIENCE_SECONDS: seconds };
      const child = execFile(
        process.execPath,
        [...program, moment, file, kept, "billing"],
        { cwd: root, env },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end(input);
    });
  /** All of them have a release. */
  const before = (urls: Record<string, string>) => run("before", Object.keys(urls), JSON.stringify(urls));
  const after = (urls: Record<string, string>, answered: readonly string[], seconds?: string) => {
    writeFileSync(kept, JSON.stringify(answered));
    return run("after", Object.keys(urls), JSON.stringify(urls), seconds);
  };
  const names = () => JSON.parse(readFileSync(kept, "utf8")) as string[];

  it("have answered with anything below 500: what strangers get is their own matter", async () => {
    const urls = {
      billing: await answers([200]),
      b: await answers([401]),
      c: await answers([403]),
      d: await answers([302]),
      e: await answers([426]),
    };
    expect((await before(urls)).code).to.equal(0);
    expect(names()).to.deep.equal(Object.keys(urls));
    const { code, out } = await after(urls, names());
    expect(code).to.equal(0);
    expect(out).to.equal(
      Object.entries(urls)
        .map(([name, url]) => `${name}: ${url} answers\n`)
        .join(""),
    );
  });

  it("have not answered where the load balancer says 404 by itself, but where they do, in JSON", async () => {
    await before({
      plain: await answers([404]),
      page: await answers([404], "text/html; charset=UTF-8"),
      own: await answers([404], "application/json; charset=utf-8"),
      problem: await answers([404], "application/problem+json"),
    });
    expect(names()).to.deep.equal(["own", "problem"]);
    const { code, out } = await after({ billing: await answers([404]) }, []);
    expect(code).to.equal(1);
    expect(out).to.contain("answers 404, and not in JSON: no route leads there");
  });

  it("are the promoted one and all that answered before, each named", async () => {
    const good = await answers([200]);
    const bad = await answers([503]);
    const gone = "http://127.0.0.1:1/";
    const urls = { billing: good, bad, gone };
    const { code, out } = await after(urls, ["bad", "gone"]);
    expect(code).to.equal(1);
    expect(out).to.equal(
      `billing: ${good} answers\nbad: ${bad} answers 503\ngone: ${gone} does not answer (bad port)\n`,
    );
    expect((await after({ billing: bad, good }, ["good"])).code).to.equal(1);
    expect((await after({ billing: good, bad }, ["bad"])).code).to.equal(1);
  });

  it("are not those that were down before: they keep nobody from releasing", async () => {
    const urls = { billing: await answers([200]), down: await answers([503]) };
    expect((await before(urls)).code).to.equal(0);
    expect(names()).to.deep.equal(["billing"]);
    const { code, out } = await after(urls, names());
    expect(code).to.equal(0);
    expect(out).to.contain(`down: ${urls.down} answers 503, as before the change\n`);
  });

  it("are not asked without a release: nothing is there that could answer", async () => {
    const urls = JSON.stringify({ billing: await answers([200]), absent: "http://127.0.0.1:1/" });
    expect((await run("before", ["billing"], urls)).out).not.to.contain("absent");
    expect(names()).to.deep.equal(["billing"]);
  });

  it("are given time", async () => {
    expect((await after({ billing: await answers([502, 404, 503, 200]) }, [], "8")).code).to.equal(0);
  });

  it("fail at the end of it when they hang", async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, out } = await after({ billing: url }, []);
    server.closeAllConnections();
    expect([code, out]).to.deep.equal([
      1,
      `billing: ${url} does not answer (The operation was aborted due to timeout)\n`,
    ]);
  });

  it("may be none, and are never nothing that was misread", async () => {
    expect(await after({}, [])).to.include({
      code: 0,
      out: "no service with a release is reached from outside\n",
    });
    expect((await run("before", [], "")).code).to.equal(1);
    writeFileSync(kept, "");
    expect((await run("after", [], "{}")).code).to.equal(1);
    expect((await run("sometime", [], "{}")).err).to.contain('"sometime" must be before or after');
  });
});
