/** What goes wrong while a stack comes up, and that the next `up` puts it right. */
import { expect } from "chai";

import { describeLock, readLocks } from "../../local/engine/locks";
import { errorsOf, type PlanWorld, startPlanWorld } from "../support/plan-world";

const cluster = "container/cluster:Cluster";

describe("a fault during up", () => {
  let plan: PlanWorld;

  beforeEach(async () => {
    plan = await startPlanWorld();
  });
  afterEach(() => plan.close());

  const names = (kind: string) => plan.world.cloud.list(kind).map(({ id }) => id);

  it("that fails a create for quota leaves what was made, and the next up completes it", async () => {
    plan.world.cloud.faults.add({
      call: "create",
      kind: cluster,
      fail: { status: 403, reason: "quotaExceeded", message: "Quota 'CPUS' exceeded" },
    });
    const first = await plan.up("popup-one");
    expect(errorsOf(first)).to.include("Quota 'CPUS' exceeded");
    const network = names("compute/network:Network");
    expect(network).to.have.length(1);

    const second = await plan.up("popup-one");

    expect(errorsOf(second)).to.equal("");
    expect(names("compute/network:Network")).to.deep.equal(network);
    expect(names(cluster)).to.have.length(1);
  });

  it("that passes (503, 429) is waited out, with one create accepted", async () => {
    for (const status of [503, 429]) {
      plan.world.cloud.faults.add({
        call: "create",
        kind: cluster,
        times: 3,
        fail: { status, reason: "backendError", message: "try again" },
      });
    }
    expect(errorsOf(await plan.up("popup-one"))).to.equal("");
    const creates = plan.world.cloud.journal
      .entries()
      .filter(({ call, kind }) => call === "create" && kind === cluster);
    expect(creates.map(({ outcome }) => outcome).filter((outcome) => outcome === "ok")).to.have.length(1);
    expect(creates.length).to.be.greaterThan(1);
  });

  it("that loses the answer to a create makes no second cluster and names the import", async () => {
    plan.world.cloud.faults.add({ call: "create", kind: cluster, loseAnswer: true });
    const first = await plan.up("popup-one");
    const [id = ""] = names(cluster);
    expect(errorsOf(first)).to.include(`pulumi import gcp:${cluster} main ${id}`);

    const second = await plan.up("popup-one");

    expect(errorsOf(second)).to.include("already exists");
    expect(names(cluster)).to.deep.equal([id]);
  });

  it("that hangs keeps the stack locked: a second up is refused and changes nothing", async () => {
    plan.world.cloud.faults.add({ call: "create", kind: cluster, hang: true });
    const first = plan.up("popup-one");
    while (plan.world.cloud.faults.hanging === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const calls = plan.world.cloud.journal.entries().length;

    const second = await plan.up("popup-one");

    expect(second.ok).to.equal(false);
    expect(errorsOf(second)).to.include("currently locked by 1 lock");
    expect(plan.world.cloud.journal.entries().length).to.equal(calls);
    const [lock] = readLocks(await plan.workspace("popup-one"));
    expect(lock && describeLock(lock)).to.match(/^popup-one is being updated by process \d+ of .+ since /);
    plan.world.cloud.faults.clear();
    expect(errorsOf(await first)).to.equal("");
    expect(names(cluster)).to.have.length(1);
  });

  it("that refuses an API call in a project without the API is met by no resource of the program", async () => {
    expect(errorsOf(await plan.up("popup-one"))).to.equal("");
    expect(
      plan.world.cloud.journal.entries().filter(({ outcome }) => outcome.includes("accessNotConfigured")),
    ).to.deep.equal([]);
  });
});
