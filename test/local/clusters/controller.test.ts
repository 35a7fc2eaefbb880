/** A controller, on an API that only has what it asks for. */
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { Api, Change, KubernetesObject } from "../../../local/clusters/api";
import { startController } from "../../../local/clusters/controller";

/** Lists one pod, and tells of one more every millisecond. */
const busyApi = {
  get: () => Promise.resolve({ metadata: { resourceVersion: "1" }, items: [{ metadata: { name: "pod" } }] }),
  async *watch(_: string, __: string, signal: AbortSignal): AsyncGenerator<Change<KubernetesObject>> {
    for (let count = 0; !signal.aborted; count += 1) {
      await wait(1);
      yield { type: "ADDED", object: { metadata: { name: `pod-${count}` } } };
    }
  },
} as unknown as Api;

describe("a controller", () => {
  it("looks again after every change, and warns of nothing however often that is", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    let looks = 0;
    const controller = startController({
      api: busyApi,
      watches: { pods: "/api/v1/pods" },
      every: 60_000,
      reconcile: () => Promise.resolve(void (looks += 1)),
    });
    await wait(200);
    await controller.stop();
    process.off("warning", note);
    expect(looks).to.be.above(20);
    expect(warnings.map(({ message }) => message)).to.deep.equal([]);
  });

  it("looks again after a while though nothing has changed", async () => {
    let looks = 0;
    const quiet = { ...busyApi, watch: (_: string, __: string, signal: AbortSignal) => silence(signal) };
    const controller = startController({
      api: quiet as unknown as Api,
      watches: { pods: "/api/v1/pods" },
      every: 10,
      reconcile: () => Promise.resolve(void (looks += 1)),
    });
    await wait(200);
    await controller.stop();
    expect(looks).to.be.above(5);
  });

  it("tells what takes long to end when it is stopped, and waits for it", async () => {
    let ended = false;
    let began: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const controller = startController({
      api: busyApi,
      watches: { pods: "/api/v1/pods" },
      reconcile: async (_, signal) => {
        began();
        await once(signal, "abort");
        await wait(20);
        ended = true;
      },
    });
    await beginning;
    await controller.stop();
    expect(ended).to.equal(true);
  });
});

// eslint-disable-next-line require-yield
async function* silence(signal: AbortSignal): AsyncGenerator<Change<KubernetesObject>> {
  await once(signal, "abort");
}
