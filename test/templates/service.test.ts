/**
 * What a new service starts from: its own tests, its program and its Makefile, with a real PostgreSQL, a real Redis and a
 * real Helm.
 *
 * Not proven here: that its image builds and runs, since no container engine does; docker and buildctl are scripts that
 * note what they were asked. And nothing of Google: the metadata server is a small one of the test.
 */
import { readFileSync, rmSync, mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";

import { expect } from "chai";
import { parse } from "yaml";

import { buildHelm } from "../../local/clusters/programs";
import { latencyBuckets } from "../../config/service";
import { serveChart } from "../support/chart-server";
import {
  copyOfTemplate,
  filesIn,
  rewrite,
  type Running,
  runIn,
  startIn,
  withPrograms,
} from "../support/service-template";
import { root } from "../support/settings";
import { startPostgres, startRedis, type Store } from "../support/stores";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

let service: string;
let postgres: Store;
let redis: Store;

before(async () => {
  [service, postgres, redis] = await Promise.all([copyOfTemplate("search"), startPostgres(), startRedis()]);
});
after(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
  rmSync(service, { recursive: true });
});

const stores = () => ({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
const addressIn = ({ output }: Running) => /listening at (http:\/\/[\d.]+:\d+)/.exec(output.text)?.[1];

/** Asks until what comes back is right; a minute is a hundred times what anything here takes. */
async function until<T>(ask: () => T | Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const patience = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > patience) throw new Error(`still wrong after a minute: ${JSON.stringify(answer)}`);
    await wait(50);
  }
}

/** Where a service answers, once it says so. */
async function urlOf(running: Running): Promise<string> {
  const found = (address: string | undefined) => address !== undefined;
  return (await until(() => addressIn(running), found)) ?? "";
}

const statusOf = async (url: string) => (await fetch(url)).status;

const template = join(root, "templates/service");
const naming = filesIn(template).filter((file) =>
  readFileSync(join(template, file), "utf8").includes("example-service"),
);

describe("the template of services", () => {
  it("says a service's name only in these files", () => {
    expect(naming.filter((file) => !file.startsWith("test/")).sort()).to.deep.equal([
      "Dockerfile",
      "Makefile",
      "README.md",
      "acceptance/notes.test.mjs",
      "package-lock.json",
      "package.json",
      "src/notes/routes.ts",
      "src/settings.ts",
    ]);
  });

  it("measures with the bounds that the alerts read", () => {
    const bounds = /const bounds = \[(.*)\]/.exec(
      readFileSync(join(service, "src/http/metrics.ts"), "utf8"),
    )?.[1];
    expect(bounds?.split(", ").map((seconds) => Number(seconds) * 1000)).to.deep.equal([...latencyBuckets]);
  });

  it("passes its own tests under another name", async () => {
    const { exitCode, output } = await runIn(service, ["npm", "test"], stores());
    expect(exitCode, output).to.equal(0);
    expect(Number(/pass (\d+)/.exec(output)?.[1])).to.be.above(30);
    expect(output).to.match(/skipped 0\n/);
  });

  it("fails its tests when it is broken", async () => {
    const file = join(service, "src/http/metrics.ts");
    const right = readFileSync(file, "utf8");
    rewrite(file, (text) => text.replace("0.25, 0.5", "0.3, 0.5"));
    const command = ["node", "--import", "tsx", "--test", "test/observing.test.ts"];
    const { exitCode, output } = await runIn(service, command, stores());
    rewrite(file, () => right);
    expect(exitCode).to.equal(1);
    expect(output).to.include("bounds that the platform's alerts read");
  });

  it("has nothing to mend, also when its name is the shortest or the longest", async () => {
    const { exitCode, output } = await runIn(service, ["make", "lint"]);
    expect(exitCode, output).to.equal(0);
    for (const name of ["a", "a234567890-234567890"]) {
      const other = await copyOfTemplate(name);
      const formatted = await runIn(other, [
        "node_modules/.bin/prettier",
        "--check",
        "--ignore-unknown",
        ...naming,
      ]);
      rmSync(other, { recursive: true });
      expect(formatted.exitCode, formatted.output).to.equal(0);
    }
  });

  it("fails `make lint` when something is to mend", async () => {
    const file = join(service, "src/secrets.ts");
    const right = readFileSync(file, "utf8");
    rewrite(file, (text) => text.replace("folder === undefined", "folder === 1"));
    const { exitCode, output } = await runIn(service, ["make", "lint"]);
    rewrite(file, () => right);
    expect(exitCode).to.equal(2);
    expect(output).to.include("src/secrets.ts");
  });
});

