/** `./platform local …` at level full as a person types it: processes, ports and files, and that none is left. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";
import { parse } from "yaml";

import { WorldClient } from "../../local/world/client";
import { isRunning } from "../../local/world/process";
import { partsBelow } from "../support/clusters";
import { root } from "../support/plan-world";

const world = `test-full-${process.pid}`;
const folder = join(root, ".local", world);
const stack = "popup-inside";
/** What pop-ups run too. */
const releases = parse(readFileSync(join(root, "catalog", "releases", "staging.yaml"), "utf8")) as Readonly<
  Record<string, { version: string }>
>;
const charts = "oci://europe-west1-docker.pkg.dev/acme-ci/charts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As Helm lists it. */
interface Installed {
  readonly chart: string;
  readonly status: string;
}

function platform(command: string, ...args: string[]): Promise<Ended> {
  const where = ["--world", world, "--scale", "0"];
  return new Promise((resolve) => {
    const all = ["local", command, ...where, ...args];
    execFile(join(root, "platform"), all, { cwd: "/" }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const controlPlanes = () => partsBelow(join(folder, "clusters"));
const registries = () => partsBelow(join(folder, "registry"));

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
  });

describe("platform local at level full", function () {
  this.timeout(300_000);
  let ports: number[] = [];

  const started = async () => {
    const client = await WorldClient.find(folder);
    if (!client) throw new Error("no world runs");
    return client;
  };

  after(() => platform("down"));

  it("brings a stack up with a real cluster, all its services and their stores on one node, and shows it", async () => {
    const { code, err } = await platform("up", stack);
    expect(code, err).to.equal(0);
    const { out } = await platform("status");
    expect(out).to.match(/^World \S+: process \d+, level full\n/);
    expect(out).to.match(/popup-inside +acme-popups .* 1\/1 ready +11\/11 ready +idle\n/);
    expect(controlPlanes()).to.have.length(5);
  });

  it("runs kubectl and helm on it by the program's own kubeconfig, with their options and exit codes", async () => {
    const namespace = await platform("kubectl", stack, "get", "namespace", stack, "-o", "name");
    expect([namespace.code, namespace.out], namespace.err).to.deep.equal([0, `namespace/${stack}\n`]);
    const missing = await platform("kubectl", stack, "get", "pod", "nobody", "-n", stack);
    expect([missing.code, missing.err]).to.deep.equal([
      1,
      'Error from server (NotFound): pods "nobody" not found\n',
    ]);
    const list = await platform("helm", stack, "list", "--all-namespaces", "-o", "json");
    expect(list.code, list.err).to.equal(0);
    const installed = (JSON.parse(list.out) as Installed[]).map(({ chart, status }) => `${chart} ${status}`);
    expect(installed).to.deep.equal(
      Object.entries(releases).map(([name, { version }]) => `${name}-${version} deployed`),
    );
  });

  it("has a chart of each service that it releases, under the registry's own name, and gives the way to Helm", async () => {
    const version = releases["billing"]?.version;
    const chart = await platform("helm", stack, "show", "chart", `${charts}/billing`);
    expect(chart.code, chart.err).to.equal(0);
    expect((parse(chart.out) as { version: string }).version).to.equal(version);
    // The registry is ci's, which is not up in this world.
    const pulled = await platform("helm", stack, "pull", `${charts}/billing`, "--destination", folder);
    expect(pulled.code, pulled.err).to.equal(0);
    const pushed = await platform("helm", stack, "push", join(folder, `billing-${version}.tgz`), charts);
    expect(pushed.code).to.equal(1);
    expect(pushed.err).to.include("this world only takes it for granted");
  });

  it("refuses a privileged pod, as the program's namespace asks", async () => {
    const { code, err } = await platform(
      "kubectl",
      stack,
      "run",
      "root",
      "--image=example.com/main:1",
      "--privileged",
      "-n",
      stack,
    );
    expect(code).to.equal(1);
    expect(err).to.include('violates PodSecurity "restricted:latest"').and.include("privileged");
  });

  it("loses its clusters with its process, and has them again, with what was in them, at the next command", async () => {
    const client = await started();
    process.kill(client.pid, "SIGKILL");
    while (isRunning(client.pid) || controlPlanes().length > 0) await wait(50);
    const { code, out, err } = await platform("kubectl", stack, "get", "namespace", stack, "-o", "name");
    expect([code, out], err).to.deep.equal([0, `namespace/${stack}\n`]);
    expect(controlPlanes()).to.have.length(5);
    const again = await platform("up", stack, "--json");
    const { stacks } = JSON.parse(again.out) as { stacks: { changes: Record<string, number> }[] };
    expect(stacks.map(({ changes }) => Object.keys(changes))).to.deep.equal([["same"]]);
  });

  it("leaves no process, port or file when it is ended", async () => {
    const client = await started();
    const { port } = JSON.parse(readFileSync(client.layout.address, "utf8")) as { port: number };
    ports = [port, Number(new URL(client.proxyUrl ?? "http://x").port), ...Object.values(client.providers)];
    const pids = [client.pid, ...controlPlanes(), ...registries()];
    expect(pids).to.have.length(7);
    const { code, out } = await platform("down");
    expect([code, out]).to.deep.equal([0, `World ${world} is gone\n`]);
    expect(pids.filter(isRunning)).to.deep.equal([]);
    expect((await Promise.all(ports.map(answers))).includes(true)).to.equal(false);
    expect(existsSync(folder)).to.equal(false);
  });
});
