/**
 * The real program on the real engine with real clusters behind it. Not proven: anything about containers, networks and
 * probes, which the simulated nodes do not have, nor that Google's clusters do the same.
 */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { Values } from "../../local/cloud/rules/shape";
import type { ListOf } from "../../local/clusters/api";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { buildPrograms } from "../../local/clusters/programs";
import { clearDeadLocks } from "../../local/engine/locks";
import { resolvePendingCreates } from "../../local/engine/pending";
import { programWithInside, programWithoutReleases, sampleRelease } from "../support/inside-program";
import { errorsOf, type PlanWorld, startPlanWorld, verdicts } from "../support/plan-world";

const clusterKind = "container/cluster:Cluster";

describe("an environment with a real cluster", function () {
  this.timeout(600_000);
  let world: PlanWorld;

  before(async () => {
    world = await startPlanWorld({ programs: await buildPrograms(), elsewhere: "assumed" });
  });
  after(() => world.close());

  const controlOf = (stack: string): ControlPlane => {
    const cluster = world.world.cloud.list(clusterKind).find(({ id }) => id.includes(`/${stack}-main`));
    const control = cluster && world.world.clusters?.engine.find(cluster.id);
    if (!control) throw new Error(`${stack} has no cluster`);
    return control;
  };
  const namesAt = async (stack: string, path: string) => {
    const { items } = await controlOf(stack).api.get<ListOf<{ metadata: { name: string } }>>(path);
    return items.map(({ metadata }) => metadata.name).sort();
  };

  it("has the nodes of its pools and its namespace from the first up", async () => {
    const result = await world.up("staging", { program: programWithoutReleases() });
    expect(result.ok, errorsOf(result)).to.equal(true);
    const [census] = Object.values((await world.world.clusters?.engine.census()) ?? {});
    expect(census?.nodes).to.deep.equal({ ready: 3, all: 3 });
    expect(await namesAt("staging", "/api/v1/namespaces")).to.include("staging");
  });

  it("changes nothing the second time, in an up and in a preview that looks at what is there", async () => {
    const program = programWithoutReleases();
    const again = await world.up("staging", { program });
    expect([again.ok, verdicts(again)], errorsOf(again)).to.deep.equal([true, []]);
    const looking = await world.preview("staging", { program }, { flags: ["--refresh"] });
    expect([looking.ok, verdicts(looking)], errorsOf(looking)).to.deep.equal([true, []]);
  });

  it("refuses a misspelt field in preview, and names it", async () => {
    const program = programWithInside(
      `new k8sCore.Pod("typo", { metadata: { name: "typo", namespace: stack },
        spec: { containers: [{ name: "main", image: "example.com/main:1", imagePullPolcy: "Always" }] } } as object, inside);`,
    );
    const result = await world.preview("staging", { program });
    expect(result.ok).to.equal(false);
    expect(errorsOf(result)).to.match(/imagePullPolcy/);
  });

  it("brings up a release whose pods are all Ready", async () => {
    const program = programWithInside(sampleRelease());
    const result = await world.up("staging", { program });
    expect(result.ok, errorsOf(result)).to.equal(true);
    const [census] = Object.values((await world.world.clusters?.engine.census()) ?? {});
    expect(census?.pods).to.deep.equal({ ready: 2, all: 2 });
    const again = await world.up("staging", { program });
    expect(verdicts(again)).to.deep.equal([]);
  });

  it("rolls a release back whose pods never become ready, says why, and what runs keeps running", async () => {
    const program = programWithInside(
      sampleRelease({ podAnnotations: { "kwok.platform/plays": "missing-image" } }, { timeout: 15 }),
    );
    const result = await world.up("staging", { program });
    expect(result.ok).to.equal(false);
    expect(errorsOf(result)).to.include("ImagePullBackOff").and.include("rolled back");
    const pods = await controlOf("staging").api.get<ListOf<{ status: { phase: string } }>>(
      "/api/v1/namespaces/staging/pods?labelSelector=app%3Dsample",
    );
    expect(pods.items.map(({ status }) => status.phase)).to.deep.equal(["Running", "Running"]);

    const mended = await world.up("staging", { program: programWithInside(sampleRelease()) });
    expect(mended.ok, errorsOf(mended)).to.equal(true);
  });

  it("recovers on the next up from an install whose engine was killed", async () => {
    const control = controlOf("staging");
    const torn = (values: object) => programWithInside(sampleRelease(values, { name: "torn" }));
    const killed = world.up(
      "staging",
      { program: torn({ podAnnotations: { "kwok.platform/plays": "unready" } }) },
      {
        onStarted: (pid) => {
          void (async () => {
            const secrets =
              "/api/v1/namespaces/staging/secrets?labelSelector=name%3Dtorn,status%3Dpending-install";
            while ((await control.api.get<ListOf<unknown>>(secrets)).items.length === 0) await wait(100);
            process.kill(pid, "SIGKILL");
          })();
        },
      },
    );
    expect((await killed).ok).to.equal(false);

    const program = torn({});
    const workspace = await world.workspace("staging", { program });
    clearDeadLocks(workspace);
    await resolvePendingCreates(workspace, () => Promise.resolve("clear"));
    const mended = await world.up("staging", { program });
    expect(mended.ok, errorsOf(mended)).to.equal(true);
    const pods = await namesAt("staging", "/api/v1/namespaces/staging/pods?labelSelector=app%3Dtorn");
    expect(pods).to.have.length(2);
  });

  it("adopts on the next up what a killed engine was waiting for", async () => {
    const control = controlOf("staging");
    const waiting = (plays: string) =>
      programWithInside(`new k8sApps.Deployment("slow", {
        metadata: { name: "slow", namespace: namespace.namespace },
        spec: { replicas: 1, selector: { matchLabels: { app: "slow" } }, template: {
          metadata: { labels: { app: "slow" }, annotations: { "kwok.platform/plays": "${plays}" } },
          spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [{ name: "main", image: "example.com/main:1",
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }] } } } }, inside);`);
    const path = "/apis/apps/v1/namespaces/staging/deployments/slow";
    const killed = world.up(
      "staging",
      { program: waiting("unready") },
      {
        onStarted: (pid) => {
          void (async () => {
            while (!(await control.api.answers(path))) await wait(100);
            process.kill(pid, "SIGKILL");
          })();
        },
      },
    );
    expect((await killed).ok).to.equal(false);

    const program = waiting("");
    const workspace = await world.workspace("staging", { program });
    clearDeadLocks(workspace);
    const { imported } = await resolvePendingCreates(workspace, async ({ type, inputs, configuration }) => {
      const id = await world.world.locate(type, inputs as Values, (configuration ?? {}) as Values);
      return id === undefined ? "clear" : { import: id };
    });
    expect(imported.map(({ id }) => id)).to.deep.equal(["staging/slow"]);
    const mended = await world.up("staging", { program });
    expect(mended.ok, errorsOf(mended)).to.equal(true);
    expect(verdicts(mended)).to.include("update Deployment slow");
  });

  it("leaves nothing of a pop-up that had claims and load balancers, in the program's own order", async () => {
    const program = programWithInside(`
      const metadata = (name: string) => ({ name, namespace: namespace.namespace });
      new k8sCore.PersistentVolumeClaim("data", { metadata: metadata("data"), spec: {
        accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }, inside);
      new k8sCore.Pod("writer", { metadata: metadata("writer"), spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
        containers: [{ name: "main", image: "example.com/main:1",
          volumeMounts: [{ name: "data", mountPath: "/data" }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }] } }, inside);
      new apiextensions.CustomResource("way-in", { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway",
        metadata: metadata("way-in"), spec: { gatewayClassName: "gke-l7-global-external-managed",
          listeners: [{ name: "http", port: 80, protocol: "HTTP" }] } }, inside);
      ${sampleRelease()}`);
    const { cloud } = world.world;
    const ids = () => cloud.list().map(({ id }) => id);
    const made = await world.up("popup-gone", { program });
    expect(made.ok, errorsOf(made)).to.equal(true);
    const outside = ["compute/disk:Disk", "compute/globalForwardingRule:GlobalForwardingRule"];
    while (outside.some((kind) => cloud.list(kind).length === 0)) await wait(100);

    const control = controlOf("popup-gone");
    const gone = await world.destroy("popup-gone");
    expect(gone.ok, errorsOf(gone)).to.equal(true);
    // Enabling an API outlives whoever did it, and what pop-ups share outlives them all.
    const kept = /\.googleapis\.com$|\/(managedZones|certificateMaps)\/popups$/;
    expect(ids().filter((id) => id.includes("acme-popups") && !kept.test(id))).to.deep.equal([]);
    expect(await control.api.answers("/livez")).to.equal(false);
  });

  it("forgets what was in a cluster that is gone, by destroy --refresh and the documented switch, and goes when its load balancer is gone too", async () => {
    const made = await world.up("popup-lost", { program: programWithInside(sampleRelease()) });
    expect(made.ok, errorsOf(made)).to.equal(true);
    const { cloud } = world.world;
    const cluster = cloud.list(clusterKind).find(({ id }) => id.includes("/popup-lost-main"));
    await cloud.remove(clusterKind, "acme-popups", cluster?.id ?? "");

    const refused = await world.destroy("popup-lost", { flags: ["--refresh"] });
    expect(refused.ok).to.equal(false);
    expect(errorsOf(refused)).to.include("unreachable");

    world.world.forgetUnreachable(process.pid, true);
    // As at Google, nobody is left to take the load balancer of its gateway down, which holds on to what is the stack's.
    const held = await world.destroy("popup-lost", { flags: ["--refresh"] });
    expect(errorsOf(held)).to.match(/addresses\/popup-lost-public' is already being used by .*\/gkegw1-/);
    const left = () =>
      cloud.list().filter(({ id, project }) => project === "acme-popups" && id.includes("/gkegw1-"));
    while (left().length > 0) {
      // What another part still needs goes in the next turn.
      for (const { kind, project, id } of left())
        await cloud.remove(kind, project, id).catch(() => undefined);
    }
    const done = await world.destroy("popup-lost", { flags: ["--refresh"] });
    expect(done.ok, errorsOf(done)).to.equal(true);
  });
});