describe("the program of the template", () => {
  before(async () => {
    const { exitCode, output } = await runIn(service, ["npm", "run", "build"]);
    expect(exitCode, output).to.equal(0);
  });

  it("is migrated twice, serves, is tested from outside, and ends well", async () => {
    const env = { ...stores(), SERVICE_LOGIN: "postgres", HOST: "127.0.0.1", PORT: "0" };
    const first = await runIn(service, ["node", "dist/migrate.js"], env);
    expect(first.output).to.include("done: 0001-notes.sql, 0002-notes-by-author.sql");
    const second = await runIn(service, ["node", "dist/migrate.js"], env);
    expect(second).to.deep.include({ exitCode: 0 });
    expect(second.output).to.include("nothing to do");

    const running = startIn(service, ["node", "dist/main.js"], env);
    try {
      const url = await urlOf(running);
      await until(
        () => statusOf(`${url}/health/ready`),
        (status) => status === 200,
      );
      const { exitCode, output } = await runIn(service, ["make", "acceptance"], { URL: url });
      expect(exitCode, output).to.equal(0);
      expect(output).to.match(/pass 2\n/);
    } finally {
      expect(await running.stop(), running.output.text).to.equal(0);
    }
  });

  it("says why it could not migrate, and fails", async () => {
    const env = { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none", SERVICE_LOGIN: "search" };
    const { exitCode, output } = await runIn(service, ["node", "dist/migrate.js"], env);
    expect(exitCode).to.equal(1);
    const line = JSON.parse(output) as { severity: string; message: string };
    expect(line.severity).to.equal("ERROR");
    expect(line.message).to.match(/^the migration failed: .*ECONNREFUSED/);
  });

  it("logs in to redis with access tokens, by TLS, with each new one before the last ends", async () => {
    const place = mkdtempSync(join(tmpdir(), "authorities-"));
    const authorities = await makeAuthority(place, "redis");
    const strangers = await makeAuthority(place, "strangers");
    const port = await startTokens(["first", "second"]);
    const cache = await startRedis(
      [
        ...["--tls-cert-file", authorities.certificate, "--tls-key-file", authorities.key],
        ...["--tls-auth-clients", "no", "--user", "default", "on", ">first", ">second", "~*", "&*", "+@all"],
      ],
      "tls",
    );
    const env = {
      DATABASE_URL: postgres.url,
      HOST: "127.0.0.1",
      PORT: "0",
      REDIS_URL: cache.url,
      REDIS_AUTH: "iam",
      GCE_METADATA_HOST: `127.0.0.1:${port.number}`,
    };
    const ask = (command: string) => askRedis(cache.url, authorities.certificate, command);
    const authentications = async () =>
      Number(/cmdstat_auth:calls=(\d+)/.exec(await ask("INFO commandstats"))?.[1] ?? 0);
    const trusted = { ...env, REDIS_AUTHORITIES: authorities.certificate };
    const running = startIn(service, ["node", "dist/main.js"], trusted);
    const stranger = startIn(service, ["node", "dist/main.js"], {
      ...env,
      REDIS_AUTHORITIES: strangers.certificate,
    });
    try {
      const url = await urlOf(running);
      await until(
        () => statusOf(`${url}/health/ready`),
        (status) => status === 200,
      );
      // With the first token and then with the second, on one connection.
      await until(authentications, (count) => count === 2);
      // Whoever comes back has to know the second by now.
      await ask("ACL SETUSER default <first");
      await ask("CLIENT KILL TYPE normal SKIPME yes");
      await until(authentications, (count) => count >= 3);
      await until(
        () => statusOf(`${url}/health/ready`),
        (status) => status === 200,
      );
      const other = await urlOf(stranger);
      const { stores: seen } = (await (await fetch(`${other}/health/ready`)).json()) as { stores: object };
      expect(seen).to.deep.equal({ postgres: "available", redis: "not available" });
    } finally {
      expect(await Promise.all([running.stop(), stranger.stop()])).to.deep.equal([0, 0]);
      port.close();
      await cache.stop();
      rmSync(place, { recursive: true });
    }
  });
});

describe("the Makefile of the template", () => {
  let helm: string;
  before(async () => {
    helm = await buildHelm();
  });
  const make = (
    target: string,
    variables: Record<string, string> = {},
    programs: Record<string, string> = {},
  ) =>
    runIn(
      service,
      ["make", ...target.split(" "), ...Object.entries(variables).map(([key, value]) => `${key}=${value}`)],
      {
        PATH: withPrograms(service, programs),
      },
    );
  const local = () => ({ HELM: helm, CHART_BASE: join(root, "charts/service") });
  const valuesIn = async (archive: string) =>
    parse((await runIn(service, ["tar", "-xzOf", archive, "search/values.yaml"])).output) as {
      service: { image: object; migration: object; stopSeconds: number };
    };
  /** Without an engine that answers. */
  const dockerAway = { docker: "exit 1" };

  it("names what it can do, and its targets have a line each", async () => {
    const { output } = await make("help");
    for (const target of "build test push chart acceptance stores-up stores-down lint".split(" ")) {
      expect(output).to.match(new RegExp(`^ +make ${target} +\\S`, "m"));
    }
  });

  it("packages the chart, with the image's digest and no engine", async () => {
    const { exitCode, output } = await make(
      "chart",
      { VERSION: "1.0.0", DIGEST: digest, ...local() },
      dockerAway,
    );
    expect(exitCode, output).to.equal(0);
    expect(output.trim()).to.equal("build/charts/search-1.0.0.tgz");
    const values = await valuesIn("build/charts/search-1.0.0.tgz");
    expect(values.service).to.deep.include({
      image: { repository: "europe-west1-docker.pkg.dev/acme-ci/images/search", digest },
      migration: { command: ["node", "dist/migrate.js"] },
      stopSeconds: 30,
    });
  });

  it("takes service-base from a registry, and pushes the chart where CHARTS says", async () => {
    const packed = await runIn(service, [
      helm,
      "package",
      join(root, "charts/service"),
      "--destination",
      "build",
    ]);
    expect(packed.exitCode, packed.output).to.equal(0);
    const registry = await serveChart({
      archive: join(service, "build/service-base-1.0.0.tgz"),
      name: "service-base",
      version: "1.0.0",
    });
    try {
      const pushes = `case $1 in push) echo "pushed: $*" ;; *) exec ${helm} "$@" ;; esac`;
      const { exitCode, output } = await make(
        "chart",
        {
          VERSION: "1.0.1",
          DIGEST: digest,
          CHART_BASE: `oci://${registry.host}/charts/service-base`,
          CHARTS: `oci://${registry.host}/charts`,
        },
        { helm: pushes },
      );
      expect(exitCode, output).to.equal(0);
      expect(output).to.include(
        `pushed: push build/charts/search-1.0.1.tgz oci://${registry.host}/charts --plain-http`,
      );
    } finally {
      registry.close();
    }
  });

  it("refuses a service-base of another version than the repository's", async () => {
    const file = join(service, "chart/base-version");
    rewrite(file, () => "1.0.1\n");
    const { exitCode, output } = await make("chart", { VERSION: "1.0.0", DIGEST: digest, ...local() });
    rewrite(file, () => "1.0.0\n");
    expect(exitCode).to.equal(2);
    expect(output).to.include("is version 1.0.0, but chart/base-version says 1.0.1");
  });

  it("pushes by BuildKit where there is no Docker, and hands the digest on to the chart", async () => {
    const buildctl = `echo "$*" >> build/asked
      while [ $# -gt 0 ]; do
        [ "$1" != --metadata-file ] || printf '{ "containerimage.digest": "${digest}" }' > "$2"
        shift
      done`;
    const programs = { ...dockerAway, buildctl };
    const variables = {
      VERSION: "1.4.2",
      IMAGES: "registry.invalid/images",
      REGISTRY_CACHE: "registry.invalid/cache",
    };
    const pushed = await make("push", variables, programs);
    expect(pushed.output.trim()).to.equal(`registry.invalid/images/search:1.4.2@${digest}`);
    const asked = readFileSync(join(service, "build/asked"), "utf8");
    expect(asked).to.include("--opt target=release --opt build-arg:VERSION=1.4.2");
    expect(asked).to.include("--output type=image,name=registry.invalid/images/search:1.4.2,push=true");
    expect(asked).to.include("--import-cache type=registry,ref=registry.invalid/cache/search");
    const { exitCode, output } = await make("chart", { ...variables, ...local() });
    expect(exitCode, output).to.equal(0);
    const { service: packaged } = await valuesIn("build/charts/search-1.4.2.tgz");
    expect(packaged.image).to.deep.equal({ repository: "registry.invalid/images/search", digest });
  });

  it("fails `make test` by the status that the test stage wrote, after showing what it said", async () => {
    const buildctl = (status: number) =>
      `[ "$*" = "\${*#*target=reports}" ] || { echo ${status} > reports/status; echo "said by tests" > reports/unit.log; }`;
    const failed = await make("test", {}, { ...dockerAway, buildctl: buildctl(1) });
    expect(failed.exitCode).to.equal(2);
    expect(failed.output).to.include("said by tests\nthe unit tests failed; reports/ has what they said");
    const passed = await make("test", {}, { ...dockerAway, buildctl: buildctl(0) });
    expect(passed.exitCode, passed.output).to.equal(0);
  });

  it("tests by Docker on the network of the stores, and fails as the tests do", async () => {
    const docker = (status: number) => `echo "$*" >> build/docker; [ "$1" != run ] || exit ${status}`;
    const failed = await make("test", {}, { docker: docker(7) });
    expect(failed.exitCode).to.equal(2);
    expect(failed.output).to.include("the unit tests failed");
    const asked = readFileSync(join(service, "build/docker"), "utf8");
    expect(asked).to.match(/run --name search-test --network search .*@search-postgres:5432.*search-code/);
    expect((await make("test", {}, { docker: docker(0) })).exitCode).to.equal(0);
  });

  const wrong: Readonly<Record<string, [string, Record<string, string>, Record<string, string>, string]>> = {
    "no version": ["push", {}, dockerAway, "VERSION is not set; say for example: make push VERSION=1.4.2"],
    "no address": ["acceptance", {}, {}, "URL is not set; say for example: make acceptance URL=https://"],
    "an engine that is not started": [
      "build",
      {},
      dockerAway,
      "docker is installed, but its engine does not answer; start it",
    ],
    "no digest": [
      "chart",
      { VERSION: "9.9.9", HELM: "true" },
      {},
      "the image's digest is not known; push it first",
    ],
    "no helm": ["chart", { VERSION: "1.0.0", HELM: "no-helm" }, {}, "no-helm is not on PATH; install Helm"],
    "no service-base": [
      "chart",
      { VERSION: "1.0.0", DIGEST: digest, HELM: "true", CHART_BASE: "/tmp" },
      {},
      "/tmp is no service-base: it has no package.sh",
    ],
    "nobody logged in": [
      "push",
      { VERSION: "1.4.2" },
      { docker: '[ "$1" != push ] || { echo "denied: Permission denied" >&2; exit 1; }' },
      "log in first: gcloud auth configure-docker europe-west1-docker.pkg.dev",
    ],
    "no network of the stores": [
      "test",
      {},
      { docker: '[ "$1" != network ]' },
      "there are no stores to test with; start them: make stores-up",
    ],
  };
  for (const [what, [target, variables, programs, words]] of Object.entries(wrong)) {
    it(`says in plain words that there is ${what}`, async () => {
      const { exitCode, output } = await make(target, variables, programs);
      expect(exitCode).to.equal(2);
      expect(output).to.include(words);
      expect(output.trim().split("\n").length, output).to.be.at.most(4);
    });
  }
});

/** A certificate that signs itself, without the address that it is used at. */
async function makeAuthority(place: string, name: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(place, `${name}.crt`), join(place, `${name}.key`)];
  const { exitCode, output } = await runIn(place, [
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", `/CN=${name}`, "-out", certificate, "-keyout", key],
  ]);
  expect(exitCode, output).to.equal(0);
  return { certificate, key };
}

/** A metadata server whose first token ends soon. */
async function startTokens([first, second]: readonly [string, string]) {
  const state = { number: 0, given: 0, close: () => server.close() };
  const server = createServer((_request, response) => {
    state.given += 1;
    const isFirst = state.given === 1;
    response.end(JSON.stringify({ access_token: isFirst ? first : second, expires_in: isFirst ? 2 : 3600 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.number = (server.address() as AddressInfo).port;
  return state;
}

/** What a Redis behind TLS answers to somebody who has the second token. */
async function askRedis(url: string, certificate: string, command: string): Promise<string> {
  const socket = connect({
    port: Number(new URL(url).port),
    host: "127.0.0.1",
    ca: readFileSync(certificate),
    checkServerIdentity: () => undefined,
  });
  // Not by AUTH, whose calls are counted.
  socket.end(`HELLO 2 AUTH default second\r\n${command}\r\nQUIT\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
