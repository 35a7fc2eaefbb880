/** A real control plane: what it refuses, what it keeps, and that nothing of it is left. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { kubectl } from "../../../local/clusters/commands";
import { type ControlPlane, startControlPlane } from "../../../local/clusters/control-plane";
import { kubeconfigText } from "../../../local/clusters/kubeconfig";
import { ProcessDied } from "../../../local/clusters/process-group";
import { buildPrograms, pinnedVersions } from "../../../local/clusters/programs";
import { isRunning } from "../../../local/world/process";
import {
  apply,
  ask,
  podOf,
  podSpec,
  removeFolders,
  startTemporary,
  temporaryFolder,
} from "../../support/clusters";

const privileged = podSpec({
  containers: [{ name: "main", image: "example.com/main:1", securityContext: { privileged: true } }],
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(20);
}

function listens(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
    socket.once("connect", () => socket.destroy() && resolve(true)).once("error", () => resolve(false));
  });
}

async function untilGone(pids: readonly number[], endpoint: string): Promise<void> {
  await until(() => !pids.some(isRunning));
  // The system closes what a process had open a moment after it counts as ended.
  await until(async () => !(await listens(endpoint)));
}

/** What is left in a folder for temporary files, without what the loader of TypeScript keeps there. */
function leftIn(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => !name.startsWith("tsx-"));
}

describe("a control plane", () => {
  let cluster: ControlPlane;

  before(async () => {
    cluster = await startTemporary();
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("is ready, and of the pinned version", async () => {
    expect(await ask(cluster, "get", "--raw", "/readyz")).to.equal("ok");
    const version = JSON.parse(await ask(cluster, "version", "-o", "json")) as {
      serverVersion: { gitVersion: string; minor: string };
    };
    expect(version.serverVersion.gitVersion).to.equal(`v${pinnedVersions().kubernetes}`);
    expect(version.serverVersion.minor).to.equal(pinnedVersions().kubernetes.split(".")[1]);
  });

  it("refuses a privileged pod in a restricted namespace, with the reason, and takes it elsewhere", async () => {
    await apply(cluster, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const refused = await apply(cluster, podOf("root", privileged, "strict"));
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain('violates PodSecurity "restricted:latest": privileged');
    expect((await apply(cluster, podOf("fine", podSpec(), "strict"))).stderr).to.equal("");
    expect((await apply(cluster, podOf("root", privileged))).stderr).to.equal("");
  });

  it("refuses what a policy of the cluster forbids, in the policy's words", async () => {
    const policy = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name: "owners" },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] },
          ],
        },
        validations: [{ expression: "has(object.metadata.labels)", message: "say whose it is" }],
      },
    };
    const binding = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: "owners" },
      spec: { policyName: "owners", validationActions: ["Deny"] },
    };
    expect((await apply(cluster, policy, binding)).stderr).to.equal("");
    // A policy holds a moment after it is made.
    let said = "";
    await until(async () => {
      said = (await kubectl(cluster, ["create", "configmap", `nobodys-${Date.now()}`])).stderr;
      return said !== "";
    });
    expect(said).to.contain("say whose it is");
    await ask(cluster, "delete", "validatingadmissionpolicybinding/owners");
  });

  it("refuses an account without a role, and lets it when it has one", async () => {
    await ask(cluster, "create", "serviceaccount", "stranger");
    const token = await ask(cluster, "create", "token", "stranger");
    const kubeconfig = join(cluster.folder, "stranger.yaml");
    const {
      endpoint,
      credentials: { caCertificate },
    } = cluster;
    const text = kubeconfigText("stranger", { endpoint, caCertificate, token });
    writeFileSync(kubeconfig, text);
    const asStranger = () => kubectl(cluster, ["get", "secrets"], { kubeconfig });

    expect((await asStranger()).stderr).to.contain(
      'User "system:serviceaccount:default:stranger" cannot list resource "secrets"',
    );
    await ask(
      cluster,
      "create",
      "rolebinding",
      "reader",
      "--clusterrole=admin",
      "--serviceaccount=default:stranger",
    );
    expect((await asStranger()).exitCode).to.equal(0);
  });

  it("shows its secrets to nobody else on this machine", () => {
    expect(statSync(cluster.folder).mode & 0o077).to.equal(0);
    const keys = readdirSync(join(cluster.folder, "certificates")).filter((name) => name.endsWith(".key"));
    expect(
      keys.filter((name) => statSync(join(cluster.folder, "certificates", name)).mode & 0o077),
    ).to.deep.equal([]);
  });
});

