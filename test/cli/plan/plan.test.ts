import { expect } from "chai";

import { type Plan, planOf, type ResourceChange } from "../../../cli/plan/plan";
import { change, engineResult, instance, step } from "../../support/engine-steps";

/** The one change of a plan. */
function only(plan: Plan): ResourceChange {
  expect(plan.changes).to.have.length(1);
  return plan.changes[0] as ResourceChange;
}

describe("a plan", () => {
  it("takes the steps of a replacement together, and tells which of the two comes first", () => {
    const about = { urn: instance, old: { inputs: { region: "a" } }, new: { inputs: { region: "b" } } };
    const detail = { replaceKeys: ["region"], detailedDiff: change("region", "update-replace") };
    const newFirst = planOf(
      engineResult(
        step("create-replacement", { ...about, ...detail }),
        step("replace", { ...about, ...detail }),
        step("delete-replaced", about),
      ),
    );
    expect(only(newFirst)).to.include({ action: "replace", oldFirst: false });
    expect(only(newFirst).properties).to.deep.equal([{ path: "region", old: "a", new: "b", replaces: true }]);
    const oldFirst = planOf(
      engineResult(
        step("delete-replaced", about),
        step("replace", { ...about, ...detail }),
        step("create-replacement", { ...about, ...detail }),
      ),
    );
    expect(only(oldFirst)).to.include({ action: "replace", oldFirst: true });
    expect(only(oldFirst).because).to.deep.equal(["region"]);
  });

  it("shows an output where an update is for that, from what it is to what it will be", () => {
    const path = "status.status";
    const told = (inputDiff: boolean) =>
      only(
        planOf(
          engineResult(
            step("update", {
              urn: instance,
              old: { inputs: { status: { status: "input" } }, outputs: { status: { status: "absent" } } },
              new: { inputs: {}, outputs: { status: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
              detailedDiff: change(path, "update", inputDiff),
            }),
          ),
        ),
      ).properties;
    expect(told(false)).to.deep.equal([{ path, old: "absent", new: "[known after up]", replaces: false }]);
    expect(told(true)).to.deep.equal([{ path, old: "input", replaces: false }]);
  });

  it("says what is lost only where something goes", () => {
    const updated = planOf(engineResult(step("update", { urn: instance })));
    expect(only(updated).loses).to.equal(undefined);
    const deleted = planOf(engineResult(step("delete", { urn: instance })));
    expect(only(deleted).loses).to.equal("every database on it");
  });

  describe("comes to an end", () => {
    const kept = { protect: true };
    const refuser = (...steps: ReturnType<typeof step>[]) => only(planOf(engineResult(...steps))).refusedBy;

    it("where the engine meets a protection on something that goes", () => {
      expect(refuser(step("delete", { urn: instance, old: kept }))).to.equal("engine");
      expect(refuser(step("replace", { urn: instance, old: kept, new: kept, replaceKeys: ["x"] }))).to.equal(
        "engine",
      );
      expect(refuser(step("update", { urn: instance, old: kept, new: kept }))).to.equal(undefined);
    });

    it("nowhere where one up takes the protection off and replaces, and no guard stands in the state", () => {
      expect(refuser(step("replace", { urn: instance, old: kept, new: {}, replaceKeys: ["x"] }))).to.equal(
        undefined,
      );
    });

    it("at the old protection of what goes for another's sake, whatever the program says now", () => {
      const about = { urn: instance, old: kept, new: {} };
      expect(refuser(step("delete-replaced", about), step("replace", about))).to.equal("engine");
    });

    for (const outputs of [{ deletionProtection: true }, { deletionPolicy: "PREVENT" }]) {
      it(`where the state holds ${JSON.stringify(outputs)}, by which the provider refuses to delete`, () => {
        const old = { outputs };
        expect(refuser(step("replace", { urn: instance, old, new: {}, replaceKeys: ["x"] }))).to.equal(
          "provider",
        );
        expect(refuser(step("delete", { urn: instance, old }))).to.equal("provider");
        expect(refuser(step("update", { urn: instance, old, new: {} }))).to.equal(undefined);
      });
    }

    it("at what the engine named itself", () => {
      const result = engineResult(step("replace", { urn: instance, old: {}, new: {}, replaceKeys: ["x"] }));
      expect(only(planOf(result, { refused: new Set([instance]) })).refusedBy).to.equal("engine");
    });
  });

  const guards: readonly [path: string, old: unknown, next: unknown, lost: boolean][] = [
    ["deletionProtection", true, false, true],
    ["deletionProtection", false, true, false],
    ["settings.deletionProtectionEnabled", true, undefined, true],
    ["deletionPolicy", "PREVENT", "DELETE", true],
    ["deletionPolicy", "DELETE", "ABANDON", false],
    ["settings.retainBackupsOnDelete", true, false, true],
    ["settings.finalBackupConfig.enabled", true, false, true],
    ["settings.insightsConfig.enabled", true, false, false],
  ];
  for (const [path, old, next, lost] of guards) {
    it(`${lost ? "loses a guard" : "keeps its guards"} when ${path} goes from ${JSON.stringify(old)} to ${JSON.stringify(next) ?? "nothing"}`, () => {
      const [name = "", ...below] = path.split(".").reverse();
      const inputs = (value: unknown) =>
        below.reduce<object>((at, key) => ({ [key]: at }), { [name]: value });
      const plan = planOf(
        engineResult(
          step("update", {
            urn: instance,
            old: { inputs: inputs(old) },
            new: { inputs: inputs(next) },
            detailedDiff: change(path),
          }),
        ),
      );
      expect(only(plan).losesGuard).to.equal(lost);
    });
  }

  it("says of what is deleted with another, and made no more, that it is deleted", () => {
    const along = planOf(
      engineResult(
        step("delete-replaced", { urn: instance }),
        step("remove-pending-replace", { urn: instance }),
      ),
    );
    expect(only(along)).to.include({ action: "delete", loses: "every database on it" });
    expect(only(planOf(engineResult(step("delete-replaced", { urn: instance })))).action).to.equal("delete");
  });

  it("takes what is only read for the same", () => {
    expect(planOf(engineResult(step("read", { urn: instance }))).changes).to.deep.equal([]);
  });

  it("lists what stays the same and is no longer protected, and nothing else that stays the same", () => {
    const plan = planOf(
      engineResult(
        step("same", { urn: instance, old: { protect: true }, new: {} }),
        step("same", { urn: `${instance}-two`, old: { protect: true }, new: { protect: true } }),
      ),
    );
    expect(only(plan)).to.include({ action: "same", protectedBefore: true, protectedAfter: false });
    expect(plan.unchanged).to.equal(1);
  });

  it("knows what was protected from elsewhere where the steps come from a state without protections", () => {
    const plan = planOf(engineResult(step("delete", { urn: instance })), { guarded: new Set([instance]) });
    expect(only(plan)).to.include({ protectedBefore: true, refusedBy: "engine" });
  });

  it("puts lost data first, then lost protection, replacements, deletions, updates and what is new", () => {
    const urn = (type: string) => `urn:pulumi:s::p::${type}::x`;
    const plan = planOf(
      engineResult(
        step("create", { urn: urn("gcp:compute/network:Network") }),
        step("update", { urn: urn("gcp:sql/databaseInstance:DatabaseInstance") }),
        step("delete", { urn: urn("gcp:projects/iAMMember:IAMMember") }),
        step("replace", { urn: urn("gcp:container/nodePool:NodePool") }),
        step("same", { urn: urn("gcp:kms/keyRing:KeyRing"), old: { protect: true } }),
        step("replace", { urn: urn("gcp:container/cluster:Cluster") }),
        step("delete", { urn: urn("gcp:sql/database:Database") }),
      ),
    );
    expect(plan.changes.map(({ action, type }) => `${action} ${type.split(":").at(-1)}`)).to.deep.equal([
      "delete Database",
      "replace Cluster",
      "same KeyRing",
      "replace NodePool",
      "delete IAMMember",
      "update DatabaseInstance",
      "create Network",
    ]);
  });

  it("shows what is not known yet as such, and repeats the engine's mark for a secret", () => {
    const plan = planOf(
      engineResult(
        step("update", {
          urn: instance,
          old: { inputs: { settings: { token: "[secret]", list: [1] } } },
          new: {
            inputs: { settings: { token: "[secret]", list: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] } },
          },
          detailedDiff: { ...change("settings.token"), ...change("settings.list") },
        }),
      ),
    );
    expect(only(plan).properties).to.deep.equal([
      { path: "settings.token", old: "[secret]", new: "[secret]", replaces: false },
      { path: "settings.list", old: [1], new: ["[known after up]"], replaces: false },
    ]);
  });

  it("shows nothing of a secret block, nor of what is inside it", () => {
    const wrapped = (ciphertext: string) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext,
    });
    const plan = planOf(
      engineResult(
        step("update", {
          urn: instance,
          old: { inputs: { labels: { token: wrapped("a") }, block: wrapped("b") } },
          new: { inputs: { labels: { token: wrapped("c") }, block: wrapped("d") } },
          detailedDiff: { ...change("labels.token"), ...change("block.inner[0]") },
        }),
      ),
    );
    expect(only(plan).properties).to.deep.equal([
      { path: "labels.token", old: "[secret]", new: "[secret]", replaces: false },
      { path: "block.inner[0]", old: "[secret]", new: "[secret]", replaces: false },
    ]);
  });

  it("finds by itself what differs where the engine does not say, as it does of what goes with another", () => {
    const labels = (team: string) => ({ "app.kubernetes.io/name": "x", team });
    const plan = planOf(
      engineResult(
        step("delete-replaced", { urn: instance }),
        step("replace", {
          urn: instance,
          old: { inputs: { name: "a", cluster: "c", node: { disk: 1, labels: labels("y") } } },
          new: {
            inputs: {
              name: "a",
              cluster: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
              node: { disk: 2, labels: { ...labels("y"), "app.kubernetes.io/name": "z" } },
            },
          },
        }),
      ),
    );
    expect(only(plan).properties).to.deep.equal([
      { path: "cluster", old: "c", new: "[known after up]", replaces: false },
      { path: "node.disk", old: 1, new: 2, replaces: false },
      { path: 'node.labels["app.kubernetes.io/name"]', old: "x", new: "z", replaces: false },
    ]);
  });

  it("leaves out what only follows from an input", () => {
    const plan = planOf(
      engineResult(
        step("update", {
          urn: instance,
          old: { inputs: { labels: { team: "a" } } },
          new: { inputs: { labels: { team: "b" } } },
          detailedDiff: { ...change("labels.team"), ...change("effectiveLabels") },
        }),
      ),
    );
    expect(only(plan).properties.map(({ path }) => path)).to.deep.equal(["labels.team"]);
  });

  it("compares the outputs of the stack by value", () => {
    const urn = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
    const plan = planOf(
      engineResult(
        step("same", {
          urn,
          old: { outputs: { connect: "a", "with.dot": "same", gone: 1 } },
          new: { outputs: { connect: "b", "with.dot": "same" } },
        }),
      ),
    );
    expect(plan.outputs).to.deep.equal([
      { path: "connect", old: "a", new: "b", replaces: false },
      { path: "gone", old: 1, replaces: false },
    ]);
    expect(plan.changes).to.deep.equal([]);
  });
});
