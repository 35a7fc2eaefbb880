/** Releases of the real Helm on a real cluster, as the engine asks for them. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { Values } from "../../../../../local/cloud/rules/shape";
import { helm } from "../../../../../local/clusters/commands";
import { type ControlPlane, startControlPlane } from "../../../../../local/clusters/control-plane";
import { setNodePool } from "../../../../../local/clusters/node-pools";
import { buildPrograms } from "../../../../../local/clusters/programs";
import { Releases, type ReleasesOptions } from "../../../../../local/providers/kubernetes/releases/releases";
import { NotInitialised } from "../../../../../local/providers/provider";
import { unknown } from "../../../../../local/providers/wire";
import { serveChart } from "../../../../support/chart-server";
import { hookJob, writeChart } from "../../../../support/charts";
import {
  apply,
  ask,
  pool,
  removeFolders,
  startTemporary,
  temporaryFolder,
} from "../../../../support/clusters";
import { root } from "../../../../support/settings";

const subject = {
  urn: "urn:pulumi:test::p::kubernetes:helm.sh/v3:Release::r",
  kind: "helm.sh/v3:Release",
  name: "r",
};
const patience = { signal: new AbortController().signal };

describe("releases", () => {
  let cluster: ControlPlane;
  let releases: Releases;
  let folder: string;
  let web: string;

  /** Releases of another run of the engine: with nothing kept in memory. */
  const another = (options: ReleasesOptions = {}) => new Releases(cluster, options);

  const checked = async (inputs: Values, provider = releases): Promise<Values> => {
    const { inputs: all, failures } = await provider.check(subject, { chart: web, ...inputs });
    expect(failures).to.deep.equal([]);
    return all;
  };
  const create = async (inputs: Values) => {
    const all = await checked(inputs);
    const { id, outputs } = await releases.create(subject, all, patience);
    return { id, state: { inputs: all, outputs } };
  };
  const update = async (was: { id: string; state: { inputs: Values; outputs: Values } }, change: Values) => {
    const inputs = await checked({ ...was.state.inputs, ...change });
    return { inputs, outputs: await releases.update(subject, was.id, inputs, was.state, patience) };
  };
  const errorOf = async (promise: Promise<unknown>): Promise<Error> => {
    const error: unknown = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(Error);
    return error as Error;
  };
  const messageOf = async (promise: Promise<unknown>) => (await errorOf(promise)).message;
  const statusOf = (outputs: Values) =>
    outputs["status"] as { revision: number; status: string; version: string };
  const image = (name: string, namespace = "default") =>
    ask(
      cluster,
      "get",
      "deployment",
      name,
      "-n",
      namespace,
      "-o",
      "jsonpath={.spec.template.spec.containers[0].image} {.status.readyReplicas}",
    );
  const history = async (name: string, namespace = "default") => {
    const { stdout } = await helm(cluster, ["history", name, "-n", namespace, "-o", "json"]);
    return stdout === ""
      ? []
      : (JSON.parse(stdout) as { revision: number; status: string; description: string }[]);
  };

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
    folder = temporaryFolder();
    web = writeChart(folder);
    releases = another();
    await apply(cluster, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  describe("that succeed", () => {
    it("are installed, upgraded, read and uninstalled, and told as the provider tells them", async () => {
      const made = await create({ name: "shop", values: { replicas: 2 } });
      expect(made.id).to.equal("default/shop");
      expect(made.state.outputs).to.deep.include({
        version: "1.0.0",
        status: {
          appVersion: "7",
          chart: "web",
          name: "shop",
          namespace: "default",
          revision: 1,
          status: "deployed",
          version: "1.0.0",
        },
        resourceNames: { "Deployment.apps/apps/v1": ["shop"] },
        timeout: 300,
      });
      const next = await update(made, { values: { replicas: 2, image: { tag: "two" } } });
      expect(statusOf(next.outputs)).to.include({ revision: 2, status: "deployed" });
      expect(await image("shop")).to.equal("example.com/main:two 2");

      const found = await releases.read(subject, made.id, next);
      expect(found).to.deep.equal({ id: made.id, ...next });
      await releases.remove(subject, made.id, next, patience);
      expect(await ask(cluster, "get", "deployments,secrets", "-o", "name")).to.equal("");
      expect(await releases.read(subject, made.id, next)).to.equal(undefined);
      // Once more: somebody was faster.
      await releases.remove(subject, made.id, next, patience);
    });

    it("leave no file of values behind", () => {
      expect(
        readdirSync(join(cluster.folder, "temporary")).filter((name) => name.startsWith("values-")),
      ).to.deep.equal([]);
    });

    it("keep as many revisions as they may", async () => {
      let made = await create({ name: "old", maxHistory: 2 });
      for (const tag of ["two", "three", "four"]) {
        made = { id: made.id, state: await update(made, { values: { image: { tag } } }) };
      }
      expect((await history("old")).map(({ revision }) => revision)).to.deep.equal([3, 4]);
    });

    it("do not disturb each other when there are many at once", async () => {
      const names = ["a", "b", "c", "d", "e", "f"];
      const made = await Promise.all(names.map((name) => create({ name, values: { image: { tag: name } } })));
      expect(await Promise.all(names.map((name) => image(name)))).to.deep.equal(
        names.map((name) => `example.com/main:${name} 1`),
      );
      await Promise.all(made.map(({ id, state }) => releases.remove(subject, id, state, patience)));
    });

    it("make their namespace when they are told to", async () => {
      expect((await create({ name: "own", namespace: "fresh", createNamespace: true })).id).to.equal(
        "fresh/own",
      );
    });

    it("show what somebody else did to them, and only then", async () => {
      const made = await create({ name: "drift", values: { replicas: 1, empty: null } });
      const same = await releases.read(subject, made.id, made.state);
      expect(same?.inputs).to.deep.equal(made.state.inputs);
      await helm(cluster, ["upgrade", "drift", web, "--set", "image.tag=theirs"]);
      const found = await releases.read(subject, made.id, made.state);
      const { changes } = await releases.diff(
        subject,
        { inputs: found?.inputs ?? {}, outputs: {} },
        made.state.inputs,
      );
      expect([...changes.keys()]).to.include("values.image");
    });
  });

  describe("that fail", () => {
    it("are uninstalled when they are atomic, with the reason named", async () => {
      const message = await messageOf(
        create({
          name: "doomed",
          atomic: true,
          timeout: 4,
          values: { plays: "missing-image", image: { tag: "x" } },
        }),
      );
      expect(message).to.contain(
        'Helm release "default/doomed" failed to initialize completely: release doomed failed, and has been uninstalled due to atomic being set: context deadline exceeded',
      );
      expect(message).to.match(
        /Pod doomed-\S+: container main: ImagePullBackOff: Back-off pulling image "example.com\/main:x"/,
      );
      expect(await history("doomed")).to.deep.equal([]);
    });

    it("go back to what runs when they are atomic, claim nothing new, and are tried again", async () => {
      const made = await create({ name: "safe", atomic: true, values: { image: { tag: "one" } } });
      const error = await errorOf(
        update(made, { timeout: 4, values: { image: { tag: "two" }, plays: "missing-image" } }),
      );
      expect(error).not.to.be.instanceOf(NotInitialised);
      expect(error.message)
        .to.contain("has been rolled back due to atomic being set: context deadline exceeded")
        .and.contain('ImagePullBackOff: Back-off pulling image "example.com/main:two"');
      expect(await image("safe")).to.equal("example.com/main:one 1");
      expect((await history("safe")).at(-1)).to.include({ status: "deployed", description: "Rollback to 1" });
      // After a refresh the program still differs, so the next run tries again.
      const found = await releases.read(subject, made.id, made.state);
      expect(found?.inputs).to.deep.equal(made.state.inputs);
      const next = await update(made, { values: { image: { tag: "three" } } });
      expect(statusOf(next.outputs)).to.include({ revision: 4, status: "deployed" });
    });

    it("stay as failed otherwise, and a corrected program upgrades them", async () => {
      const error = await errorOf(create({ name: "kept", timeout: 3, values: { plays: "crashing" } }));
      expect(error).to.be.instanceOf(NotInitialised);
      const { found, reasons, message } = error as NotInitialised;
      expect(message).to.contain("context deadline exceeded");
      expect(reasons.join("\n")).to.contain(
        "CrashLoopBackOff: back-off restarting failed container, last exit code 1",
      );
      expect(statusOf(found.outputs)).to.include({ revision: 1, status: "failed" });

      const read = await errorOf(releases.read(subject, found.id, found));
      expect(read).to.be.instanceOf(NotInitialised);
      const next = await update({ id: found.id, state: found }, { values: { plays: "nothing" } });
      expect(statusOf(next.outputs)).to.include({ revision: 2, status: "deployed" });
    });

    it("name what Pod Security refuses", async () => {
      const message = await messageOf(
        create({ name: "rough", namespace: "strict", atomic: true, timeout: 3 }),
      );
      expect(message)
        .to.contain('violates PodSecurity "restricted:latest"')
        .and.contain("allowPrivilegeEscalation != false");
    });

    it("name a hook that fails, even one that is deleted when it does", async () => {
      for (const policy of ["before-hook-creation", "hook-failed"]) {
        const chart = writeChart(folder, {
          files: { "templates/migrate.yaml": hookJob("pre-upgrade", policy) },
        });
        const name = `hook-${policy.slice(0, 4)}`;
        const made = await create({ chart, name, atomic: true });
        const message = await messageOf(update(made, { values: { migration: "crashing" } }));
        expect(message)
          .to.contain("pre-upgrade hooks failed")
          .and.contain("BackoffLimitExceeded")
          .and.contain("rolled back due to atomic");
        if (policy !== "hook-failed") expect(message).to.contain("exit code 42 (Error)");
        expect(await image(name)).to.equal("example.com/main:one 1");
      }
    });

    it("are left to Helm's words where it never began", async () => {
      const made = await create({ name: "gone" });
      await helm(cluster, ["uninstall", "gone", "--wait"]);
      expect(await messageOf(update(made, { values: { replicas: 2 } }))).to.equal(
        'Helm release "default/gone": "gone" has no deployed releases',
      );
      await create({ name: "taken" });
      const again = await errorOf(create({ name: "taken", atomic: true }));
      expect(again.message).to.contain("cannot re-use a name that is still in use");
      expect((await history("taken")).map(({ status }) => status)).to.deep.equal(["deployed"]);
    });

    it("end when they are told to stop, and go back without waiting", async () => {
      const stopped = new AbortController();
      const inputs = await checked({ name: "stop", atomic: true, values: { plays: "unready" } });
      const making = errorOf(releases.create(subject, inputs, { signal: stopped.signal }));
      while ((await history("stop")).length === 0) await wait(100);
      stopped.abort();
      expect((await making).message).to.contain("it was told to stop");
      expect(await history("stop")).to.deep.equal([]);
    });
  });

  describe("that were interrupted", () => {
    /** Kills Helm while it waits, as when the machine goes down. */
    const killed = async (name: string, making: Promise<unknown>, status: string) => {
      const ended = errorOf(making);
      while ((await history(name)).at(-1)?.status !== status) await wait(50);
      const pids = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => new RegExp(`helm (install|upgrade|rollback) ${name} `).test(line))
        .filter((line) => !line.includes("/bin/sh"))
        .map((line) => Number(line.trim().split(" ")[0]));
      expect(pids.length).to.equal(1);
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await ended;
    };

    it("begin anew when nothing was there before", async () => {
      await killed("torn", create({ name: "torn", values: { plays: "unready" } }), "pending-install");
      const said: string[] = [];
      releases = another({ warn: (_urn, message) => Promise.resolve(void said.push(message)) });
      const made = await create({ name: "torn" });
      expect(statusOf(made.state.outputs)).to.include({ revision: 1, status: "deployed" });
      expect(said).to.deep.equal([
        'Helm release "default/torn" was interrupted (pending-install) and has been uninstalled first',
      ]);
    });

    it("go on from what was there", async () => {
      const made = await create({ name: "ripped" });
      await killed("ripped", update(made, { values: { plays: "unready" } }), "pending-upgrade");
      const next = await update(made, { values: { image: { tag: "two" } } });
      expect((await history("ripped")).map(({ description }) => description)).to.include("Rollback to 1");
      expect(statusOf(next.outputs)).to.include({ revision: 4, status: "deployed" });
    });

    it("go on from a way back that was interrupted", async () => {
      const made = await create({ name: "twice", skipAwait: true, values: { plays: "unready" } });
      const inputs = { skipAwait: false, atomic: true, timeout: 3, values: { plays: "crashing" } };
      await killed("twice", update(made, inputs), "pending-rollback");
      const next = await update(made, { skipAwait: false, values: { image: { tag: "two" } } });
      expect(statusOf(next.outputs)).to.include({ status: "deployed" });
      expect(await image("twice")).to.equal("example.com/main:two 1");
    });

    it("are refused when somebody else may be at it, with the way out", async () => {
      const made = await create({ name: "theirs" });
      const doing = helm(
        cluster,
        ["upgrade", "theirs", web, "--set", "plays=unready", "--wait", "--timeout=30s"],
        {
          timeoutSeconds: 8,
        },
      );
      while ((await history("theirs")).at(-1)?.status !== "pending-upgrade") await wait(50);
      expect(await messageOf(update(made, { values: { replicas: 2 } })))
        .to.contain("pending-upgrade at revision 2")
        .and.contain("run helm rollback theirs --namespace default");
      await doing;
      // Not the second time either, and not where nothing tells whose it is.
      const secret = "secret/sh.helm.release.v1.theirs.v2";
      await ask(cluster, "label", secret, "status=pending-rollback", "--overwrite");
      for (const tag of ["two", "three"]) {
        expect(await messageOf(update(made, { values: { image: { tag } } }))).to.contain(
          "is pending-rollback",
        );
      }
    });
  });

  describe("in a preview", () => {
    const preview = async (chart: string, inputs: Values = {}) =>
      releases.preview(subject, await checked({ chart, name: "look", ...inputs }));

    it("leave open what only Helm knows", async () => {
      expect(await preview(web)).to.deep.include({
        version: "1.0.0",
        status: unknown,
        resourceNames: unknown,
      });
      expect(await history("look")).to.deep.equal([]);
    });

    it("are refused when the values are not what the chart's schema asks for", async () => {
      const schema = JSON.stringify({ properties: { replicas: { type: "integer", maximum: 3 } } });
      const chart = writeChart(folder, { files: { "values.schema.json": schema } });
      expect(await messageOf(preview(chart, { values: { replicas: 4 } })))
        .to.contain('release "default/look" would fail')
        .and.contain("values don't meet the specifications of the schema(s)")
        .and.contain("replicas");
      await preview(chart, { values: { replicas: 3 } });
    });

    it("are refused when a template is broken", async () => {
      const chart = writeChart(folder, {
        files: { "templates/x.yaml": '{{ required "say a host" .Values.host }}' },
      });
      expect(await messageOf(preview(chart))).to.contain("say a host");
    });

    it("are refused when a field is misspelt, which Helm would send and the API server drop", async () => {
      const misspelt = `
apiVersion: v1
kind: Service
metadata: { name: look }
spec: { ports: [{ port: 80, targetPrt: 8080 }] }
`;
      const chart = writeChart(folder, { files: { "templates/service.yaml": misspelt } });
      expect(await messageOf(preview(chart)))
        .to.contain("Service look")
        .and.contain('unknown field "spec.ports[0].targetPrt"');
      // Before its namespace is there as well.
      expect(await messageOf(preview(chart, { namespace: "later" }))).to.contain("targetPrt");
    });

    it("pass where it may become right until then", async () => {
      const files = {
        "crds/things.yaml": JSON.stringify({
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          metadata: { name: "things.example.com" },
          spec: {
            group: "example.com",
            scope: "Namespaced",
            names: { kind: "Thing", plural: "things", singular: "thing" },
            versions: [
              {
                name: "v1",
                served: true,
                storage: true,
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
              },
            ],
          },
        }),
        "templates/thing.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: one }\n",
        "templates/monitor.yaml":
          '{{ if .Capabilities.APIVersions.Has "monitoring.example.com/v1" }}\n{{ fail "no such kind here" }}\n{{ end }}\n' +
          '{{ if not (.Capabilities.APIVersions.Has "apps/v1/Deployment") }}{{ fail "no deployments?" }}{{ end }}',
        "templates/migrate.yaml": hookJob("pre-install,pre-upgrade"),
        "templates/service.yaml":
          "apiVersion: v1\nkind: Service\nmetadata: { name: look }\nspec: { type: NodePort, ports: [{ port: 80, nodePort: 30080 }] }\n",
      };
      const chart = writeChart(folder, { files });
      await preview(chart, { namespace: "later" });
      await preview(chart, { namespace: "strict" });
      // And again when all of it is there.
      const made = await create({ chart, name: "look" });
      await preview(chart, { values: { replicas: 2 } });
      await releases.remove(subject, made.id, made.state, patience);
    });

    it("are not looked into while something is unknown", async () => {
      const inputs = await checked({ name: "look", values: { host: unknown } });
      expect(inputs["version"]).to.equal("1.0.0");
      expect((await releases.preview(subject, inputs))["values"]).to.deep.equal({ host: unknown });
    });
  });

  it("differ in the last value, and become another one with another name", async () => {
    const old = { name: "a", version: "1.0.0", values: { image: { tag: "one", x: 1 }, hosts: ["a", "b"] } };
    const next = { name: "a", version: "1.1.0", values: { hosts: ["a", "c"], image: { x: 1, tag: "two" } } };
    const diff = (to: Values) => releases.diff(subject, { inputs: old, outputs: {} }, to);
    expect([...(await diff(next)).changes]).to.deep.equal([
      ["version", { kind: "update", replaces: false }],
      ["values.image.tag", { kind: "update", replaces: false }],
      ["values.hosts[1]", { kind: "update", replaces: false }],
    ]);
    expect((await diff({ ...old, namespace: "b" })).changes.get("namespace")?.replaces).to.equal(true);
    expect((await diff(old)).changes.size).to.equal(0);
  });

  it("fetch what their chart depends on by the user's way to the internet, and leave nothing in the user's home", async () => {
    const packed = await helm(cluster, ["package", web, "--destination", folder]);
    expect(packed.exitCode, packed.stderr).to.equal(0);
    const server = await serveChart({
      archive: join(folder, "web-1.0.0.tgz"),
      name: "web",
      version: "1.0.0",
    });
    const depends = { name: "web", version: "1.0.0", repository: "http://charts.invalid" };
    const described = { apiVersion: "v2", name: "around", version: "1.0.0", dependencies: [depends] };
    const files = { "Chart.yaml": JSON.stringify(described), "templates/deployment.yaml": "" };
    const home = temporaryFolder();
    const env = { HOME: home, PATH: process.env["PATH"], HTTP_PROXY: `http://${server.host}` };
    try {
      const fetching = another({ env });
      // Planned from one folder and made from another, neither of which has it yet.
      const inputs = async () => {
        const chart = writeChart(folder, { name: "around", files });
        return checked({ name: "around", chart, dependencyUpdate: true }, fetching);
      };
      expect(await fetching.preview(subject, await inputs())).to.include({ status: unknown });
      const all = await inputs();
      const { id, outputs } = await fetching.create(subject, all, patience);
      expect(await image("around")).to.equal("example.com/main:one 1");
      await fetching.remove(subject, id, { inputs: all, outputs }, patience);
    } finally {
      server.close();
    }
    expect(readdirSync(home)).to.deep.equal([]);
  });

  it("of a cluster that cannot be reached are checked and planned, and nothing is done to them", async () => {
    const nowhere = new Releases(undefined, { unreachableReason: "it is stopped" });
    const inputs = await checked({ name: "far" }, nowhere);
    expect(inputs["version"]).to.equal("1.0.0");
    expect(await nowhere.preview(subject, inputs)).to.include({ status: unknown });
    const state = { inputs, outputs: {} };
    expect(await messageOf(nowhere.update(subject, "default/far", inputs, state, patience))).to.contain(
      "can't update Helm Release",
    );
    expect(await messageOf(nowhere.remove(subject, "default/far", state, patience))).to.equal(
      "can't delete Helm Release with unreachable cluster. Reason: it is stopped",
    );
  });
});

