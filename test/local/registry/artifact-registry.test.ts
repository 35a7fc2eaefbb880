/** The registry behind the names of Artifact Registry, with the real server and the real Helm. IAM is not asked. */
import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import { expect } from "chai";

import { readCatalogue } from "../../../config/catalogue";
import { readReleases } from "../../../config/releases";
import { helm } from "../../../local/clusters/commands";
import { buildPrograms, type Programs } from "../../../local/clusters/programs";
import { loginEnvironment } from "../../../local/gke/access/login";
import { Charts } from "../../../local/providers/kubernetes/releases/charts";
import { buildRegistry } from "../../../local/registry/program";
import { WorldClient } from "../../../local/world/client";
import { layoutOf } from "../../../local/world/layout";
import { isRunning } from "../../../local/world/process";
import { openWorld, type World } from "../../../local/world/world";
import { writeChart } from "../../support/charts";
import { partsBelow } from "../../support/clusters";
import { provideCharts } from "../../support/demo-charts";
import { root } from "../../support/settings";
import { refusal } from "../../support/small-cloud";

const kind = "artifactregistry/repository:Repository";
const project = { id: "acme-ci", number: "200000000001" };
const host = "europe-west1-docker.pkg.dev";
const catalogue = readCatalogue(join(root, "catalog", "services"));
const charts = `oci://${host}/acme-ci/charts`;

