/** `./platform popup …` in a local world as a person types it: exit codes, what is printed, and what is left. */
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { written } from "../../cli/popup/lifetime";
import { nameIn } from "../../cli/plan/resource-name";
import { findEngine } from "../../local/engine/find";
import { runOrThrow, type Workspace } from "../../local/engine/command";
import { resourcesInState } from "../../local/engine/state";
import { WorldClient } from "../../local/world/client";
import { layoutOf } from "../../local/world/layout";
import { workspaceOf } from "../../local/world/stacks";
import type { Ended } from "../support/checkout";
import { root } from "../support/plan-world";

const world = `test-popup-${process.pid}`;
const folder = join(root, ".local", world);

function platform(command: string, ...args: string[]): Promise<Ended> {
  const level = command === "up" ? ["--level", "plan"] : [];
  const all = ["popup", command, ...args, "--world", world, "--scale", "0", ...level];
  return new Promise((resolve) => {
    execFile(join(root, "platform"), all, { cwd: "/" }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

async function workspace(stack: string): Promise<Workspace> {
  const engine = (await findEngine()).command;
  return workspaceOf({ layout: layoutOf(folder), engine, programFolder: root, providers: {} }, stack);
}

/** The record of a pop-up as somebody else would have written it. */
async function setTags(stack: string, tags: Record<string, string>): Promise<void> {
  const place = await workspace(stack);
  for (const [name, value] of Object.entries(tags)) {
    await runOrThrow(place, ["stack", "tag", "set", `popup:${name}`, value, "--stack", stack]);
  }
}

/** What the emulated cloud has of a pop-up. */
async function inCloud(stack: string): Promise<string[]> {
  const client = await WorldClient.find(folder);
  if (!client) throw new Error("no world runs");
  const all = await client.resources();
  return all.filter((each) => JSON.stringify(each).includes(stack)).map(({ id }) => id);
}

const hoursAgo = (hours: number) => written(new Date(Date.now() - hours * 3_600_000));
const expired = { made: hoursAgo(9), expires: hoursAgo(1) };

interface Listed {
  readonly popups: { stack: string; owner?: string; expires?: string; phase?: string; versions?: object }[];
}

async function listed(): Promise<Listed["popups"]> {
  const { code, out, err } = await platform("list", "--json");
  expect(code, err).to.equal(0);
  return (JSON.parse(out) as Listed).popups;
}

describe("platform popup", function () {
  this.timeout(300_000);
  after(
    () =>
      new Promise((resolve) => {
        execFile(join(root, "platform"), ["local", "down", "--world", world], resolve);
      }),
  );

  it("refuses what it cannot do before there is anything of it", async () => {
    const wrong: [args: string[], says: string][] = [
      [["Search"], "3 to 15 lower case letters"],
      [["production"].concat("--ttl", "8d"), "allowed: a number of minutes, hours or days up to a week"],
      [["demo", "--set", "biling=1.0.0"], "did you mean billing?"],
      [["demo", "--set", "billing=latest"], "one exact version"],
      [["demo", "--from", "stagin"], "catalog/releases/stagin.yaml"],
      [["demo", "--for", "billing/57"], "one of the two"],
      [[], "one of the two"],
    ];
    for (const [args, says] of wrong) {
      const { code, err } = await platform("up", ...args);
      expect([code, err.includes(says)], `${args.join(" ")}: ${err}`).to.deep.equal([2, true]);
    }
    expect(existsSync(folder)).to.equal(false);
    const none = await platform("list");
    expect([none.code, none.out]).to.deep.equal([0, "there are no pop-ups\n"]);
  });

  it("makes a pop-up that runs what was asked for, says where it is and when it goes", async () => {
    const { code, out, err } = await platform(
      "up",
      "demo",
      "--set",
      "billing=1.5.0-pr.57",
      "--ttl",
      "2h",
      "--by",
      "ada",
    );
    expect(code, err).to.equal(0);
    expect(out).to.match(/^popup-demo is up: what staging runs, but billing 1\.5\.0-pr\.57\n/);
    expect(out).to.include("https://api-popup-demo.popups.acme.example/billing");
    expect(out).to.match(/It is removed after \S+Z \(in 1 h\)/);
    const releases = resourcesInState(await workspace("popup-demo")).filter(({ type }) =>
      type.endsWith(":Release"),
    );
    const version = (name: string) =>
      releases.find(({ urn }) => nameIn(urn).endsWith(name))?.outputs["version"];
    expect([version("billing"), version("routing")]).to.deep.equal(["1.5.0-pr.57", "1.9.1"]);
    const [popup] = await listed();
    expect(popup).to.deep.include({ stack: "popup-demo", owner: "ada", phase: "up" });
  });

  it("brings it to what is asked for next, for the time that it has", async () => {
    const [before] = await listed();
    const { code, err } = await platform("up", "demo", "--set", "routing=1.9.2-pr.3", "--by", "bob");
    expect(code, err).to.equal(0);
    const [popup] = await listed();
    expect(popup).to.deep.include({
      owner: "ada",
      expires: before?.expires,
      versions: { routing: "1.9.2-pr.3" },
    });
  });

  it("gives it more time, up to a week from now", async () => {
    const [before] = await listed();
    expect((await platform("extend", "demo", "--ttl", "8d")).code).to.equal(2);
    expect((await listed())[0]?.expires).to.equal(before?.expires);
    const { code, err } = await platform("extend", "demo", "--ttl", "3d");
    expect(code, err).to.equal(0);
    expect(Date.parse((await listed())[0]?.expires ?? "") - Date.now()).to.be.within(
      2.9 * 86_400_000,
      3 * 86_400_000,
    );
  });

  it("leaves alone what has not expired, whatever is asked for", async () => {
    const { code, out, err } = await platform("reap", "--yes");
    expect(code, err).to.equal(0);
    expect(out).to.match(/^demo +kept +expires in 2 days$/m);
    expect(await inCloud("popup-demo")).to.not.deep.equal([]);
  });

  it("does nothing to what has expired without being told to", async () => {
    await setTags("popup-demo", expired);
    const before = await inCloud("popup-demo");
    const { code, out } = await platform("reap");
    expect(code).to.equal(0);
    expect(out).to.match(/^demo +would be removed +expired 1 h ago$/m);
    expect(await inCloud("popup-demo")).to.deep.equal(before);
  });

  it("says what is left, keeps the record as long as something is, and goes on where it stopped", async () => {
    const place = await workspace("popup-demo");
    const whole = await runOrThrow(place, ["stack", "export", "--stack", "popup-demo"]);
    const record = resourcesInState(place).find(({ type }) => type === "gcp:dns/recordSet:RecordSet");
    // Something in the cloud that no state knows, as an engine that was killed leaves it.
    const forget = [
      "state",
      "delete",
      record?.urn ?? "",
      "--stack",
      "popup-demo",
      "--yes",
      "--target-dependents",
    ];
    await runOrThrow(place, forget);
    const left = await platform("down", "demo");
    expect(left.code, left.err).to.equal(1);
    expect(left.err)
      .to.include("something still carries its name")
      .and.include("popup-demo.popups.acme.example");
    expect((await listed())[0]).to.deep.include({ stack: "popup-demo", phase: "going" });
    const refused = await platform("up", "demo");
    expect([refused.code, refused.err.includes("is being removed")], refused.err).to.deep.equal([3, true]);

    await importOnly(place, whole.stdout, record?.urn ?? "");
    const done = await platform("reap", "--yes");
    expect(done.code, done.err).to.equal(0);
    expect(done.out).to.match(/^demo +removed +nothing carries its name$/m);
    expect(await inCloud("popup-demo")).to.deep.equal([]);
    expect(await listed()).to.deep.equal([]);
  });

  it("reports a stack without a record, and touches it only by its name", async () => {
    await new Promise((resolve) => {
      const all = ["local", "up", "popup-hand", "--world", world, "--level", "plan", "--scale", "0"];
      execFile(join(root, "platform"), all, resolve);
    });
    const { code, out, err } = await platform("reap", "--yes");
    expect(code).to.equal(1);
    expect(out).to.match(/^hand +not certain +it has no record/m);
    expect(err).to.include("popup-hand: it has no record");
    expect(await inCloud("popup-hand")).to.not.deep.equal([]);
    const refused = await platform("up", "hand");
    expect([refused.code, refused.err.includes("take another name")], refused.err).to.deep.equal([3, true]);
    const gone = await platform("down", "hand");
    expect([gone.code, gone.out], gone.err).to.deep.equal([
      0,
      "popup-hand is gone: nothing in acme-popups carries its name\n",
    ]);
    expect(await inCloud("popup-hand")).to.deep.equal([]);
  });
});

/** Gives the engine one resource of a state back, for the next destroy to find. */
async function importOnly(place: Workspace, exported: string, urn: string): Promise<void> {
  const state = JSON.parse(exported) as { deployment: { resources: Record<string, unknown>[] } };
  const [stack] = state.deployment.resources;
  const kept = state.deployment.resources.filter(
    (each) => each["urn"] === urn || each["type"] === "pulumi:providers:gcp",
  );
  const alone = kept.map((each) => ({
    ...each,
    parent: stack?.["urn"],
    dependencies: [],
    propertyDependencies: {},
  }));
  state.deployment.resources = [...(stack ? [stack] : []), ...alone];
  const file = join(place.folder, "state.json");
  writeFileSync(file, JSON.stringify(state));
  await runOrThrow(place, ["stack", "import", "--stack", place.stack, "--file", file]);
}
