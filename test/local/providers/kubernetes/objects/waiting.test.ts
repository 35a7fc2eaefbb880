/** When an object that was made counts as ready, on a real control plane. */
import { expect } from "chai";

import { setNodePool } from "../../../../../local/clusters/node-pools";
import type { ControlPlane } from "../../../../../local/clusters/control-plane";
import {
  ask,
  deploymentOf,
  podOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../../../support/clusters";
import { failureOf, objectsOn, patience } from "../../../../support/kubernetes-objects";

const deployment = "apps/v1:Deployment";
const claim = (name: string, storageClassName: string, more: object = {}) => ({
  metadata: { name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "1Gi" } },
    storageClassName,
    ...more,
  },
});
const service = (name: string, spec: object) => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
});
const nowhere = podSpec({ nodeSelector: { none: "such" } });
const from = (image: string) => podSpec({ containers: [{ name: "main", image }] });

describe("waiting for an object", () => {
  let cluster: ControlPlane;
  let on: ReturnType<typeof objectsOn>;

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool({ count: 2 }));
    on = objectsOn(cluster);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("takes a Deployment, a StatefulSet and a DaemonSet for ready when their pods are", async () => {
    const web = await on.create(deployment, deploymentOf("web", 2));
    expect(web.outputs).to.have.nested.property("status.availableReplicas", 2);
    const { template, selector } = deploymentOf("data", 2).spec;
    const metadata = { name: "data" };
    const data = await on.create("apps/v1:StatefulSet", {
      metadata,
      spec: { replicas: 2, serviceName: "data", template, selector },
    });
    expect(data.outputs).to.have.nested.property("status.readyReplicas", 2);
    const agent = deploymentOf("agent", 1).spec;
    const every = await on.create("apps/v1:DaemonSet", {
      metadata: { name: "agent" },
      spec: { template: agent.template, selector: agent.selector },
    });
    expect(every.outputs).to.have.nested.property("status.numberReady", 2);
  });

  it("waits for the new pods of a changed Deployment, and until the old ones are gone", async () => {
    const first = await on.create(deployment, deploymentOf("rolling", 2));
    const { outputs } = await on.update(
      deployment,
      first,
      deploymentOf("rolling", 3, from("example.com/main:2")),
    );
    expect(outputs["status"]).to.include({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  });

  it("keeps a Deployment that does not become ready, with the scheduler's words", async () => {
    const call = on.create(deployment, deploymentOf("stuck", 1, nowhere), patience(2));
    const { message, name, found, reasons } = await failureOf(call);
    expect(name).to.equal("NotInitialised");
    expect(message).to.contain('Deployment "default/stuck" (apps/v1) is there and not ready');
    expect(message).to.contain("not ready after 2 s: 0 of 1 pods are available [MinimumReplicasUnavailable]");
    expect(reasons?.join()).to.contain("didn't match Pod's node affinity/selector");
    expect(found?.id).to.equal("default/stuck");
    expect(found?.inputs).to.have.nested.property("spec.replicas", 1);
    expect(found?.outputs).to.have.property("apiVersion", "apps/v1");

    const state = { id: "default/stuck", inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
    const next = await on.update(deployment, state, deploymentOf("stuck", 1));
    expect(next.outputs).to.have.nested.property("status.availableReplicas", 1);
  });

  it("names Pod Security where it keeps the pods of a Deployment out", async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await on.create("core/v1:Namespace", { metadata: { name: "strict", labels } });
    const containers = [{ name: "main", image: "a", securityContext: { privileged: true } }];
    const inputs = deploymentOf("root", 1, podSpec({ containers }));
    const call = on.create(
      deployment,
      { ...inputs, metadata: { name: "root", namespace: "strict" } },
      patience(3),
    );
    expect((await failureOf(call)).message).to.contain(
      'violates PodSecurity "restricted:latest": privileged',
    );
  });

  it("does not wait where an annotation says so, and as long as another one says", async () => {
    const marked = (name: string, annotations: object) => ({
      ...deploymentOf(name, 1, nowhere),
      metadata: { name, annotations },
    });
    await on.create(deployment, marked("hasty", { "pulumi.com/skipAwait": "true" }));
    const annotations = { "pulumi.com/timeoutSeconds": "1" };
    const call = on.create(deployment, marked("brief", annotations), patience());
    expect((await failureOf(call)).message).to.contain("not ready after 1 s");
  });

  it("stops when the engine is told to, and keeps the object", async () => {
    const stop = new AbortController();
    const call = on.create(deployment, deploymentOf("stopped", 1, nowhere), patience(60, stop.signal));
    setTimeout(() => stop.abort(), 500);
    const { name, message } = await failureOf(call);
    expect(name).to.equal("NotInitialised");
    expect(message).to.contain("stopped: 0 of 1 pods");
  });

  it("lets a Job complete, and fails with one that fails", async () => {
    const job = (name: string, spec: object) => ({ metadata: { name }, spec });
    const done = await on.create(
      "batch/v1:Job",
      job("done", { template: { spec: podSpec({ restartPolicy: "Never" }) } }),
    );
    expect(done.outputs).to.have.nested.property("status.succeeded", 1);

    const template = { spec: { ...nowhere, restartPolicy: "Never" } };
    const failing = on.create("batch/v1:Job", job("failing", { backoffLimit: 0, template }), patience(30));
    const failure = failureOf(failing);
    let pod = "";
    while (pod === "") pod = await ask(cluster, "get", "pods", "-l", "job-name=failing", "-o", "name");
    const status = JSON.stringify({ status: { phase: "Failed" } });
    await ask(cluster, "patch", pod, "--subresource=status", "--type=merge", "-p", status);
    const { name, message } = await failure;
    expect(name).to.equal("NotInitialised");
    expect(message).to.contain("[BackoffLimitExceeded]").and.not.contain("after 30 s");
  });

  it("takes a pod that runs or that is done, and fails with one that failed", async () => {
    expect((await on.create("core/v1:Pod", podOf("running", podSpec()))).outputs).to.have.nested.property(
      "status.phase",
      "Running",
    );
    const failure = failureOf(on.create("core/v1:Pod", podOf("failing", nowhere), patience(30)));
    const status = JSON.stringify({ status: { phase: "Failed", reason: "Evicted", message: "no room" } });
    let patched = "";
    while (patched === "") {
      patched = await ask(
        cluster,
        ...["patch", "pod", "failing", "--subresource=status", "--type=merge", "-p", status],
      ).catch(() => "");
    }
    expect((await failure).message).to.contain("it failed: Evicted: no room");
  });

  it("waits until a claim is bound, and not for one that waits for its first pod", async () => {
    const hostPath = { path: "/tmp/none" };
    const volume = {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "manual",
      hostPath,
    };
    await on.create("core/v1:PersistentVolume", { metadata: { name: "manual" }, spec: volume });
    const bound = await on.create("core/v1:PersistentVolumeClaim", claim("bound", "manual"));
    expect(bound.outputs).to.have.nested.property("status.phase", "Bound");

    await on.create("storage.k8s.io/v1:StorageClass", {
      metadata: { name: "late" },
      provisioner: "example.com/none",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    const late = await on.create("core/v1:PersistentVolumeClaim", claim("late", "late"));
    expect(late.outputs).to.have.nested.property("status.phase", "Pending");
    const never = on.create("core/v1:PersistentVolumeClaim", claim("never", "none"), patience(1));
    expect((await failureOf(never)).message).to.contain("not ready after 1 s: it is Pending");
  });

  it("waits for the address of a load balancer, and for no pods of a service without a selector", async () => {
    expect((await on.create("core/v1:Service", service("plain", {}))).id).to.equal("default/plain");
    expect((await on.create("core/v1:Service", service("empty", { selector: { app: "none" } }))).id).to.equal(
      "default/empty",
    );
    const balancer = service("outside", { type: "LoadBalancer" });
    const made = on.create("core/v1:Service", balancer, patience(30));
    let there = "";
    while (there === "")
      there = await ask(cluster, "get", "service", "outside", "--ignore-not-found", "-o", "name");
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: "203.0.113.9" }] } } });
    await ask(cluster, "patch", there, "--subresource=status", "--type=merge", "-p", status);
    expect((await made).outputs).to.have.nested.property("status.loadBalancer.ingress[0].ip", "203.0.113.9");
    const lonely = on.create("core/v1:Service", service("lonely", { type: "LoadBalancer" }), patience(1));
    expect((await failureOf(lonely)).message).to.contain("nobody has given it an address");
  });

  it("holds a service back while its pods are not ready", async () => {
    await on.create(deployment, deploymentOf("slow", 1));
    const pod = await ask(cluster, "get", "pods", "-l", "app=slow", "-o", "name");
    const status = JSON.stringify({ status: { conditions: [{ type: "Ready", status: "False" }] } });
    await ask(cluster, "patch", pod, "--subresource=status", "-p", status);
    const call = on.create("core/v1:Service", service("slow", { selector: { app: "slow" } }), patience(2));
    const { message } = await failureOf(call);
    expect(message).to.contain("1 of its pods are not ready");
  });

  it("waits until a quota counts", async () => {
    const hard = { pods: "5" };
    const made = await on.create("core/v1:ResourceQuota", { metadata: { name: "pods" }, spec: { hard } });
    expect(made.outputs).to.have.nested.property("status.hard").that.deep.equals(hard);
    await on.remove("core/v1:ResourceQuota", made);
  });

  it("waits until a definition is served, and not for what is defined", async () => {
    const made = await on.create("apiextensions.k8s.io/v1:CustomResourceDefinition", {
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
    expect(made.outputs).to.have.nested.property("status.conditions");
    const meeting = { apiVersion: "example.com/v1", kind: "Meeting", metadata: { name: "first" } };
    expect((await on.create("example.com/v1:Meeting", meeting)).id).to.equal("default/first");
  });

  it("gives up on an object that somebody deletes meanwhile", async () => {
    const failure = failureOf(on.create(deployment, deploymentOf("deleted", 1, nowhere), patience(30)));
    let there = "";
    while (there === "")
      there = await ask(cluster, "get", "deployment", "deleted", "--ignore-not-found", "-o", "name");
    await ask(cluster, "delete", there, "--wait=false");
    expect((await failure).message).to.contain("somebody deleted it");
  });
});
