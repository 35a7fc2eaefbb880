/** Where the charts of releases are looked for, with the real Helm and servers on loopback. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { helm } from "../../../../../local/clusters/commands";
import { buildPrograms, type Programs } from "../../../../../local/clusters/programs";
import {
  AbsentCharts,
  ChartUnreachable,
} from "../../../../../local/providers/kubernetes/releases/absent-charts";
import { Charts, type ChartsArgs } from "../../../../../local/providers/kubernetes/releases/charts";
import { type ChartServer, serveChart } from "../../../../support/chart-server";
import { writeChart } from "../../../../support/charts";
import { removeFolders, temporaryFolder } from "../../../../support/clusters";

describe("the charts of releases", () => {
  let folder: string;
  let programs: Programs;
  let server: ChartServer;
  let closed: ChartServer;
  let mirror: string;

  const cluster = () => ({ folder, programs, adminKubeconfig: join(folder, "none") });
  const charts = (overrides: Partial<ChartsArgs> = {}) =>
    new Charts({
      cluster: cluster(),
      mirror: undefined,
      programFolder: folder,
      env: { HOME: folder },
      ...overrides,
    });
  const refusal = async (looking: Promise<unknown>) => {
    const error: unknown = await looking.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(Error);
    return (error as Error).message;
  };
  const packed = async (version: string, into: string) => {
    const chart = writeChart(folder, { version });
    const { exitCode, stderr } = await helm(cluster(), ["package", chart, "--destination", into]);
    expect(exitCode, stderr).to.equal(0);
    return join(into, `web-${version}.tgz`);
  };

  before(async () => {
    folder = temporaryFolder();
    programs = await buildPrograms();
    mirror = join(folder, "mirror");
    mkdirSync(mirror);
    for (const version of ["1.9.0", "1.10.0", "2.0.0-rc.1"]) await packed(version, mirror);
    const archive = await packed("1.2.3", folder);
    server = await serveChart({ archive, name: "web", version: "1.2.3" });
    closed = await serveChart({ archive, name: "web", version: "1.2.3", login: "robot:secret" });
  });
  after(() => {
    server.close();
    closed.close();
    removeFolders();
  });

  it("are folders and archives of the program, by a path from its folder", async () => {
    const path = writeChart(folder, { version: "3.1.0" });
    expect(await charts().find({ chart: path })).to.deep.equal({ path, version: "3.1.0" });
    expect(await charts({ programFolder: join(path, "..") }).find({ chart: "./web" })).to.deep.equal({
      path,
      version: "3.1.0",
    });
    expect((await charts().find({ chart: "web-1.2.3.tgz" })).version).to.equal("1.2.3");
    expect(await refusal(charts().find({ chart: "./nothing" }))).to.contain(
      `there is no chart at ${folder}/nothing`,
    );
  });

  it("are refused when a folder has another version than the program wants", async () => {
    const path = writeChart(folder, { version: "3.1.0" });
    expect(await refusal(charts().find({ chart: path, version: "3.2.0" }))).to.equal(
      `the chart at ${path} is version 3.1.0, and the program wants 3.2.0; change one of them`,
    );
    expect((await charts().find({ chart: path, version: "3.1.0" })).version).to.equal("3.1.0");
  });

  it("come from the mirror first, in their version or the newest", async () => {
    const from = charts({ mirror });
    const nobody = "oci://registry.invalid/charts/web";
    expect(await from.find({ chart: nobody, version: "1.9.0" })).to.deep.equal({
      path: join(mirror, "web-1.9.0.tgz"),
      version: "1.9.0",
    });
    expect((await from.find({ chart: nobody })).version).to.equal("1.10.0");
    expect((await from.find({ chart: nobody, devel: true })).version).to.equal("2.0.0-rc.1");
    const repositoryOpts = { repo: "https://charts.invalid" };
    expect((await from.find({ chart: "web", version: "1.9.0", repositoryOpts })).version).to.equal("1.9.0");
  });

  it("come from a registry without certificates on this machine, whether the cluster is there or not", async () => {
    const chart = `oci://${server.host}/charts/web`;
    for (const args of [{}, { cluster: undefined }]) {
      expect((await charts(args).find({ chart, version: "1.2.3" })).version).to.equal("1.2.3");
      expect((await charts(args).find({ chart, version: "^1.0.0" })).version).to.equal("1.2.3");
      expect((await charts(args).find({ chart })).version).to.equal("1.2.3");
    }
    expect(readdirSync(join(folder, "temporary", "charts"))).to.have.length(1);
  });

  it("come from a repository", async () => {
    const repositoryOpts = { repo: `http://${server.host}` };
    expect((await charts().find({ chart: "web", version: "1.2.3", repositoryOpts })).version).to.equal(
      "1.2.3",
    );
    expect(await refusal(charts().find({ chart: "web", version: "9.9.9", repositoryOpts }))).to.contain(
      'chart "web" version "9.9.9" not found',
    );
  });

  it("that are nowhere are said to be, with every place and what to do", async () => {
    const chart = `oci://${server.host}/charts/web`;
    expect(await refusal(charts({ mirror }).find({ chart, version: "9.9.9" })))
      .to.contain(`chart ${chart} 9.9.9 was not found`)
      .and.contain(`the mirror ${mirror} holds no web 9.9.9`)
      .and.contain("not found")
      .and.contain("put web-9.9.9.tgz into a mirror folder");
    expect(await refusal(charts().find({ chart, version: "9.9.9" }))).to.contain(
      "no mirror folder of charts is named",
    );
  });

  it("are asked for with the logins that docker or Pulumi's provider keep", async () => {
    const chart = `oci://${closed.host}/charts/web`;
    expect(await refusal(charts().find({ chart }))).to.contain("credential");

    const auth = Buffer.from("robot:secret").toString("base64");
    const file = join(folder, "login", "config.json");
    mkdirSync(join(folder, "login"));
    writeFileSync(file, JSON.stringify({ auths: { [closed.host]: { auth } } }));
    for (const env of [
      { HOME: folder, DOCKER_CONFIG: join(folder, "login") },
      { HOME: folder, PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH: file },
    ]) {
      expect((await charts({ env }).find({ chart })).version).to.equal("1.2.3");
    }
    const repositoryOpts = { username: "robot", password: "secret" };
    expect((await charts().find({ chart, repositoryOpts })).version).to.equal("1.2.3");
  });

  it("are looked for once for each run of the engine, and again after a failure", async () => {
    const own = join(folder, "late");
    mkdirSync(own);
    const late = charts({ mirror: own });
    const wanted = { chart: "oci://127.0.0.1:1/charts/web", version: "5.0.0" };
    await refusal(late.find(wanted));
    await packed("5.0.0", own);
    expect((await late.find(wanted)).version).to.equal("5.0.0");
  });

  it("are asked for on the user's way to the internet", async () => {
    const wanted = { chart: "web", version: "1.2.3", repositoryOpts: { repo: "http://charts.invalid" } };
    expect(await refusal(charts().find(wanted))).to.contain("charts.invalid");
    for (const name of ["HTTP_PROXY", "http_proxy"]) {
      const env = { HOME: folder, [name]: `http://${server.host}` };
      expect((await charts({ env }).find(wanted)).version).to.equal("1.2.3");
    }
    const around = { HOME: folder, HTTP_PROXY: `http://${server.host}`, no_proxy: "charts.invalid" };
    expect(await refusal(charts({ env: around }).find(wanted))).to.contain("charts.invalid");
  });

  it("are asked for with the logins that a helper of docker keeps in the user's home", async () => {
    const home = join(folder, "of-the-user");
    mkdirSync(join(home, ".docker"), { recursive: true });
    const settings = { credHelpers: { [closed.host]: "test" } };
    writeFileSync(join(home, ".docker", "config.json"), JSON.stringify(settings));
    writeFileSync(join(home, "kept.json"), JSON.stringify({ Username: "robot", Secret: "secret" }));
    const helper = '#!/bin/sh\n[ "$1" = get ] && cat "$HOME/kept.json"\n';
    writeFileSync(join(home, "docker-credential-test"), helper, { mode: 0o755 });
    const env = { HOME: home, PATH: `${home}:${process.env["PATH"] ?? ""}` };
    expect((await charts({ env }).find({ chart: `oci://${closed.host}/charts/web` })).version).to.equal(
      "1.2.3",
    );
    // What Helm itself keeps stays with the cluster.
    expect(readdirSync(home)).to.have.members([".docker", "kept.json", "docker-credential-test"]);
  });

  describe("that may be absent", () => {
    const chart = "web";
    const absentFrom = (repository: string) => new AbsentCharts([{ repository, chart }], 2);
    const errorOf = (looking: Promise<unknown>) =>
      looking.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );

    it("are said to be unreachable where nobody answers, and others are not found as ever", async () => {
      for (const repo of ["http://127.0.0.1:1", "http://charts.invalid"]) {
        const from = charts({ absent: absentFrom(repo) });
        const repositoryOpts = { repo };
        expect(await errorOf(from.find({ chart, repositoryOpts }))).to.be.instanceOf(ChartUnreachable);
        expect(await refusal(from.find({ chart: "other", repositoryOpts }))).to.contain(
          "chart other was not found",
        );
        expect(await errorOf(from.find({ chart: "other", repositoryOpts }))).not.to.be.instanceOf(
          ChartUnreachable,
        );
      }
    });

    it("are an error where the repository answers: no such version, no such place, a wrong login", async () => {
      for (const [repo, version] of [
        [`http://${server.host}`, "9.9.9"],
        [`http://${server.host}/nothing`, "1.2.3"],
        [`http://${closed.host}`, "1.2.3"],
      ] as const) {
        const wanted = { chart, version, repositoryOpts: { repo } };
        const error = await errorOf(charts({ absent: absentFrom(repo) }).find(wanted));
        expect(error).to.be.instanceOf(Error);
        expect(error, (error as Error).message).not.to.be.instanceOf(ChartUnreachable);
      }
    });

    it("are waited for as long as the world has patience, once, and taken from the mirror in the meantime", async () => {
      let asked = 0;
      const silent = createServer(() => (asked += 1)).listen(0, "127.0.0.1");
      await new Promise((resolve) => silent.once("listening", resolve));
      const repo = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const absent = absentFrom(repo);
      const wanted = { chart, version: "1.9.0", repositoryOpts: { repo } };
      try {
        const began = Date.now();
        // Two runs of the engine.
        for (const from of [charts({ absent }), charts({ absent })]) {
          expect(await errorOf(from.find(wanted))).to.be.instanceOf(ChartUnreachable);
        }
        expect(asked).to.equal(1);
        expect(Date.now() - began).to.be.within(2_000, 8_000);
        expect((await charts({ absent, mirror }).find(wanted)).version).to.equal("1.9.0");
      } finally {
        silent.close();
      }
    });
  });

  it("are looked for again when the cluster began anew, without what it had pulled", async () => {
    const kept = charts();
    const wanted = { chart: `oci://${server.host}/charts/web`, version: "1.2.3" };
    const { path } = await kept.find(wanted);
    rmSync(join(folder, "temporary"), { recursive: true });
    const again = await Promise.all([kept.find(wanted), kept.find(wanted)]);
    expect(again.map((chart) => chart.path)).to.deep.equal([path, path]);
    expect(existsSync(path)).to.equal(true);
  });
});
