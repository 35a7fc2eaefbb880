/**
 * The way of a new service from an empty folder to production and out again, as people type it: the real engine, real
 * Kubernetes, a real registry and the real Helm. Not proven: that its image can be built and that its code runs, since
 * there is no container engine and no container; test/templates runs the code, with real stores.
 */
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { expect } from "chai";

import { buildHelm } from "../../local/clusters/programs";
import { cloneOfThis } from "../support/checkout";
import { temporaryFolder } from "../support/plan-world";

const world = `test-path-${process.pid}`;
const charts = "oci://europe-west1-docker.pkg.dev/acme-ci/charts";
const digest = `sha256:${"5".repeat(64)}`;
const staging = "catalog/releases/staging.yaml";

describe("the way of a service", function () {
  this.timeout(600_000);
  const checkout = cloneOfThis();
  const repository = join(temporaryFolder("platform-search-"), "search");
  /** What makes a chart of search: Helm as it reaches the registry of the world. */
  let helm: string;

  const local = (command: string, ...args: string[]) =>
    checkout.platform("local", command, "--world", world, ...args);
  const release = (...args: string[]) => checkout.platform("release", ...args);

  /** Brings staging or production up, and gives what changed. */
  const up = async (stack: string) => {
    const { code, out, err } = await local("up", stack, "--json");
    expect(code, err).to.equal(0);
    const { stacks } = JSON.parse(out) as { stacks: { changes: Record<string, number> }[] };
    const changes = Object.entries(stacks[0]?.changes ?? {});
    return Object.fromEntries(changes.filter(([verdict]) => verdict !== "same"));
  };
  const refusedUp = async () => {
    const { code, out, err } = await local("up", "staging");
    expect(code, out).not.to.equal(0);
    return out + err;
  };
  /** Version and state of what runs of search, and its pods that are ready, by the version they say they are. */
  const runs = async (stack: string) => {
    const list = await local(
      "helm",
      stack,
      "list",
      "--namespace",
      stack,
      "--filter",
      "^search$",
      "-o",
      "json",
    );
    const releases = JSON.parse(list.out) as { app_version: string; status: string }[];
    const pods = await local(
      "kubectl",
      ...[stack, "get", "pods", "-n", stack, "-l", "app.kubernetes.io/name=search", "-o", "json"],
    );
    const { items } = JSON.parse(pods.out) as {
      items: {
        metadata: { labels: Record<string, string> };
        status: { conditions?: { type: string; status: string }[] };
      }[];
    };
    const ready = items.filter(({ status }) =>
      status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
    return {
      releases: releases.map(({ app_version, status }) => `${app_version} ${status}`),
      ready: ready.map(({ metadata }) => metadata.labels["app.kubernetes.io/version"]),
    };
  };
  const runsWell = (version: string) => ({ releases: [`${version} deployed`], ready: [version, version] });
  /** A first release begins with one pod, until the autoscaler has looked; a minute is four times what that takes. */
  const comesToRun = async (stack: string, version: string) => {
    const patience = Date.now() + 60_000;
    let found = await runs(stack);
    while (!isDeepStrictEqual(found, runsWell(version)) && Date.now() < patience) {
      await wait(1000);
      found = await runs(stack);
    }
    expect(found).to.deep.equal(runsWell(version));
  };

  const makeChart = async (version: string, base: string) => {
    const { code, out, err } = await checkout.run(
      repository,
      "make",
      ...["chart", `VERSION=${version}`, `DIGEST=${digest}`, `CHARTS=${charts}`],
      ...[`CHART_BASE=${base}`, `HELM=${helm}`],
    );
    expect(code, out + err).to.equal(0);
  };
  /** A base whose pods play a part that a cluster on this machine knows. */
  const baseThatPlays = (template: string, plays: string) => {
    const folder = join(temporaryFolder("platform-base-"), "service");
    cpSync(join(checkout.folder, "charts", "service"), folder, { recursive: true });
    const file = join(folder, "templates", template);
    const text = readFileSync(file, "utf8");
    const labels = /\n( +)template:\n +metadata:\n/.exec(text)?.[0] ?? "none";
    const annotation = `${labels}${" ".repeat(labels.search(/\S/) + 3)}`;
    const after = text.includes("      annotations:\n        #")
      ? text.replace("      annotations:\n", `      annotations:\n        kwok.platform/plays: ${plays}\n`)
      : text.replace(
          labels,
          `${annotation.trimEnd()}\n      annotations: { kwok.platform/plays: ${plays} }\n`,
        );
    if (after === text) throw new Error(`nothing in ${template} plays`);
    writeFileSync(file, after.replace(/\n\n +annotations: \{/, "\n      annotations: {"));
    return folder;
  };
  const setTo = async (version: string) => {
    const done = await release(
      "set",
      "search",
      version,
      ...["--stack", "staging", "--by", "jenkins", "--build", "search/main/1"],
    );
    expect(done.code, done.err).to.equal(0);
  };

  before(async () => {
    // One service runs beside the new one: it has to stay as it is.
    for (const stack of ["staging", "production"]) {
      checkout.write(
        `catalog/releases/${stack}.yaml`,
        "webhooks: { version: 0.8.0, by: jenkins, build: webhooks/main/9 }\n",
      );
    }
    // What never gets ready is given up sooner than in earnest.
    checkout.edit("components/service.ts", "timeout: 600", "timeout: 20");
    checkout.commit("the product before search");
    const built = await buildHelm();
    const { code, err } = await local("up", "ci", "staging", "production", "--scale", "0");
    expect(code, err).to.equal(0);
    helm = join(temporaryFolder("platform-helm-"), "helm");
    // Only what goes to the registry needs the way to it.
    writeFileSync(
      helm,
      `#!/bin/sh\ncase $1 in pull | push) exec "${checkout.folder}/platform" local helm --world ${world} ci "$@" ;; esac\nexec "${built}" "$@"\n`,
    );
    chmodSync(helm, 0o755);
  });
  after(() => local("down"));

  it("begins with a repository that keeps to the guidelines, and an entry in the catalogue", async () => {
    const made = await checkout.platform(
      ...["service", "new", "search", "--owner", "search-team"],
      ...["--repository", "https://github.com/acme/search", "--expose", "api/search", "--to", repository],
    );
    expect(made.code, made.err).to.equal(0);
    const checked = await checkout.platform("service", "check", repository);
    expect(checked.out + checked.err).to.match(/^search: all \d+ rules hold\n$/);
    expect(existsSync(join(checkout.folder, "catalog", "services", "search.yaml"))).to.equal(true);
  });

  it("gets what it needs before it has a version, in staging and in production", async () => {
    expect(Object.keys(await up("staging"))).to.deep.equal(["create"]);
    expect(Object.keys(await up("production"))).to.deep.equal(["create"]);
    expect(await runs("staging")).to.deep.equal({ releases: [], ready: [] });
  });

  it("runs in staging in the version whose chart its own make has pushed", async () => {
    await makeChart("1.0.0", join(checkout.folder, "charts", "service"));
    await setTo("1.0.0");
    await up("staging");
    await comesToRun("staging", "1.0.0");
  });

  it("changes by its own release and nothing else when another version is set", async () => {
    await makeChart("1.0.1", join(checkout.folder, "charts", "service"));
    await setTo("1.0.1");
    checkout.commit("search 1.0.1");
    expect(await up("staging")).to.deep.equal({ update: 1 });
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("does not come to production in a version that staging never ran", async () => {
    const skipped = await release(
      "set",
      "search",
      "1.0.2",
      ...["--stack", "production", "--by", "somebody", "--build", "a hurry"],
    );
    expect([skipped.code, skipped.err]).to.deep.equal([3, skipped.err]);
    expect(skipped.err)
      .to.match(/staging/)
      .and.include("1.0.2");
  });

  it("comes to production as what staging runs", async () => {
    const promoted = await release("promote", "search");
    expect(promoted.code, promoted.err).to.equal(0);
    checkout.commit("search 1.0.1 in production");
    await up("production");
    await comesToRun("production", "1.0.1");
    expect((await release("status")).out).to.match(/^search +1\.0\.1 +1\.0\.1$/m);
  });

  it("is refused in a version that nobody pushed, naming those that are there, and goes on running", async () => {
    await setTo("9.9.9");
    const said = await refusedUp();
    expect(said).to.include("9.9.9").and.include("1.0.0, 1.0.1");
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("is refused with values that its chart does not take, and goes on running", async () => {
    checkout.edit(staging, "9.9.9", "1.0.1");
    const entry = "catalog/services/search.yaml";
    const before = readFileSync(join(checkout.folder, entry), "utf8");
    checkout.write(entry, `${before}port: 5432\n`);
    expect(await refusedUp()).to.include("port");
    checkout.write(entry, `${before}prot: 8081\n`);
    expect(await refusedUp()).to.include("prot is not a setting; did you mean port?");
    checkout.write(entry, before);
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("is rolled back when its migration fails, with the reason, and goes on running", async () => {
    await makeChart("1.1.0", baseThatPlays("migration.yaml", "crashing"));
    await setTo("1.1.0");
    expect(await refusedUp())
      .to.match(/search-migration/)
      .and.match(/rolled back/);
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("is rolled back when its image never starts, with the reason, and goes on running", async () => {
    await makeChart("1.2.0", baseThatPlays("deployment.yaml", "missing-image"));
    await setTo("1.2.0");
    expect(await refusedUp())
      .to.include("ImagePullBackOff")
      .and.include("rolled back");
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("goes back to the version before by one command", async () => {
    checkout.commit("search 1.2.0, which does not start");
    const back = await release("rollback", "search", "--stack", "staging");
    expect(back.code, back.err).to.equal(0);
    expect(readFileSync(join(checkout.folder, staging), "utf8")).to.include("search: { version: 1.0.1,");
    await up("staging");
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
  });

  it("cannot be removed in one step, which would take its data", async () => {
    const entry = "catalog/services/search.yaml";
    const before = readFileSync(join(checkout.folder, entry), "utf8");
    const line = readFileSync(join(checkout.folder, staging), "utf8");
    await checkout.run(checkout.folder, "git", "rm", "--quiet", "--force", entry);
    expect(await refusedUp()).to.include("search is no service of catalog/services");
    checkout.write(staging, line.replace(/^search:.*\n/m, ""));
    checkout.edit("catalog/releases/production.yaml", /^search:.*\n/m, "");
    expect(await refusedUp())
      .to.include("search")
      .and.match(/protect/i);
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
    checkout.write(entry, before);
    checkout.write(staging, line);
  });

  it("is removed in two: retired first, and then gone with all it had", async () => {
    const entry = "catalog/services/search.yaml";
    const text = readFileSync(join(checkout.folder, entry), "utf8");
    checkout.write(entry, `${text}retired: true\n`);
    await up("staging");
    expect(await runs("staging")).to.deep.equal(runsWell("1.0.1"));
    await checkout.run(checkout.folder, "rm", entry);
    checkout.edit(staging, /^search:.*\n/m, "");
    const changes = await up("staging");
    expect(Object.keys(changes)).to.deep.equal(["delete"]);
    expect(await runs("staging")).to.deep.equal({ releases: [], ready: [] });
  });
});