describe("the registry of a world", () => {
  let folder: string;
  let programs: Programs;
  let registryProgram: string;
  let world: World;

  const open = () => openWorld({ folder: join(folder, "world"), programs, registryProgram });
  const makeRepository = (inputs: object = {}) =>
    world.cloud.create(kind, project.id, {
      ...{ repositoryId: "charts", location: "europe-west1", format: "DOCKER" },
      dockerConfig: { immutableTags: true },
      ...inputs,
    });
  const packaged = async (version: string, description = "first") => {
    const files = { "notes.txt": description };
    const chart = writeChart(folder, { name: "billing", version, files });
    const into = mkdtempSync(join(folder, "packaged-"));
    await run("package", chart, "--destination", into);
    return join(into, `billing-${version}.tgz`);
  };
  /** Helm as a person runs it on this world: with the way to it, and nothing else. */
  const run = async (...args: string[]) => {
    const env = {
      ...(world.clusters &&
        loginEnvironment({ folder: layoutOf(join(folder, "world")).login }, world.clusters.proxyUrl)),
    };
    const { exitCode, stderr, stdout } = await helm(
      { folder, programs, adminKubeconfig: join(folder, "none") },
      args,
      { env },
    );
    return exitCode === 0 ? "" : stderr || stdout;
  };
  /** What the release of a program gets, as the stand-in for the provider pulls it. */
  const find = (name: string, version?: string) => {
    const registry = world.clusters?.chartRegistry;
    return new Charts({
      cluster: { folder, programs, adminKubeconfig: join(folder, "none") },
      mirror: undefined,
      programFolder: folder,
      env: { HOME: folder },
      ...(registry && { registry }),
    }).find({ chart: `${charts}/${name}`, ...(version !== undefined && { version }) });
  };
  /** The number of its process; none would mean this process's whole group to a signal. */
  const theRegistry = () => {
    const [pid] = partsBelow(folder);
    if (pid === undefined) throw new Error("no registry runs");
    return pid;
  };
  const gone = async (...pids: number[]) => {
    for (const deadline = Date.now() + 180_000; pids.some(isRunning); await wait(20)) {
      if (Date.now() > deadline) throw new Error(`${pids.filter(isRunning).join(", ")} still runs`);
    }
  };
  const pullScratch = () =>
    run("pull", `oci://${host}/acme-ci/scratch/billing`, "--version", "1.5.0", "--destination", folder);
  const publish = (version: string, text: string) =>
    world.clusters?.registry?.publish(`${host}/acme-ci/charts`, [
      { name: "billing", version, archive: Buffer.from(text) },
    ]) ?? Promise.resolve([]);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "platform-registry-"));
    programs = await buildPrograms();
    registryProgram = await buildRegistry();
    world = await open();
    world.cloud.register(project);
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is not started before anybody needs it", () => {
    expect(partsBelow(folder)).to.deep.equal([]);
  });

  it("has the charts of a repository that is somebody else's, and lets nobody push there", async () => {
    const chart = readFileSync(await packaged("1.4.2"));
    const archives = [{ name: "billing", version: "1.4.2", archive: chart }];
    const put = await world.clusters?.registry?.publish(`${host}/acme-ci/charts`, archives);
    expect(put).to.deep.equal([{ name: "billing", version: "1.4.2" }]);
    expect((await find("billing", "1.4.2")).version).to.equal("1.4.2");
    expect(await run("push", await packaged("1.5.0"), charts)).to.include(
      'name unknown: Repository "charts" not found: this world only takes it for granted',
    );
  });

  it("takes nothing for granted in a project that this world holds", async () => {
    const service = "artifactregistry.googleapis.com";
    await world.cloud.create("projects/service:Service", project.id, { service });
    expect(await refusal(publish("1.4.3", "x"))).to.equal('Repository "charts" not found');
    expect(await refusal(find("billing", "1.4.2"))).to.include(
      `this world has no repository ${host}/acme-ci/charts; bring up the stack that makes it`,
    );
  });

  it("keeps in a repository what was taken for granted before it was made", async () => {
    await makeRepository();
    expect((await find("billing", "1.4.2")).version).to.equal("1.4.2");
  });

  it("is pushed to and pulled from by Helm, under Google's own name", async () => {
    expect(await run("push", await packaged("1.5.0"), charts)).to.equal("");
    const found = await find("billing", "1.5.0");
    expect(found.version).to.equal("1.5.0");
    const into = mkdtempSync(join(folder, "pulled-"));
    expect(await run("pull", `${charts}/billing`, "--version", "1.5.0", "-d", into)).to.equal("");
    expect(readFileSync(join(into, "billing-1.5.0.tgz")).equals(readFileSync(found.path))).to.equal(true);
    expect((await find("billing")).version, "the newest one").to.equal("1.5.0");
  });

  it("has every chart that staging releases, and the base of them all, but leaves what is there alone", async () => {
    const before = (await find("billing", "1.4.2")).path;
    await provideCharts(world, "staging");
    const staging = readReleases(join(root, "catalog/releases/staging.yaml"), "staging", catalogue);
    for (const [name, { version }] of Object.entries(staging)) {
      expect((await find(name, version)).version, name).to.equal(version);
    }
    expect((await find("service-base")).path).to.match(/service-base-[\d.]+\.tgz$/);
    const archive = (await find("routing", staging["routing"]?.version)).path;
    const { stdout } = await helm({ folder, programs, adminKubeconfig: join(folder, "none") }, [
      "show",
      "values",
      archive,
    ]);
    expect(stdout).to.include("europe-west1-docker.pkg.dev/acme-ci/images/routing");
    expect((await find("billing", "1.4.2")).path).to.equal(before);
  });

  it("says of a chart that is not there which versions are", async () => {
    const words = await refusal(find("billing", "9.9.9"));
    expect(words).to.include(`chart ${charts}/billing 9.9.9 was not found`);
    expect(words).to.include("the registry of this world has these versions of billing: 1.4.2, 1.5.0");
    expect(words).to.include(`push the chart: ./platform local helm STACK push billing-9.9.9.tgz ${charts}`);
    expect(await refusal(find("nobody", "1.0.0"))).to.include(
      `the registry of this world has no version of nobody in ${host}/acme-ci/charts`,
    );
  });

  it("refuses to move a tag where tags are immutable, in Google's words", async () => {
    const again = await packaged("1.5.0", "second");
    expect(await run("push", again, charts)).to.include(
      "manifest invalid: cannot update tag 1.5.0. The repository has enabled tag immutability",
    );
    await makeRepository({ repositoryId: "scratch", dockerConfig: { immutableTags: false } });
    const scratch = `oci://${host}/acme-ci/scratch`;
    expect(await run("push", await packaged("1.5.0"), scratch)).to.equal("");
    expect(await run("push", again, scratch)).to.equal("");
  });

  it("leaves a chart alone that somebody has pushed", async () => {
    const before = readFileSync((await find("billing", "1.5.0")).path);
    expect(await publish("1.5.0", "the world's own")).to.deep.equal([]);
    expect(readFileSync((await find("billing", "1.5.0")).path).equals(before)).to.equal(true);
  });

  it("has no repository that the cloud does not have, in that place", async () => {
    const archive = await packaged("1.5.0");
    expect(await run("push", archive, `oci://${host}/acme-ci/nothing`)).to.include(
      'name unknown: Repository "nothing" not found',
    );
    expect(await run("push", archive, "oci://us-docker.pkg.dev/acme-ci/charts")).to.include(
      'name unknown: Repository "charts" not found',
    );
    expect(await run("push", archive, `oci://${host}/acme-ci`)).to.include("400");
    await makeRepository({ repositoryId: "packages", format: "NPM" });
    expect(await run("push", archive, `oci://${host}/acme-ci/packages`)).to.include(
      'name unknown: Repository "packages" not found',
    );
  });

  it("is closed to who has not the proxy's token", async () => {
    const { port } = new URL(world.clusters?.proxyUrl ?? "");
    const curl = ["-sS", "--proxy", `http://127.0.0.1:${port}`, `https://${host}/v2/`];
    const error: unknown = await promisify(execFile)("curl", curl).catch((thrown: unknown) => thrown);
    expect(String((error as { stderr: string }).stderr)).to.include("407");
  });

  it("is started again when it died", async () => {
    const pid = theRegistry();
    process.kill(pid, "SIGKILL");
    await gone(pid);
    expect((await find("billing", "1.4.2")).version).to.equal("1.4.2");
    expect(partsBelow(folder)).to.have.length(1);
  });

  it("is empty after its repository was deleted and made again", async () => {
    const id = `projects/acme-ci/locations/europe-west1/repositories/scratch`;
    await world.cloud.remove(kind, project.id, id);
    await makeRepository({ repositoryId: "scratch" });
    expect(await pullScratch()).to.include("not found");
    expect((await find("billing", "1.5.0")).version).to.equal("1.5.0");
  });

  it("keeps what was pushed when the world is closed and opened, and drops what the cloud has lost", async () => {
    expect(await run("push", await packaged("1.5.0"), `oci://${host}/acme-ci/scratch`)).to.equal("");
    await world.close();
    expect(partsBelow(folder)).to.deep.equal([]);
    // As when a world is killed while it deletes: the cloud goes on, and nobody told the registry.
    const lost = `${kind} acme-ci projects/acme-ci/locations/europe-west1/repositories/scratch`;
    appendFileSync(join(folder, "world", "cloud", "resources.jsonl"), `${JSON.stringify({ key: lost })}\n`);
    world = await open();
    expect((await find("billing", "1.5.0")).version).to.equal("1.5.0");
    await makeRepository({ repositoryId: "scratch" });
    expect(await pullScratch()).to.include("not found");
  });

  it("ends with the world's process, however that goes, and is there again with the next", async () => {
    await world.close();
    const place = join(folder, "world");
    const wanted = { repository: `${host}/acme-ci/charts`, charts: [{ name: "billing", version: "1.5.0" }] };
    const first = await WorldClient.start(place, 0, "full");
    try {
      expect(await first.missingCharts(wanted)).to.deep.equal({ charts: [] });
      const registry = theRegistry();
      expect(isRunning(registry)).to.equal(true);
      process.kill(first.pid, "SIGKILL");
      await gone(first.pid, registry);
      const next = await WorldClient.start(place, 0, "full");
      expect(await next.missingCharts(wanted)).to.deep.equal({ charts: [] });
    } finally {
      await WorldClient.end(place);
    }
    expect(partsBelow(folder)).to.deep.equal([]);
    world = await open();
  });

  it("keeps its key and what was pushed from other users of the machine", () => {
    const at = join(folder, "world", "registry");
    const others = (path: string) => statSync(path).mode & 0o077;
    expect([others(at), others(join(at, "certificate.key"))]).to.deep.equal([0, 0]);
  });
});
