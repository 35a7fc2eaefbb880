/** The `kubernetes` package as the real engine uses it: a program with the real SDK, on a real control plane. */
import { expect } from "chai";

import type { ControlPlane } from "../../../../local/clusters/control-plane";
import { setNodePool } from "../../../../local/clusters/node-pools";
import { ensureStack, exportStack, runEngine } from "../../../../local/engine/run";
import { type Clusters, kubernetesPackage } from "../../../../local/providers/kubernetes/package";
import { type ProviderServer, serveProvider } from "../../../../local/providers/server";
import { ask, pool, removeFolders, startTemporary } from "../../../support/clusters";
import { engineOrNothing, startToyWorld, type ToyWorld } from "../../../support/toy-world";

const SETTINGS = 'config:\n  pulumi:disable-default-providers: ["*"]\n';
const PREAMBLE = `
import * as core from "@pulumi/kubernetes/core/v1";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as extensions from "@pulumi/kubernetes/apiextensions/v1";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Provider } from "@pulumi/kubernetes/provider";
const provider = new Provider("main", { clusterIdentifier: "staging", kubeconfig: "{}", enableConfigMapMutable: true });
const opts = { provider };
const web = (name: string, namespace: string, spec: object, annotations = {}) =>
  new apps.Deployment(name, {
    metadata: { name, namespace, annotations },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image: "a:1" }], ...spec } },
    },
  }, opts);
`;

