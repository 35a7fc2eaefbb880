/** A release whose chart cannot be had, with the real engine, the real Helm and a real API server. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { absentLines, absentReleases } from "../../../../../cli/local/absent-releases";
import { planOf } from "../../../../../cli/plan/plan";
import { planText } from "../../../../../cli/plan/text";
import { helm } from "../../../../../local/clusters/commands";
import type { ControlPlane } from "../../../../../local/clusters/control-plane";
import { setNodePool } from "../../../../../local/clusters/node-pools";
import { type EngineResult, ensureStack, runEngine } from "../../../../../local/engine/run";
import { kubernetesPackage } from "../../../../../local/providers/kubernetes/package";
import { AbsentCharts } from "../../../../../local/providers/kubernetes/releases/absent-charts";
import { type ProviderServer, serveProvider } from "../../../../../local/providers/server";
import { type ChartServer, serveChart } from "../../../../support/chart-server";
import { writeChart } from "../../../../support/charts";
import { ask, pool, removeFolders, startTemporary, temporaryFolder } from "../../../../support/clusters";
import { engineOrNothing, startToyWorld, type ToyWorld } from "../../../../support/toy-world";

const settings = 'config:\n  pulumi:disable-default-providers: ["*"]\n';
/** Nobody answers there. */
const repository = "http://127.0.0.1:1";

