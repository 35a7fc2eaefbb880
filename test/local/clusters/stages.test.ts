/** What pods go through on a real cluster, whose nodes kwok plays. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { ControlPlane } from "../../../local/clusters/control-plane";
import { setNodePool } from "../../../local/clusters/node-pools";
import { playsAnnotation } from "../../../local/clusters/stages";
import { apply, ask, podOf, podSpec, pool, removeFolders, startTemporary } from "../../support/clusters";

interface Pod {
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state: {
        readonly waiting?: { readonly reason: string; readonly message: string };
        readonly terminated?: { readonly exitCode: number };
      };
      readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

describe("the pods of a cluster", () => {
  let cluster: ControlPlane;

  const playing = (plays: string, object: { metadata: object }, more: Record<string, string> = {}) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { [playsAnnotation]: plays, ...more } },
  });

  const jobOf = (name: string, annotations: Record<string, string>, restartPolicy = "Never") => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      backoffLimit: 1,
      template: { metadata: { annotations }, spec: { ...podSpec(), restartPolicy } },
    },
  });

  /** The pod as soon as something is true of it. */
  const podWhen = async (name: string, is: (pod: Pod) => boolean) => {
    const deadline = Date.now() + 180_000;
    for (;;) {
      const pod = await cluster.api.get<Pod>(`/api/v1/namespaces/default/pods/${name}`);
      if (is(pod)) return pod;
      expect(Date.now(), JSON.stringify(pod.status)).to.be.below(deadline);
      await wait(50);
    }
  };
  const waitsFor = (reason: string) => (pod: Pod) =>
    pod.status.containerStatuses?.[0]?.state.waiting?.reason === reason;

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("run and are ready when they ask for nothing else, and those of jobs complete", async () => {
    await apply(
      cluster,
      podOf("plain", podSpec()),
      playing("a waltz", podOf("odd", podSpec())),
      jobOf("job", {}),
    );
    await ask(cluster, "wait", "pod/plain", "pod/odd", "--for=condition=Ready", "--timeout=20s");
    await ask(cluster, "wait", "job/job", "--for=condition=Complete", "--timeout=20s");
  });

  it("wait for an image that is missing, say so, and never become ready", async () => {
    await apply(cluster, playing("missing-image", podOf("pulls", podSpec())));
    await podWhen("pulls", waitsFor("ErrImagePull"));
    const { status } = await podWhen("pulls", waitsFor("ImagePullBackOff"));
    expect(status.phase).to.equal("Pending");
    expect(status.containerStatuses?.[0]?.state.waiting?.message).to.equal(
      'Back-off pulling image "example.com/main:1"',
    );
    await wait(1500);
    expect((await podWhen("pulls", () => true)).status.containerStatuses?.[0]?.ready).to.equal(false);
  });

  it("crash again and again, with the exit code that they ask for", async function () {
    await apply(
      cluster,
      playing("crashing", podOf("crashes", podSpec()), { "kwok.platform/exit-code": "137" }),
    );
    const { status } = await podWhen("crashes", waitsFor("CrashLoopBackOff"));
    expect(status.phase).to.equal("Running");
    expect(status.containerStatuses?.[0]?.lastState?.terminated?.exitCode).to.equal(137);
    await podWhen("crashes", (pod) => (pod.status.containerStatuses?.[0]?.restartCount ?? 0) > 1);
  });

  it("fail for good where nobody restarts them, and their job gives up", async () => {
    const annotations = { [playsAnnotation]: "crashing" };
    await apply(cluster, jobOf("migrate", annotations), jobOf("retry", annotations, "OnFailure"));
    await ask(cluster, "wait", "job/migrate", "--for=condition=Failed", "--timeout=40s");
    const codes = await ask(
      cluster,
      "get",
      "pods",
      "-l",
      "job-name=migrate",
      "-o",
      "jsonpath={.items[*].status.containerStatuses[*].state.terminated.exitCode}",
    );
    expect(codes).to.equal("1 1");
    await ask(cluster, "wait", "job/retry", "--for=condition=Failed", "--timeout=40s");
  });

  it("run without ever being ready", async () => {
    await apply(cluster, playing("unready", podOf("unready", podSpec())));
    await podWhen("unready", ({ status }) => status.phase === "Running");
    await wait(1000);
    expect((await podWhen("unready", () => true)).status.containerStatuses?.[0]?.ready).to.equal(false);
  });

  it("go when they are deleted, whatever they play", async () => {
    await ask(cluster, "delete", "pods", "--all", "--timeout=20s");
    expect(await ask(cluster, "get", "pods", "-o", "name")).to.equal("");
  });
});
