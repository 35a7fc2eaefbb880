/** Why workloads on a real cluster are not ready. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { ControlPlane } from "../../../../local/clusters/control-plane";
import { setNodePool } from "../../../../local/clusters/node-pools";
import { reasonsOf } from "../../../../local/providers/kubernetes/reasons";
import {
  apply,
  ask,
  deploymentOf,
  podOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../../support/clusters";

const privileged = podSpec({
  containers: [{ name: "main", image: "example.com/main:1", securityContext: { privileged: true } }],
});

describe("the reasons why a workload is not ready", () => {
  let cluster: ControlPlane;

  const make = async (namespace: string, ...objects: object[]) => {
    const made = objects.map((object) => {
      const { metadata, ...rest } = object as { metadata: object };
      return { ...rest, metadata: { ...metadata, namespace } };
    });
    expect((await apply(cluster, ...made)).stderr.replaceAll(/^Warning: .*\n/gm, "")).to.equal("");
  };

  /** The reasons, as soon as one of them is what is waited for. */
  const reasons = async (namespace: string, kind: string, name: string, awaited: string) => {
    const deadline = Date.now() + 180_000;
    for (;;) {
      const found = await reasonsOf(cluster.api, namespace, { kind, name });
      if (found.some((reason) => reason.includes(awaited))) return found;
      expect(Date.now(), `${awaited} in ${JSON.stringify(found)}`).to.be.below(deadline);
      await wait(100);
    }
  };

  /** Makes of a running pod what a kubelet would. */
  const become = (name: string, status: object) =>
    cluster.api.patch(`/api/v1/namespaces/states/pods/${name}/status`, { status });

  const containers = (state: object, more: object = {}) => ({
    conditions: [{ type: "Ready", status: "False" }],
    containerStatuses: [
      { name: "main", image: "i", imageID: "", ready: false, restartCount: 0, state, ...more },
    ],
  });

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
    await Promise.all(["states", "quota", "free"].map((name) => ask(cluster, "create", "namespace", name)));
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

  it("are none when it is", async () => {
    await make("free", deploymentOf("fine", 2));
    await ask(cluster, "rollout", "status", "deployment/fine", "-n", "free", "--timeout=180s");
    expect(await reasonsOf(cluster.api, "free", { kind: "Deployment", name: "fine" })).to.deep.equal([]);
  });

  it("name the violations when Pod Security refuses the pods of any controller", async () => {
    const stateful = { ...deploymentOf("set", 1, privileged), kind: "StatefulSet" };
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "job" },
      spec: { template: { spec: { ...privileged, restartPolicy: "Never" } } },
    };
    await make("strict", deploymentOf("web", 1, privileged), stateful, job);
    for (const [kind, name] of [
      ["Deployment", "web"],
      ["StatefulSet", "set"],
      ["Job", "job"],
    ] as const) {
      const [first = ""] = await reasons("strict", kind, name, "violates PodSecurity");
      expect(first).to.match(
        /^(ReplicaSet|Deployment|StatefulSet|Job) \S+( and 1 more)?: FailedCreate: pods "/,
      );
      expect(first).to.contain("privileged (container");
    }
  });

  it("name the quota that refuses the pods", async () => {
    await ask(cluster, "create", "quota", "small", "--hard=pods=0", "-n", "quota");
    // The quota counts from the moment that its controller has seen it.
    const used = () =>
      ask(cluster, "get", "quota", "small", "-n", "quota", "-o", "jsonpath={.status.hard.pods}");
    while ((await used()) !== "0") await wait(50);
    await make("quota", deploymentOf("web", 3));
    const [first] = await reasons("quota", "Deployment", "web", "exceeded quota");
    expect(first).to.contain("exceeded quota: small, requested: pods=1");
  });

  it("are the scheduler's words when the pods find no node, once for all of them", async () => {
    await make("free", deploymentOf("nowhere", 3, podSpec({ nodeSelector: { pool: "none" } })));
    const found = await reasons("free", "Deployment", "nowhere", "and 2 more: FailedScheduling");
    expect(found[0]).to.match(
      /^Pod nowhere-\S+ and 2 more: FailedScheduling: 0\/1 nodes are available: 1 node\(s\) didn't match/,
    );
    expect(found.at(-1)).to.equal("Deployment nowhere: 0 of 3 replicas ready");
    expect(found).to.have.length.below(4);
  });

  it("tell of a claim that cannot be met, by way of the pod that mounts it", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "nobody",
        resources: { requests: { storage: "1Gi" } },
      },
    };
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }];
    await make("free", claim, podOf("mounts", podSpec({ volumes })));
    const found = await reasons("free", "Pod", "mounts", "ProvisioningFailed");
    expect(found).to.include(
      'PersistentVolumeClaim data: ProvisioningFailed: storageclass.storage.k8s.io "nobody" not found',
    );
  });

  it("are the states of the containers, the first of all, without what is over", async () => {
    await make("states", ...["pulls", "crashes", "slow", "fine"].map((name) => podOf(name, podSpec())));
    await ask(cluster, "wait", "pod", "--all", "-n", "states", "--for=condition=Ready", "--timeout=180s");
    const message = 'Back-off pulling image "example.com/main:1"';
    await become("pulls", containers({ waiting: { reason: "ImagePullBackOff", message } }));
    await become(
      "crashes",
      containers(
        { waiting: { reason: "CrashLoopBackOff" } },
        { restartCount: 4, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
      ),
    );
    await become("slow", containers({ running: { startedAt: new Date().toISOString() } }));
    const of = (name: string) => reasonsOf(cluster.api, "states", { kind: "Pod", name });
    expect(await of("pulls")).to.deep.equal([`Pod pulls: container main: ImagePullBackOff: ${message}`]);
    expect(await of("crashes")).to.deep.equal([
      "Pod crashes: container main: CrashLoopBackOff, last exit code 137 (OOMKilled), 4 restarts",
    ]);
    expect(await of("slow")).to.deep.equal(["Pod slow: not ready: container main"]);
    expect(await of("fine")).to.deep.equal([]);
  });

  it("of a release are those of everything that Helm marked as its own", async () => {
    const annotations = {
      "meta.helm.sh/release-name": "shop",
      "meta.helm.sh/release-namespace": "strict",
    };
    const web = deploymentOf("shop-web", 1, privileged);
    await make("strict", { ...web, metadata: { ...web.metadata, annotations } });
    const found = await reasons("strict", "Release", "shop", "violates PodSecurity");
    expect(found.join()).to.contain("shop-web").and.not.contain("StatefulSet set");
  });
});
