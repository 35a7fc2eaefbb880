/** `./platform local …` as a person types it: processes, exit codes and what is printed. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { JournalEntry } from "../../local/cloud/journal";
import { readLocks } from "../../local/engine/locks";
import { WorldClient } from "../../local/world/client";
import { isRunning } from "../../local/world/process";
import { workspaceOf } from "../../local/world/stacks";
import { root } from "../support/plan-world";

const world = `test-${process.pid}`;
const folder = join(root, ".local", world);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function platform(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const begins = ["up", "preview", "destroy", "unprotect"].includes(args[1] ?? "");
    const level = begins ? ["--level", "plan"] : [];
    const where = args.includes("--world") ? [] : ["--world", world, "--scale", "0", ...level];
    execFile(join(root, "platform"), [...args, ...where], { cwd: "/" }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

async function started(): Promise<WorldClient> {
  const client = await WorldClient.find(folder);
  if (!client) throw new Error("no world runs");
  return client;
}

async function deletes(): Promise<JournalEntry[]> {
  return (await (await started()).journal()).filter(({ call }) => call === "delete");
}

/** Starts an `up` and waits until its call for a cluster hangs in the cloud. */
async function hangingUp(stack: string): Promise<{ command: ChildProcess; engine: number }> {
  const client = await started();
  await client.addFaults([{ call: "create", kind: "container/cluster:Cluster", hang: true }]);
  const command = spawn(join(root, "platform"), ["local", "up", stack, "--world", world], {
    stdio: "ignore",
  });
  while ((await client.hanging()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const place = { layout: client.layout, providers: {}, engine: "pulumi", programFolder: root };
  const [lock] = readLocks(workspaceOf(place, stack));
  if (!lock) throw new Error("the engine holds no lock");
  return { command, engine: lock.pid };
}

describe("platform local", () => {
  after(async () => {
    const ended = await platform("local", "down");
    expect(ended.code, ended.err).to.equal(0);
    expect(existsSync(folder)).to.equal(false);
  });

  it("brings ci and staging up and ends with a table", async () => {
    const { code, out, err } = await platform("local", "up", "ci", "staging");
    expect(code, err).to.equal(0);
    expect(out).to.match(
      /^STACK +RESOURCES +CHANGES +CLUSTER +DATABASE +TIME\nci +\d+ +\d+ create +ci-main-[0-9a-f]{6} +- +[\d.]+ s\nstaging +\d+ +\d+ create +staging-main-[0-9a-f]{6} +acme-staging:europe-west1:staging-main-[0-9a-f]{6} +[\d.]+ s\n$/,
    );
  });

  it("changes nothing the second time, and says so to a machine too", async () => {
    const { code, out, err } = await platform("local", "up", "ci", "staging", "--json");
    expect(code, err).to.equal(0);
    const { stacks } = JSON.parse(out) as { stacks: { stack: string; changes: Record<string, number> }[] };
    expect(stacks.map(({ changes }) => Object.keys(changes))).to.deep.equal([["same"], ["same"]]);
  });

  it("shows what is there", async () => {
    const { out } = await platform("local", "status");
    expect(out).to.match(
      /^World test-\d+: process \d+, level plan\nSTACK .*\nci +acme-ci +protected +\d+ +ci-main-\S+ +- +- +idle\nstaging +acme-staging +protected/,
    );
  });

  it("says what is missing when somebody asks for what only a real cluster has", async () => {
    const inside = await platform("local", "kubectl", "--world", world, "staging", "get", "pods");
    expect([inside.code, inside.err]).to.deep.equal([
      2,
      "this local world has no Kubernetes: it began at level plan, which only records what goes into the clusters; end it (./platform local down) and begin one at level full\n",
    ]);
    const other = await platform("local", "up", "staging", "--world", world, "--level", "full");
    expect([other.code, other.err.includes("began at level plan and keeps it")]).to.deep.equal([2, true]);
    const real = await platform("local", "preview", "staging", "--world", world, "--real", "kubernetes");
    expect([real.code, real.err.includes("--real kubernetes needs clusters")]).to.deep.equal([2, true]);
  });

  for (const flags of [[], ["--skip-preview"]]) {
    it(`refuses to destroy staging ${flags.join(" ")} in plain words, and sends no delete`, async () => {
      const { code, err } = await platform("local", "destroy", "staging", ...flags);
      expect(code).to.equal(3);
      expect(err).to.include(
        "staging is protected: it holds data, names and addresses that must not go by accident.",
      );
      expect(err).to.include("Nothing was deleted.");
      expect(err).to.include("./platform local unprotect staging");
      expect(err).to.not.include("urn:pulumi");
      expect(await deletes()).to.deep.equal([]);
    });
  }

  const tableOf = (out: string) =>
    out
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(" ")[0]);

  it("brings the base of pop-ups up before the first of them; says what a change would replace, and makes none", async () => {
    const settings = join(root, "Pulumi.popup-moved.yaml");
    const template = readFileSync(join(root, "templates", "popup.yaml"), "utf8");
    const guarded = template
      .replace("disposable", "protected")
      .replace("egressAddresses", "addresses: popup-9\n    egressAddresses");
    try {
      writeFileSync(settings, guarded);
      const first = await platform("local", "up", "popup-moved");
      expect([first.code, tableOf(first.out)], first.err).to.deep.equal([0, ["popups", "popup-moved"]]);
      writeFileSync(settings, guarded.replace("location: europe-west1-b", "location: europe-west1-c"));
      const { code, err } = await platform("local", "up", "popup-moved");
      expect(code).to.equal(3);
      expect(err).to.match(/The change would replace: Cluster › /);
    } finally {
      rmSync(settings, { force: true });
    }
  });

  it("takes the protection off only for the right name", async () => {
    const nobody = await platform("local", "unprotect", "staging");
    expect([nobody.code, nobody.err.includes("--yes staging")]).to.deep.equal([3, true]);
    const wrong = await platform("local", "unprotect", "staging", "--yes", "production");
    expect([wrong.code, wrong.err.includes('"production", not staging')]).to.deep.equal([3, true]);
    expect((await platform("local", "status")).out).to.match(/\nstaging +acme-staging +protected /);
    expect((await platform("local", "destroy", "staging")).code).to.equal(3);
  });

  it("shows what loses its protection, takes it off, and then destroys staging whole", async () => {
    const off = await platform("local", "unprotect", "staging", "--yes", "staging");
    expect(off.code, off.err).to.equal(0);
    expect(off.out).to.match(
      /lose their protection; nothing is deleted yet:\n(.*\n)* {2}Database › DatabaseInstance main\n/,
    );
    const gone = await platform("local", "destroy", "staging");
    expect(gone.code, gone.err).to.equal(0);
    expect(gone.out).to.match(/^staging is gone: \d+ resources deleted\n$/);
    const left = (await (await started()).resources()).filter(({ project }) => project === "acme-staging");
    expect([...new Set(left.map(({ kind }) => kind))].sort()).to.deep.equal([
      "kms/keyRing:KeyRing",
      "projects/service:Service",
      "projects/serviceIdentity:ServiceIdentity",
    ]);
  });

  it("wants to be told twice where customers' data is at stake", async () => {
    expect((await platform("local", "up", "production")).code).to.equal(0);
    const once = await platform("local", "unprotect", "production", "--yes", "production");
    expect([once.code, once.err.includes("--and-customer-data production")]).to.deep.equal([3, true]);
    const destroyed = await platform("local", "destroy", "production", "--skip-preview");
    expect(destroyed.code).to.equal(3);
    const twice = await platform(
      "local",
      "unprotect",
      "production",
      "--yes",
      "production",
      "--and-customer-data",
      "production",
    );
    expect(twice.code, twice.err).to.equal(0);
  });

  it("is refused while another command is at work on the stack, and changes nothing", async () => {
    const { command } = await hangingUp("popup-busy");
    const client = await started();
    const calls = (await client.journal()).length;
    const second = await platform("local", "up", "popup-busy");
    expect(second.code).to.equal(3);
    expect(second.err).to.match(
      /popup-busy is being updated by process \d+ of \S+ since [\d:]+; nothing was changed/,
    );
    expect((await client.journal()).length).to.equal(calls);
    expect((await platform("local", "down")).code, "down while it works").to.equal(3);
    const ended = new Promise((resolve) => command.once("exit", resolve));
    await client.clearFaults();
    expect(await ended).to.equal(0);
  });

  it("ends with one cluster when it is killed while it makes one and then run again", async () => {
    const { command, engine } = await hangingUp("popup-killed");
    process.kill(command.pid ?? 0, "SIGKILL");
    process.kill(engine, "SIGKILL");
    while (isRunning(engine)) await new Promise((resolve) => setTimeout(resolve, 20));
    const client = await started();
    await client.clearFaults();

    const again = await platform("local", "up", "popup-killed");

    expect(again.code, again.err).to.equal(0);
    const clusters = (await client.resources()).filter(
      ({ kind, id }) => kind === "container/cluster:Cluster" && id.includes("popup-killed"),
    );
    expect(clusters).to.have.length(1);
    expect((await platform("local", "up", "popup-killed")).out).to.include("no changes");
  });

  it("leaves nothing behind when a stack is destroyed after its up was killed", async () => {
    const { command, engine } = await hangingUp("popup-halved");
    process.kill(command.pid ?? 0, "SIGKILL");
    process.kill(engine, "SIGKILL");
    while (isRunning(engine)) await new Promise((resolve) => setTimeout(resolve, 20));
    const client = await started();
    await client.clearFaults();

    const gone = await platform("local", "destroy", "popup-halved");

    expect(gone.code, gone.err).to.equal(0);
    const left = (await client.resources()).filter(({ id }) => id.includes("popup-halved"));
    expect(left).to.deep.equal([]);
  });

  it("refuses a mirror of charts that is no folder with exit code 2", async () => {
    process.env["PLATFORM_CHART_MIRROR"] = join(folder, "no-mirror");
    try {
      const { code, err } = await platform("local", "preview", "staging");
      expect(err).to.contain(`PLATFORM_CHART_MIRROR names ${join(folder, "no-mirror")}, which is no folder`);
      expect(code).to.equal(2);
    } finally {
      delete process.env["PLATFORM_CHART_MIRROR"];
    }
  });

  it("gives every pop-up a slice of its own and takes one away whole", async () => {
    const subnets = (await (await started()).resources()).filter(
      ({ kind, project }) => kind === "compute/subnetwork:Subnetwork" && project === "acme-popups",
    );
    expect(subnets.length).to.be.greaterThan(1);
    expect(new Set(subnets.map(({ inputs }) => inputs["ipCidrRange"])).size).to.equal(subnets.length);
    expect((await platform("local", "destroy", "popup-killed")).code).to.equal(0);
    const left = (await (await started()).resources()).filter(({ id }) => id.includes("popup-killed"));
    expect(left).to.deep.equal([]);
  });

  const wrong: readonly [string, string[], RegExp][] = [
    [
      "a stack that does not exist",
      ["local", "up", "stagin"],
      /"stagin" is no stack of this program; allowed: ci, popups, staging, production, or popup-NAME/,
    ],
    ["a name that is no pop-up's", ["local", "up", "popup-../x"], /"popup-..\/x" is no name for a pop-up/],
    ["a command that does not exist", ["local", "upp"], /unknown command 'upp'/],
    ["a world with a path in its name", ["local", "status", "--world", "../x"], /no name for a world/],
    [
      "a stack that is not there",
      ["local", "destroy", "popup-ghost"],
      /popup-ghost is not in this local world; there are: ci/,
    ],
  ];
  for (const [what, args, message] of wrong) {
    it(`refuses ${what} with exit code 2`, async () => {
      const { code, err } = await platform(...args);
      expect(err).to.match(message);
      expect(code).to.equal(2);
    });
  }
});
