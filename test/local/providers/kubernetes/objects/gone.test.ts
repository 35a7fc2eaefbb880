/** How objects go, on a real control plane, and what holds those that do not. */
import { expect } from "chai";

import type { ControlPlane } from "../../../../../local/clusters/control-plane";
import { setNodePool } from "../../../../../local/clusters/node-pools";
import {
  ask,
  deploymentOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../../../support/clusters";
import { failureOf, objectsOn, patience } from "../../../../support/kubernetes-objects";

const configMap = "core/v1:ConfigMap";
const deployment = "apps/v1:Deployment";
const held = (name: string, namespace = "default") => ({
  metadata: { name, namespace, finalizers: ["example.com/hold"] },
});

describe("deleting an object", () => {
  let cluster: ControlPlane;
  let on: ReturnType<typeof objectsOn>;

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
    on = objectsOn(cluster);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  const isThere = async (kind: string, name: string, ...more: string[]) =>
    (await ask(cluster, "get", kind, name, "--ignore-not-found", "-o", "name", ...more)) !== "";
  const release = (kind: string, name: string, ...more: string[]) =>
    ask(cluster, "patch", kind, name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}', ...more);

  it("ends when it and what it made are gone", async () => {
    const made = await on.create(deployment, deploymentOf("web", 2));
    await on.remove(deployment, made);
    expect(await isThere("deployment", "web")).to.equal(false);
    expect(await ask(cluster, "get", "pods", "-l", "app=web", "-o", "name")).to.equal("");
  });

  it("waits for a finalizer, and ends when it is taken away", async () => {
    const made = await on.create(configMap, held("patient"));
    let ended = false;
    const removal = on.remove(configMap, made).then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect([await isThere("configmap", "patient"), ended]).to.deep.equal([true, false]);
    await release("configmap", "patient");
    await removal;
    expect(await isThere("configmap", "patient")).to.equal(false);
  });

  it("names the finalizers when the time is over", async () => {
    const made = await on.create(configMap, held("stuck"));
    const { message } = await failureOf(on.remove(configMap, made, patience(1)));
    expect(message).to.equal(
      'ConfigMap "default/stuck" (v1): still there after 1 s; finalizers hold it: example.com/hold',
    );
    await release("configmap", "stuck");
  });

  it("names what holds a namespace, also the second time", async () => {
    const made = await on.create("core/v1:Namespace", { metadata: { name: "full" } });
    await on.create(configMap, held("inside", "full"));
    for (let time = 0; time < 2; time += 1) {
      const { message } = await failureOf(on.remove("core/v1:Namespace", made, patience(8)));
      expect(message)
        .to.contain("configmaps. has 1 resource instances")
        .and.contain("example.com/hold in 1 resource instances");
    }
    await release("configmap", "inside", "-n", "full");
    await on.remove("core/v1:Namespace", made);
  });

  it("names the pods that do not go", async () => {
    // A node would take the finalizer away, so it is on none.
    const inputs = deploymentOf("clinging", 1, podSpec({ nodeSelector: { none: "such" } }));
    const annotations = { "pulumi.com/skipAwait": "true" };
    const made = await on.create(deployment, { ...inputs, metadata: { name: "clinging", annotations } });
    let pod = "";
    while (pod === "") pod = await ask(cluster, "get", "pods", "-l", "app=clinging", "-o", "name");
    const finalizers = '{"metadata":{"finalizers":["example.com/hold"]}}';
    await ask(cluster, "patch", pod, "--type=merge", "-p", finalizers);
    const state = { ...made, inputs };
    const { message } = await failureOf(on.remove(deployment, state as never, patience(4)));
    expect(message).to.match(/pod clinging-\S+ is still there on no node held by example.com\/hold/);
    await release("pod", pod.replace("pod/", ""));
  });

  it("leaves what an object made where an annotation says so", async () => {
    const annotations = { "pulumi.com/deletionPropagationPolicy": "orphan" };
    const inputs = { ...deploymentOf("orphans", 1), metadata: { name: "orphans", annotations } };
    await on.remove(deployment, await on.create(deployment, inputs));
    expect(await ask(cluster, "get", "replicasets", "-l", "app=orphans", "-o", "name")).to.not.equal("");
  });

  it("has nothing to do where the object is gone, or its kind", async () => {
    await on.remove(configMap, { id: "default/ghost", inputs: {}, outputs: {} });
    await on.remove("nobody.example.com/v1:Thing", { id: "default/ghost", inputs: {}, outputs: {} });
  });

  it("counts an object of a definition that goes meanwhile as gone", async () => {
    const definition = await on.create("apiextensions.k8s.io/v1:CustomResourceDefinition", {
      metadata: { name: "meetings.example.com" },
      spec: {
        group: "example.com",
        names: { kind: "Meeting", plural: "meetings" },
        scope: "Namespaced",
        versions: [
          { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
        ],
      },
    });
    const meeting = { apiVersion: "example.com/v1", kind: "Meeting", ...held("first") };
    const made = await on.create("example.com/v1:Meeting", meeting);
    const removals = [
      on.remove("example.com/v1:Meeting", made),
      on.remove("apiextensions.k8s.io/v1:CustomResourceDefinition", definition),
    ];
    await new Promise((resolve) => setTimeout(resolve, 300));
    await release("meeting", "first");
    await Promise.all(removals);
  });

  it("stops waiting when the engine is told to stop", async () => {
    const made = await on.create(configMap, held("stopped"));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const { message } = await failureOf(on.remove(configMap, made, patience(60, stop.signal)));
    expect(message).to.contain("stopped while it was being deleted").and.contain("example.com/hold");
    await release("configmap", "stopped");
  });

  it("is no longer than a node takes to end a pod", async () => {
    const pod = { metadata: { name: "alone" }, spec: podSpec() };
    const made = await on.create("core/v1:Pod", pod);
    await on.remove("core/v1:Pod", made);
    expect(await isThere("pod", "alone")).to.equal(false);
  });
});