describe("a release that may be absent", function () {
  this.timeout(180_000);
  let engine: string;
  let cluster: ControlPlane;
  let mirror: string;
  let world: ToyWorld;
  let servers: ProviderServer[];

  before(async function () {
    this.timeout(900_000);
    const found = await engineOrNothing();
    if (found === undefined) return this.skip();
    engine = found;
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
    const folder = temporaryFolder();
    mirror = join(folder, "mirror");
    mkdirSync(mirror);
    const chart = writeChart(folder);
    const { exitCode, stderr } = await helm(cluster, ["package", chart, "--destination", mirror]);
    expect(exitCode, stderr).to.equal(0);
  });
  after(async () => {
    await cluster?.stop();
    removeFolders();
  });
  beforeEach(async () => {
    servers = [];
    world = await startToyWorld(engine, settings);
    await ensureStack(world.workspace);
    program();
    await serve();
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    world.remove();
    await helm(cluster, ["uninstall", "shop", "--ignore-not-found", "--wait"]);
    await ask(cluster, "delete", "configmap", "around", "--ignore-not-found");
  });

  /** A world that may do without the chart of this repository, with a mirror folder or without. */
  const serve = async (chartMirror?: string, from = repository) => {
    const absentCharts = new AbsentCharts([{ repository: from, chart: "web" }]);
    const find = (id: string) => (id === "ci" ? cluster : undefined);
    const server = await serveProvider(
      kubernetesPackage({ find, absentCharts, ...(chartMirror !== undefined && { chartMirror }) }),
    );
    servers.push(server);
    world.workspace = { ...world.workspace, providers: { kubernetes: server.port } };
  };
  const program = (more: Readonly<Record<string, unknown>> = {}) => {
    const args = {
      name: "shop",
      namespace: "default",
      chart: "web",
      version: "1.0.0",
      repositoryOpts: { repo: repository },
      ...more,
    };
    world.program(`
      import { ConfigMap } from "@pulumi/kubernetes/core/v1";
      import { Provider } from "@pulumi/kubernetes/provider";
      import { Release } from "@pulumi/kubernetes/helm/v3";
      const provider = new Provider("main", { clusterIdentifier: "ci", kubeconfig: "{}" });
      const shop = new Release("shop", ${JSON.stringify(args)}, { provider });
      new ConfigMap("around", { metadata: { name: "around", namespace: "default" } }, { provider, dependsOn: shop });
    `);
  };
  const run = (operation: Parameters<typeof runEngine>[1], ...flags: string[]) =>
    runEngine(world.workspace, operation, { flags });
  const said = ({ diagnostics }: EngineResult, severity: string) =>
    diagnostics.filter((one) => one.severity === severity).map(({ message }) => message);
  const well = async (...args: Parameters<typeof run>) => {
    const result = await run(...args);
    expect(said(result, "error")).to.deep.equal([]);
    return result;
  };
  const plan = async () =>
    planText("ci", planOf(await well("preview")), { all: true, colours: false }).split("\n");
  const inCluster = () =>
    ask(
      cluster,
      "get",
      "deployments,configmaps,secrets",
      "-o",
      "name",
      "--field-selector",
      "metadata.name!=kube-root-ca.crt",
    );
  const absent =
    "release default/shop is absent: nothing of it is installed, since its chart web 1.0.0 cannot be had";

  it("is planned, made and kept as absent, and nothing of it is in the cluster, but for what is around it", async () => {
    const first = await plan();
    expect(first[0]).to.match(/^ci: 4 to create/);
    expect(first.at(-1)).to.contain(`warning: ${absent} from ${repository} here (dial tcp 127.0.0.1:1:`);

    const up = await well("up");
    expect(said(up, "warning").filter((line) => line.startsWith(absent))).to.have.length(1);
    expect(await inCluster()).to.equal("configmap/around");
    expect(absentLines("ci", absentReleases(world.workspace)).join()).to.match(
      /^ci: release default\/shop is absent: .* web-1\.0\.0\.tgz .* PLATFORM_CHART_MIRROR=FOLDER \.\/platform local up$/,
    );

    // Unchanged, looked at, with other values and under another name: absent all the same.
    for (const [more, changes] of [
      [{}, "same"],
      [{ values: { replicas: 2 } }, "update"],
      [{ name: "store" }, "replace"],
    ] as const) {
      program(more);
      const again = await well("up", "--refresh");
      expect(Object.keys(again.changes)).to.include(changes);
      expect(absentReleases(world.workspace)).to.have.length(1);
      expect(await inCluster()).to.equal("configmap/around");
    }
    const unchanged = await plan();
    expect(unchanged[0]).to.match(/^ci: no changes/);
    expect(unchanged.at(-1)).to.contain("warning: release default/store is absent");

    await well("destroy", "--refresh");
    expect(await inCluster()).to.equal("");
  });

  it("is installed as soon as a mirror has its chart, and the plan says so; a destroy uninstalls it then", async () => {
    await well("up");
    await serve(mirror);
    const planned = await plan();
    expect(planned[0]).to.match(/^ci: 1 to update/);
    expect(planned).to.include('        status.status: "absent" → [known after up]');
    expect(planned.join()).to.not.contain("warning");

    expect((await well("up")).changes).to.include({ update: 1 });
    expect(absentReleases(world.workspace)).to.deep.equal([]);
    expect(await inCluster()).to.equal(
      "deployment.apps/shop\nconfigmap/around\nsecret/sh.helm.release.v1.shop.v1",
    );
    expect(Object.keys((await well("up")).changes)).to.deep.equal(["same"]);

    await well("destroy");
    expect(await inCluster()).to.equal("");
  });

  it("that is installed never becomes absent: what stays the same needs no chart, and a change is an error", async () => {
    await serve(mirror);
    await well("up");
    await serve();
    expect(Object.keys((await well("up", "--refresh")).changes)).to.deep.equal(["same"]);
    program({ values: { replicas: 2 } });
    for (const operation of ["preview", "up"] as const) {
      const failed = await run(operation);
      expect(failed.ok).to.equal(false);
      expect(said(failed, "error").join()).to.contain(
        'Helm release "default/shop" is installed and stays so, but its chart cannot be had any more',
      );
    }
    expect(absentReleases(world.workspace)).to.deep.equal([]);
    expect(await inCluster()).to.contain("secret/sh.helm.release.v1.shop.v1");
    await well("destroy");
    expect(await inCluster()).to.equal("");
  });

  it("is an error where its repository answers and has no such version, and of another chart wherever it is", async () => {
    const archive = join(mirror, "web-1.0.0.tgz");
    const server: ChartServer = await serveChart({ archive, name: "web", version: "1.0.0" });
    try {
      const there = `http://${server.host}`;
      await serve(undefined, there);
      program({ version: "9.9.9", repositoryOpts: { repo: there } });
      expect(said(await run("up"), "error").join()).to.contain('chart "web" version "9.9.9" not found');
      // And has the one that it has.
      program({ repositoryOpts: { repo: there } });
      await well("up");
      expect(await inCluster()).to.contain("deployment.apps/shop");
      await well("destroy");
    } finally {
      server.close();
    }
    await serve();
    program({ chart: "other" });
    expect(said(await run("up"), "error").join()).to.contain("chart other 1.0.0 was not found");
    expect(await inCluster()).to.equal("");
  });

  it("leaves alone what somebody else has installed under its name", async () => {
    await well("up");
    const installed = await helm(cluster, ["install", "shop", join(mirror, "web-1.0.0.tgz")]);
    expect(installed.exitCode, installed.stderr).to.equal(0);
    await well("up", "--refresh");
    expect(absentReleases(world.workspace)).to.have.length(1);
    await well("destroy", "--refresh");
    expect(await inCluster()).to.equal("deployment.apps/shop\nsecret/sh.helm.release.v1.shop.v1");
  });

  for (const mend of ["up", "refresh", "destroy"] as const) {
    it(`is known for what it is by ${mend} when the engine died before it heard of the install`, async () => {
      await well("up");
      const mark = "--labels=platform.local/operation=one-of-this-world";
      const installed = await helm(cluster, ["install", "shop", join(mirror, "web-1.0.0.tgz"), mark]);
      expect(installed.exitCode, installed.stderr).to.equal(0);
      if (mend === "up") await serve(mirror);
      await well(mend);
      expect(absentReleases(world.workspace)).to.deep.equal([]);
      if (mend !== "destroy") await well("destroy");
      expect(await inCluster()).to.equal("");
    });
  }
});