describe("the life of a control plane", () => {
  const started: ChildProcess[] = [];
  const running: ControlPlane[] = [];

  const start = async (folder = join(temporaryFolder(), "cluster")) => {
    const cluster = await startControlPlane({ folder, programs: await buildPrograms() });
    running.push(cluster);
    return cluster;
  };

  afterEach(async () => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    for (const cluster of running.splice(0)) await cluster.stop();
    removeFolders();
  });

  /** A process of its own that starts a control plane, as the owner of a world would. */
  const ownElsewhere = async (folder: string) => {
    const module = (name: string) =>
      JSON.stringify(join(__dirname, "..", "..", "..", "local", "clusters", name));
    const temporary = temporaryFolder();
    const script = `
      const { startControlPlane } = require(${module("control-plane.ts")});
      const { buildPrograms } = require(${module("programs.ts")});
      buildPrograms()
        .then((programs) => startControlPlane({ folder: ${JSON.stringify(folder)}, programs }))
        .then(({ pids, endpoint }) => console.log(JSON.stringify({ pids, endpoint })));`;
    const owner = spawn(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: join(__dirname, "..", "..", ".."),
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(owner);
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: owner.stdout }).once("line", resolve),
    );
    return { owner, temporary, ...(JSON.parse(line) as { pids: number[]; endpoint: string }) };
  };

  it("ends with no process and no port left, and nothing temporary", async () => {
    const cluster = await start();
    expect(cluster.pids.length).to.equal(5);
    expect(cluster.pids.filter(isRunning)).to.deep.equal(cluster.pids);
    await cluster.stop();
    expect(cluster.pids.filter(isRunning)).to.deep.equal([]);
    expect(await listens(cluster.endpoint)).to.equal(false);
    expect(await cluster.ended).to.equal(undefined);
    expect(readdirSync(cluster.folder)).to.not.include("temporary");
  });

  it("goes on where it was stopped, at the same address and with the same authority", async () => {
    const first = await start();
    await ask(first, "create", "configmap", "kept");
    await first.stop();
    const second = await start(first.folder);
    expect(second.endpoint).to.equal(first.endpoint);
    expect(second.credentials).to.deep.equal(first.credentials);
    expect(await ask(second, "get", "configmap", "kept", "-o", "name")).to.equal("configmap/kept");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends when ${signal} ends its owner`, async () => {
      const { owner, pids, endpoint, temporary } = await ownElsewhere(join(temporaryFolder(), "cluster"));
      owner.kill(signal);
      await untilGone(pids, endpoint);
      expect(leftIn(temporary)).to.deep.equal([]);
    });
  }

  it("ends when its owner is killed, and goes on with its objects", async () => {
    const folder = join(temporaryFolder(), "cluster");
    const { owner, pids, endpoint, temporary } = await ownElsewhere(folder);
    const adminKubeconfig = join(folder, "kubeconfigs", "admin.yaml");
    const programs = await buildPrograms();
    const made = await kubectl({ folder, programs, adminKubeconfig }, ["create", "configmap", "kept"]);
    expect(made.stderr).to.equal("");

    owner.kill("SIGKILL");
    await untilGone(pids, endpoint);
    expect(leftIn(temporary)).to.deep.equal([]);

    const next = await start(folder);
    expect(next.endpoint).to.equal(endpoint);
    expect(await ask(next, "get", "configmap", "kept", "-o", "name")).to.equal("configmap/kept");
  });

  it("ends when one of its processes dies, and says which and what it said", async () => {
    const cluster = await start();
    const apiServer = cluster.pids[1] ?? 0;
    process.kill(apiServer, "SIGKILL");
    const death = await cluster.ended;
    expect(death).to.be.instanceOf(ProcessDied);
    expect(death?.message).to.match(/^kube-apiserver ended by itself \(SIGKILL\); its log ends with:\n.+/);
    expect(cluster.pids.filter(isRunning)).to.deep.equal([]);
  });

  it("does not begin when a part cannot, and says why", async () => {
    const folder = join(temporaryFolder(), "cluster");
    mkdirSync(folder);
    writeFileSync(join(folder, "etcd"), "not a folder");
    const failure: unknown = await start(folder).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ProcessDied);
    expect((failure as Error).message)
      .to.contain("etcd ended by itself")
      .and.contain("not a directory");
  });

  it("takes another port when somebody takes its own first", async () => {
    const folder = join(temporaryFolder(), "cluster");
    const thief = createServer();
    const file = join(folder, "port");
    const theft = until(() => existsSync(file) && readFileSync(file, "utf8") !== "").then(async () => {
      thief.listen(Number(readFileSync(file, "utf8")), "127.0.0.1");
      await once(thief, "listening");
    });
    const cluster = await start(folder);
    await theft;
    const { port } = thief.address() as AddressInfo;
    thief.close();
    expect(cluster.endpoint).to.not.contain(String(port));
    expect(await ask(cluster, "get", "--raw", "/readyz")).to.equal("ok");
  });

  for (const [when, file] of [
    ["in its beginning", "stages.yaml"],
    ["when its API server is about to answer", "port"],
  ] as const) {
    it(`is not waited for ${when} by who does not want it any more, and leaves nothing`, async () => {
      const folder = join(temporaryFolder(), "cluster");
      const stopped = new AbortController();
      const reason = new Error("the world ends");
      const starting = startControlPlane({ folder, programs: await buildPrograms(), signal: stopped.signal });
      await until(() => existsSync(join(folder, file)));
      const began = Date.now();
      stopped.abort(reason);
      expect(await starting.catch((error: unknown) => error)).to.equal(reason);
      expect(Date.now() - began).to.be.below(5_000);
      expect(readdirSync(folder)).to.not.include("temporary");
      // An etcd that is still there would hold the folder.
      expect(await ask(await start(folder), "get", "--raw", "/readyz")).to.equal("ok");
    });
  }

  it("stands beside another", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await ask(one, "create", "configmap", "here");
    expect(await ask(two, "get", "configmap", "here", "--ignore-not-found", "-o", "name")).to.equal("");
  });
});