describe("the kubernetes package and the engine", function () {
  this.timeout(180_000);
  let engine: string;
  let cluster: ControlPlane;
  let there = true;
  let world: ToyWorld;
  let servers: ProviderServer[];

  before(async function () {
    this.timeout(900_000);
    const found = await engineOrNothing();
    if (found === undefined) return this.skip();
    engine = found;
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
  });
  after(async () => {
    await cluster?.stop();
    removeFolders();
  });

  const clusters: Clusters = { find: (id) => (there && id === "staging" ? cluster : undefined) };
  const serve = async (given: Clusters) => {
    const server = await serveProvider(kubernetesPackage(given));
    servers.push(server);
    world.workspace = { ...world.workspace, providers: { kubernetes: server.port } };
  };
  beforeEach(async () => {
    there = true;
    servers = [];
    world = await startToyWorld(engine, SETTINGS);
    await serve(clusters);
    await ensureStack(world.workspace);
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    world.remove();
  });

  const run = (...args: Parameters<typeof runEngine> extends [unknown, ...infer Rest] ? Rest : never) =>
    runEngine(world.workspace, ...args);
  const program = (body: string) => world.program(PREAMBLE + body);
  const errors = (result: Awaited<ReturnType<typeof run>>) =>
    result.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);

  it("brings a program up, changes nothing after that, and takes all of it down", async () => {
    program(`
      const namespace = new core.Namespace("main", { metadata: { name: "whole" } }, opts);
      const settings = new core.ConfigMap("main", { metadata: { name: "settings", namespace: namespace.metadata.name }, data: { cpu: "1" } }, opts);
      web("web", "whole", {});
      new CustomResource("first", { apiVersion: "example.com/v1", kind: "Meeting", metadata: { name: "first", namespace: "whole" }, spec: { topic: "a" } }, opts);
      new extensions.CustomResourceDefinition("meetings", {
        metadata: { name: "meetings.example.com" },
        spec: { group: "example.com", names: { kind: "Meeting", plural: "meetings" }, scope: "Namespaced",
          versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } } }] },
      }, opts);
      new core.ServiceAccountPatch("default", { metadata: { name: "default", namespace: settings.metadata.namespace, annotations: { team: "a" } } }, opts);
    `);
    const first = await run("up");
    expect(errors(first)).to.deep.equal([]);
    expect(await ask(cluster, "get", "meetings", "-n", "whole", "-o", "name")).to.equal(
      "meeting.example.com/first",
    );
    const again = await run("up", { flags: ["--refresh"] });
    expect(errors(again)).to.deep.equal([]);
    expect(Object.keys(again.changes)).to.deep.equal(["same"]);

    await ask(cluster, "patch", "configmap", "settings", "-n", "whole", "-p", '{"data":{"cpu":"2"}}');
    const drifted = await run("preview", { flags: ["--refresh"] });
    const update = drifted.steps.find(({ op, name }) => op === "update" && name === "main");
    expect(Object.keys(update?.detailedDiff ?? {})).to.deep.equal(["data.cpu"]);

    const down = await run("destroy");
    expect(errors(down)).to.deep.equal([]);
    expect(await ask(cluster, "get", "namespace", "whole", "--ignore-not-found")).to.equal("");
  });

  it("refuses a misspelt field in a preview, and warns of pods that Pod Security will refuse", async () => {
    program('web("web", "default", { nodeSelectr: { a: "b" } });');
    expect(errors(await run("preview")).join()).to.contain('unknown field "spec.template.spec.nodeSelectr"');

    await ask(cluster, "create", "namespace", "strict");
    await ask(cluster, "label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted");
    program('web("web", "strict", {});');
    const { ok, diagnostics } = await run("preview");
    expect(ok).to.equal(true);
    const warning = diagnostics.find(({ severity }) => severity === "warning");
    expect(warning?.urn).to.match(/Deployment::web$/);
    expect(warning?.message).to.contain('its pods will be refused: violates PodSecurity "restricted:latest"');
  });

  it("keeps what does not become ready, with the reason, and tries again the next time", async () => {
    program(
      'web("stuck", "default", { nodeSelector: { place: "here" } }, { "pulumi.com/timeoutSeconds": "2" });',
    );
    const failed = await run("up");
    expect(failed.ok).to.equal(false);
    expect(errors(failed).join()).to.contain("didn't match Pod's node affinity/selector");
    const state = JSON.stringify(await exportStack(world.workspace));
    expect(state).to.contain('"id":"default/stuck"').and.contain('"initErrors":["not ready after 2 s');

    const refreshed = await run("refresh");
    expect(JSON.stringify(await exportStack(world.workspace)), refreshed.output).to.contain('"initErrors"');

    await ask(cluster, "label", "nodes", "--all", "place=here");
    const mended = await run("up");
    expect(errors(mended)).to.deep.equal([]);
    expect(mended.changes).to.include({ update: 1 });
    expect(JSON.stringify(await exportStack(world.workspace))).to.not.contain("initErrors");
    expect((await run("destroy")).ok).to.equal(true);
  });

  it("plans without a cluster, says that it is unreachable, and drops its objects only when told to", async () => {
    program('new core.ConfigMap("main", { metadata: { name: "kept" }, data: { key: "1" } }, opts);');
    expect(errors(await run("up"))).to.deep.equal([]);
    there = false;
    program('new core.ConfigMap("main", { metadata: { name: "kept" }, data: { key: "2" } }, opts);');
    const preview = await run("preview");
    expect(preview.ok).to.equal(true);
    expect(preview.changes).to.include({ update: 1 });
    expect(errors(await run("up")).join()).to.contain(
      "configured Kubernetes cluster is unreachable: there is no cluster staging",
    );
    const destroyed = await run("destroy");
    expect(errors(destroyed).join()).to.contain("PULUMI_K8S_DELETE_UNREACHABLE=true");
    expect(errors(await run("preview", { flags: ["--refresh"] })).join()).to.contain("is unreachable");

    await serve({ ...clusters, deleteUnreachable: true });
    const dropped = await run("destroy", { flags: ["--refresh"] });
    expect(errors(dropped)).to.deep.equal([]);
    expect(JSON.stringify(await exportStack(world.workspace))).to.not.contain("ConfigMap");
  });

  it("stops waiting when the engine is told to stop", async () => {
    program('web("endless", "default", { nodeSelector: { none: "such" } });');
    const stop = new AbortController();
    const result = await run("up", {
      skipPreview: true,
      signal: stop.signal,
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent?.metadata.urn.endsWith("::endless")) setTimeout(() => stop.abort(), 2_000);
      },
    });
    expect(result.interrupted).to.equal(true);
    expect(JSON.stringify(await exportStack(world.workspace))).to.contain('"id":"default/endless"');
    expect((await run("destroy")).ok).to.equal(true);
  });

  it("says which settings of the provider it does not know", async () => {
    const engineOf = { warn: () => Promise.resolve() };
    const configure = async () => kubernetesPackage(clusters).configure({ namespace: "a" }, engineOf);
    const error = await configure().catch((reason: Error) => reason);
    expect((error as Error).message).to.contain("provider's namespace is not imitated here");
  });
});
