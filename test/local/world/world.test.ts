/** The process that owns a world: started on demand, outliving its caller, leaving nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { helm } from "../../../local/clusters/commands";
import { buildPrograms } from "../../../local/clusters/programs";
import { ensureStack, runEngine } from "../../../local/engine/run";
import { WorldClient } from "../../../local/world/client";
import { isRunning } from "../../../local/world/process";
import { writeChart } from "../../support/charts";
import { engineOrNothing, startToyWorld } from "../../support/toy-world";

const project = { id: "acme-test", number: "300000000001" };

/** Whether a world knows the project: its cloud keeps a file of them. */
const knows = (world: WorldClient) => {
  const file = join(world.layout.folder, "cloud", "projects.jsonl");
  return existsSync(file) && readFileSync(file, "utf8").includes(project.id);
};

describe("the owner of a world", () => {
  let folders: string[];
  const folder = () => {
    const made = join(mkdtempSync(join(tmpdir(), "platform-world-")), "world");
    folders.push(made);
    return made;
  };

  beforeEach(() => {
    folders = [];
  });
  afterEach(async () => {
    for (const made of folders) {
      await (await WorldClient.find(made))?.stop();
      rmSync(join(made, ".."), { recursive: true, force: true });
    }
  });

  it("is started once, however many commands want it at the same time", async () => {
    const place = folder();
    const clients = await Promise.all([
      WorldClient.start(place),
      WorldClient.start(place),
      WorldClient.start(place),
    ]);
    expect(new Set(clients.map(({ pid }) => pid)).size).to.equal(1);
  });

  it("keeps two worlds apart", async () => {
    const [one, two] = await Promise.all([WorldClient.start(folder()), WorldClient.start(folder())]);
    await one.register([project]);
    expect(knows(one)).to.equal(true);
    expect(knows(two)).to.equal(false);
  });

  it("ends when it is told to, and closes its ports", async () => {
    const world = await WorldClient.start(folder());
    const { port } = JSON.parse(readFileSync(world.layout.address, "utf8")) as { port: number };
    await world.stop();
    expect(isRunning(world.pid)).to.equal(false);
    expect(existsSync(world.layout.address)).to.equal(false);
    const refused = await fetch(`http://127.0.0.1:${port}/health`).then(
      () => false,
      () => true,
    );
    expect(refused).to.equal(true);
  });

  it("is started anew after it was killed, and the world is as it was", async () => {
    const place = folder();
    const killed = await WorldClient.start(place);
    await killed.register([project]);
    process.kill(killed.pid, "SIGKILL");
    while (isRunning(killed.pid)) await new Promise((resolve) => setTimeout(resolve, 20));

    const next = await WorldClient.start(place);

    expect(next.pid).to.not.equal(killed.pid);
    expect(knows(next)).to.equal(true);
  });

  it("is ended even when its address is lost", async () => {
    const place = folder();
    const world = await WorldClient.start(place);
    rmSync(world.layout.address);
    await WorldClient.end(place);
    expect(isRunning(world.pid)).to.equal(false);
  });

  it("ends by itself when its folder is gone", async () => {
    const place = folder();
    const world = await WorldClient.start(place);
    rmSync(place, { recursive: true, force: true });
    while (isRunning(world.pid)) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(existsSync(place)).to.equal(false);
  });

  it("outlives a call that it cannot answer", async () => {
    const world = await WorldClient.start(folder());
    await world.locate("gcp:compute/network:Network", { project: "acme-elsewhere" }).catch(() => undefined);
    await world.addFaults("nonsense" as never).catch(() => undefined);
    expect(await world.hanging()).to.equal(0);
  });

  it("does without the charts it was told it may, and looks in a mirror from when it is given one", async function () {
    const engine = await engineOrNothing();
    if (engine === undefined) return this.skip();
    const toy = await startToyWorld(engine, 'config:\n  pulumi:disable-default-providers: ["*"]\n');
    const programs = await buildPrograms();
    const repository = "http://127.0.0.1:1";
    const world = await WorldClient.start(folder(), 0, "full", [{ repository, chart: "web" }]);
    const preview = async (chart: string) => {
      // The cluster is nowhere, so a release is planned without an API server; its chart is looked for all the same.
      toy.program(`
        import { Provider } from "@pulumi/kubernetes/provider";
        import { Release } from "@pulumi/kubernetes/helm/v3";
        const provider = new Provider("main", { clusterIdentifier: "nowhere", kubeconfig: "{}" });
        const repositoryOpts = { repo: "${repository}" };
        new Release("shop", { name: "shop", chart: "${chart}", version: "1.0.0", repositoryOpts }, { provider });
      `);
      const workspace = { ...toy.workspace, providers: world.providers };
      await ensureStack(workspace);
      const { diagnostics } = await runEngine(workspace, "preview");
      return diagnostics.map(({ severity, message }) => `${severity}: ${message}`).join("\n");
    };
    try {
      expect(await preview("web")).to.match(/^warning: release default\/shop is absent: /);
      expect(await preview("other")).to.match(/^error: .*chart other 1\.0\.0 was not found/m);

      const mirror = mkdtempSync(join(toy.workspace.folder, "mirror-"));
      const nowhere = { folder: mirror, programs, adminKubeconfig: join(mirror, "none") };
      await helm(nowhere, ["package", writeChart(toy.workspace.folder), "--destination", mirror]);
      await world.useChartMirror(mirror);
      expect(await preview("web")).to.equal("");
    } finally {
      toy.remove();
    }
  });

  it("answers only whoever can read its folder", async () => {
    const world = await WorldClient.start(folder());
    const { port } = JSON.parse(readFileSync(world.layout.address, "utf8")) as { port: number };
    const stranger = await fetch(`http://127.0.0.1:${port}/resources`);
    expect(stranger.status).to.equal(403);
  });
});