describe("releases of a world that was killed", () => {
  afterEach(removeFolders);

  it("begin anew in the next one, and Helm does not outlive its world", async () => {
    const folder = join(temporaryFolder(), "cluster");
    const web = writeChart(temporaryFolder());
    const programs = await buildPrograms();
    const script = `
      const { startControlPlane } = require("./local/clusters/control-plane");
      const { setNodePool } = require("./local/clusters/node-pools");
      const { Releases } = require("./local/providers/kubernetes/releases/releases");
      const { pool } = require("./test/support/clusters");
      void (async () => {
        const cluster = await startControlPlane(${JSON.stringify({ folder, programs })});
        await setNodePool(cluster, pool());
        const inputs = { name: "torn", namespace: "default", chart: "${web}", values: { plays: "unready" } };
        const making = new Releases(cluster).create({}, inputs, { signal: new AbortController().signal });
        while ((await cluster.api.get("/api/v1/namespaces/default/pods")).items.length === 0);
        process.stdout.write("waits");
        await making;
      })();`;
    const world = spawn(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(world.stdout, "data");
    world.kill("SIGKILL");
    await once(world, "close");
    const helms = () => execFileSync("ps", ["-eo", "args="], { encoding: "utf8" }).includes(web);
    while (helms()) await wait(20);

    const cluster = await startControlPlane({ folder, programs });
    try {
      const releases = new Releases(cluster);
      const { inputs } = await releases.check(subject, { name: "torn", chart: web });
      const { outputs } = await releases.create(subject, inputs, patience);
      expect(outputs["status"]).to.include({ revision: 1, status: "deployed" });
    } finally {
      await cluster.stop();
    }
  });
});
