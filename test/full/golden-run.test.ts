/**
 * A push to main of a new service, from its build to its pods in staging, with the pipelines that Jenkins runs: the
 * Jenkinsfile of the template, `servicePipeline` and `promote` by Jenkins' own interpreter. Real are the steps' shell
 * commands with the variables of the real pod templates, `make`, Helm, the registry of a local world and the chart in
 * it, git with the commit on main, `./platform release`, the engine, Kubernetes and what runs in staging.
 *
 * Not proven, since something stands in for it: that an image can be built, tested and pushed (`buildctl` is a script,
 * whose JUnit report is of another test), that the data stores come up (their ports are fixed, so waiting for them is
 * only recorded), that Jenkins and its plugins do as the steps in jenkins/test do, that Slack and GitHub take what they
 * get, what the accounts of pods may do, and the way from the internet: a server of this test is asked in place of the
 * product's public addresses. `pulumi` is the real engine on the world's state and not on the bucket's.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { cloneOfThis } from "../support/checkout";
import { commitAll, git } from "../support/git";
import { goldenRun, type JobDone } from "../support/golden-run";
import { temporaryFolder } from "../support/plan-world";
import { podPrograms } from "../support/pod-programs";

const world = `test-golden-${process.pid}`;
const charts = "oci://europe-west1-docker.pkg.dev/acme-ci/charts";
const digest = `sha256:${"5".repeat(64)}`;
const staging = "catalog/releases/staging.yaml";

describe("a push to main of a service", function () {
  this.timeout(600_000);
  const checkout = cloneOfThis();
  const folder = temporaryFolder("platform-search-");
  const search = join(folder, "search");
  const origin = join(folder, "origin.git");
  /** Helm as people have it. */
  const byHand = join(folder, "helm");
  /** What was asked of the product by its public addresses, which are this server's. */
  const asked: string[] = [];
  let door: Server;
  let programs: Awaited<ReturnType<typeof podPrograms>>;

  const local = (command: string, ...args: string[]) =>
    checkout.platform("local", command, "--world", world, ...args);
  const well = async (running: Promise<{ code: number; out: string; err: string }>) => {
    const { code, out, err } = await running;
    expect(code, out + err).to.equal(0);
    return out;
  };
  /** Runs the build and the deployment that it asks for. */
  const buildAndPromotion = async (number: number): Promise<[JobDone, JobDone]> => {
    const [built, promoted, ...rest] = await goldenRun({
      service: search,
      origin,
      build: number,
      programs,
    });
    expect(rest).to.deep.equal([]);
    if (!built || !promoted)
      throw new Error(`no deployment was asked for: ${JSON.stringify(built, null, 2)}`);
    return [built, promoted];
  };
  const onMain = (file: string) => git(origin, "show", `main:${file}`);
  const versionOf = (number: number) => {
    const history = git(search, "rev-list", "--count", "HEAD");
    return `1.0.${history}-main.${number}.g${git(search, "rev-parse", "HEAD").slice(0, 7)}`;
  };

  /** What runs in staging: each release with its version and state, and how many pods of each version are ready. */
  const running = async () => {
    const list = await well(local("helm", ...["staging", "list", "--namespace", "staging", "-o", "json"]));
    const pods = await well(local("kubectl", ...["staging", "get", "pods", "-n", "staging", "-o", "json"]));
    const { items } = JSON.parse(pods) as {
      items: {
        metadata: { labels: Record<string, string> };
        status: { conditions?: { type: string; status: string }[] };
      }[];
    };
    const ready: Record<string, number> = {};
    for (const { metadata, status } of items) {
      if (!status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True")) continue;
      const of = `${metadata.labels["app.kubernetes.io/name"]} ${metadata.labels["app.kubernetes.io/version"]}`;
      ready[of] = (ready[of] ?? 0) + 1;
    }
    const releases = JSON.parse(list) as { name: string; app_version: string; status: string }[];
    return {
      releases: releases.map(({ name, app_version, status }) => `${name} ${app_version} ${status}`),
      ready,
    };
  };
  const runs = (version: string) => ({
    releases: [`search ${version} deployed`, "webhooks 0.8.0 deployed"],
    ready: { [`search ${version}`]: 2, "webhooks 0.8.0": 2 },
  });
  /** A first release begins with one pod, until the autoscaler has looked. */
  const comesToRun = async (version: string) => {
    const patience = Date.now() + 60_000;
    while ((await running()).ready[`search ${version}`] !== 2 && Date.now() < patience) await wait(1000);
    expect(await running()).to.deep.equal(runs(version));
  };

  before(async () => {
    // One service runs beside the new one: it has to stay as it is.
    checkout.write(staging, "webhooks: { version: 0.8.0, by: jenkins, build: webhooks/main/9 }\n");
    // What never gets ready is given up sooner than in earnest.
    checkout.edit("components/service.ts", "timeout: 600", "timeout: 20");
    checkout.commit("the product before search");
    await well(
      checkout.platform(
        ...["service", "new", "search", "--owner", "search-team", "--expose", "api/search"],
        ...["--repository", "https://github.com/acme/search", "--to", search],
      ),
    );
    // What the template's own ask needs a service that really runs.
    writeFileSync(
      join(search, "acceptance", "notes.test.mjs"),
      'import { test } from "node:test";\n' +
        'test("is there", async () => { if (!(await fetch(`${process.env.URL}/search?acceptance`)).ok) throw new Error("no"); });\n',
    );
    commitAll(search, "search: begin");

    door = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    programs = await podPrograms({
      folder,
      checkout: checkout.folder,
      world,
      digest,
      door: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    });

    await well(local("up", "ci", "--scale", "0"));
    // Its first version, which a person brings in: promote takes none that does not run already.
    writeFileSync(byHand, `#!/bin/sh\n${programs.helm}\n`, { mode: 0o755 });
    const base = join(checkout.folder, "charts", "service");
    await well(
      checkout.run(
        search,
        ...["make", "chart", "VERSION=1.0.0", `DIGEST=${digest}`, `CHARTS=${charts}`],
        ...[`CHART_BASE=${base}`, `HELM=${byHand}`],
      ),
    );
    await well(
      checkout.platform(
        ...["release", "set", "search", "1.0.0", "--stack", "staging"],
        ...["--by", "somebody", "--build", "the first"],
      ),
    );
    checkout.commit("search 1.0.0");
    git(checkout.folder, "clone", "--quiet", "--bare", checkout.folder, origin);
    await well(local("up", "staging"));
    await comesToRun("1.0.0");
  });
  after(async () => {
    door?.close();
    await local("down");
  });

  /** A base whose migrations crash in a cluster on this machine. */
  async function pushCrashingBase(version: string): Promise<void> {
    const base = join(temporaryFolder("platform-base-"), "service");
    cpSync(join(checkout.folder, "charts", "service"), base, { recursive: true });
    change(join(base, "Chart.yaml"), /^version: .*$/m, `version: ${version}`);
    change(
      join(base, "templates", "migration.yaml"),
      "\n    metadata:\n",
      "\n    metadata:\n      annotations: { kwok.platform/plays: crashing }\n",
    );
    await well(checkout.run(folder, byHand, "package", base));
    await well(checkout.run(folder, byHand, "push", `service-base-${version}.tgz`, charts));
  }

  describe("whose version comes to run", () => {
    let built: JobDone;
    let promoted: JobDone;
    let version: string;
    let was: string;

    before(async () => {
      writeFileSync(join(search, "CHANGES"), "search: the second version\n");
      commitAll(search, "search: change something");
      version = versionOf(12);
      was = git(origin, "rev-parse", "main");
      asked.length = 0;
      [built, promoted] = await buildAndPromotion(12);
    });

    it("is built and tested, its image and its chart are pushed, and then staging is asked for", () => {
      expect(built.failure).to.equal(undefined);
      expect(built.order).to.deep.equal([...building, "platform/promote"]);
      expect(commandsOf(built)).to.deep.equal([
        "history",
        "targets",
        "registries",
        "wait for postgres",
        "wait for redis",
        ...["make build", "make test", "make push", "make chart"],
      ]);
      expect(new Set(built.steps.filter(({ ran }) => ran).map(({ node }) => node))).to.deep.equal(
        new Set(["service-build-postgres-redis"]),
      );
      expect(built.steps.find(({ step }) => step === "junit")).to.include({ totalCount: 1, failCount: 0 });
    });

    it("has one version, of its commit, in its chart with the digest of its image", async () => {
      const shown = await well(local("helm", "ci", "show", "all", `${charts}/search`, "--version", version));
      expect(shown).to.include(`appVersion: ${version}\n`).and.include(digest);
      expect(shown).to.include("europe-west1-docker.pkg.dev/acme-ci/images/search");
    });

    it("is planned, committed, brought up and asked, by who may do that and in the environment's lock", () => {
      expect(promoted.failure).to.equal(undefined);
      expect(promoted.parameters).to.deep.equal({
        SERVICE: "search",
        VERSION: version,
        TARGET: "staging",
        BUILD: "services/search/main #12",
      });
      expect(promoted.order).to.deep.equal([
        ...["Checkout", "Plan", "Commit", "Up", "Acceptance", "Acceptance tests"],
      ]);
      const commands = promoted.steps.filter(({ ran }) => ran !== undefined);
      for (const { ran, node, container, lock } of commands.filter(({ node }) => node !== "service-build")) {
        expect({ ran, node, container, lock }).to.deep.equal({
          ran,
          node: "deploy-staging",
          container: "deploy",
          lock: "platform-staging",
        });
      }
    });

    it("is accepted by the product's tests in its repository, in a pod that has no right in staging", () => {
      const tests = promoted.steps.filter(({ ran, node }) => ran !== undefined && node === "service-build");
      expect(tests.map(({ ran, status, container }) => [ran, status, container])).to.deep.equal([
        ["the commit of the version", 0, "build"],
        ["targets", 0, "build"],
        ["make acceptance", 0, "build"],
      ]);
      expect(asked).to.include("/search?acceptance");
    });

    it("is one commit on main: one line of one file, by Jenkins, with the build that made the version", () => {
      expect(git(origin, "log", "--format=%an: %s | %b", `${was}..main`).trim()).to.equal(
        `jenkins: staging: deploy search ${version} | Made by: services/search/main #12`,
      );
      expect(git(origin, "diff", "--numstat", was, "main")).to.equal(`1\t1\t${staging}`);
      expect(onMain(staging)).to.match(
        new RegExp(`^search: \\{ version: ${version}, by: jenkins, build: .*services/search/main #12`, "m"),
      );
    });

    it("runs in staging, and what ran beside it still does", async () => {
      const up = promoted.steps.find(({ ran }) => ran === "jenkins/pipelines/deploy-release.sh");
      expect(up?.out).to.match(/Resources:\n +~ 1 updated\n/);
      expect(await running()).to.deep.equal(runs(version));
      expect(asked).to.include("/search");
    });

    it("is told in one Slack thread a job, whose message says in the end that it passed", () => {
      expect(told(built, 12)).to.deep.equal([
        "search: BUILD runs",
        ...building.map((stage) => `> ${stage}: passed`),
        `= search ${version}: BUILD passed`,
      ]);
      expect(told(promoted, 12)).to.deep.equal([
        `search ${version} to staging: BUILD runs`,
        ...promoted.order.map((stage) => `> ${stage}: passed`),
        `= search ${version} to staging: BUILD passed`,
      ]);
    });
  });

  describe("whose migration crashes", () => {
    let built: JobDone;
    let promoted: JobDone;
    let version: string;
    let earlier: string;
    let was: string;

    before(async () => {
      earlier = versionOf(12);
      was = git(origin, "rev-parse", "main");
      await pushCrashingBase("1.0.1");
      writeFileSync(join(search, "chart", "base-version"), "1.0.1\n");
      commitAll(search, "search: take another base");
      version = versionOf(13);
      [built, promoted] = await buildAndPromotion(13);
    });

    it("ends red, for that reason", () => {
      expect(built.failure).to.match(/platform\/promote completed with status FAILURE/);
      expect(built.order).to.deep.equal([...building, "platform/promote"]);
      const up = promoted.steps.find(({ ran }) => ran === "jenkins/pipelines/deploy-release.sh");
      expect(`${up?.out}${up?.err}`)
        .to.match(/search-migration/)
        .and.match(/rolled back/);
      expect(promoted.failure).to.equal(`script returned exit code ${up?.status}`);
    });

    it("is taken out of main again, which says what it said before", () => {
      expect(promoted.order).to.deep.equal(["Checkout", "Plan", "Commit", "Up", "Checkout", "Take back"]);
      expect(git(origin, "log", "--format=%an: %s", `${was}..main`).split("\n")).to.deep.equal([
        `jenkins: staging: take search ${version} back`,
        `jenkins: staging: deploy search ${version}`,
      ]);
      expect(git(origin, "diff", was, "main")).to.equal("");
    });

    it("is settled in the environment from what main says then, in a pod of its own", () => {
      const [checkedOut, prepared, takenBack, settled, ...rest] = promoted.steps
        .slice(promoted.steps.findLastIndex(({ step }) => step === "checkout"))
        .filter(({ step }) => step === "checkout" || step === "sh");
      expect([prepared, takenBack, settled].map((done) => [done?.ran, done?.status])).to.deep.equal([
        ["jenkins/pipelines/prepare.sh", 0],
        ["take back", 0],
        ["jenkins/pipelines/deploy-release.sh", 0],
      ]);
      expect([checkedOut?.step, rest]).to.deep.equal(["checkout", []]);
    });

    it("leaves the version before running, and nothing to be done", async () => {
      expect(await running()).to.deep.equal(runs(earlier));
      git(checkout.folder, "pull", "--quiet", origin, "main");
      const plans = JSON.parse(await well(local("preview", "staging", "--json"))) as { changes: unknown[] }[];
      expect(plans.map(({ changes }) => changes)).to.deep.equal([[]]);
    });

    it("is told in Slack: that it failed, with the stage, and that it was taken back", () => {
      expect(told(promoted, 13)).to.deep.equal([
        `search ${version} to staging: BUILD runs`,
        ...["Checkout", "Plan", "Commit"].map((stage) => `> ${stage}: passed`),
        `! search ${version} to staging: Up failed in BUILD: ${promoted.failure}`,
        "> Checkout: passed",
        "> Take back: passed",
        `= search ${version} to staging: BUILD failed`,
      ]);
      expect(told(built, 13).slice(-2)).to.deep.equal([
        `! search: Staging failed in BUILD: ${built.failure}`,
        `= search ${version}: BUILD failed`,
      ]);
    });
  });
});

const building = [
  ...["Checkout", "Makefile", "Data stores", "Build", "Unit tests", "Push image", "Push chart"],
  "Staging",
];

function change(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file, "utf8");
  const after = text.replace(from, to);
  if (after === text) throw new Error(`the edit of ${file} changes nothing`);
  writeFileSync(file, after);
}

function commandsOf({ steps }: JobDone): (string | undefined)[] {
  return steps.filter(({ step }) => step === "sh").map(({ ran }) => ran);
}

/** What a job wrote to Slack: its message, `>` replies, `!` those that everybody sees, and `=` what took its place. */
function told({ name, steps }: JobDone, number: number): string[] {
  const build = `<https://jenkins.acme.example/${name}/${number}/|${name} #${number}>`;
  const messages = steps.filter(({ step }) => step === "slackSend");
  const threads = new Set(messages.slice(1).map(({ channel, timestamp }) => timestamp ?? channel));
  expect([...threads], "one thread").to.have.length(1);
  return messages.map(({ message = "", channel, timestamp, replyBroadcast }) => {
    const kind = replyBroadcast ? "! " : timestamp ? "= " : channel ? "> " : "";
    return `${kind}${message.replace(build, "BUILD")}`;
  });
}
