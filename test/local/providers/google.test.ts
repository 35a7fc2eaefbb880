/** What the stand-in for the `gcp` provider adds to Google: defaults, plans, refusals of its own, patience. */
import { expect } from "chai";

import type { Cloud } from "../../../local/cloud/cloud";
import type { Values } from "../../../local/cloud/rules/shape";
import { googlePackage } from "../../../local/providers/google";
import type { Subject } from "../../../local/providers/provider";
import { unknown } from "../../../local/providers/wire";
import { instanceInputs, project, refusal, smallCloud } from "../../support/small-cloud";

const subject = (kind: string): Subject => ({
  urn: `urn:pulumi:test::platform::gcp:${kind}::main`,
  kind,
  name: "main",
});
const network = subject("compute/network:Network");
const pool = subject("container/nodePool:NodePool");
const address = subject("compute/address:Address");
const seed = new Uint8Array([1, 2, 3, 4]);

describe("the stand-in for the gcp provider", () => {
  let cloud: Cloud;
  let provider: ReturnType<ReturnType<typeof googlePackage>["configure"]>;

  beforeEach(async () => {
    cloud = await smallCloud();
    const defaultLabels = JSON.stringify({ owner: "team" });
    provider = googlePackage(cloud).configure({ project: project.id, region: "europe-west1", defaultLabels });
  });

  const check = (about: Subject, inputs: Values) => provider.check(about, inputs, undefined, seed);
  const diff = (about: Subject, old: Values, next: Values) => {
    const before = check(about, old).inputs;
    const { changes, deleteBeforeReplace } = provider.diff(
      about,
      { inputs: before, outputs: provider.preview(about, before) },
      check(about, next).inputs,
    );
    return {
      changes: Object.fromEntries([...changes].map(([path, { replaces }]) => [path, replaces])),
      deleteBeforeReplace,
    };
  };

  it("fills in defaults, the project and the region", () => {
    expect(check(network, { name: "main" }).inputs).to.include({
      project: project.id,
      autoCreateSubnetworks: true,
      deletionPolicy: "DELETE",
    });
    expect(check(address, { name: "main" }).inputs).to.include({ region: "europe-west1" });
  });

  it("makes up a name that is left out, and keeps it from then on", () => {
    const first = provider.check(network, {}, undefined, seed).inputs;
    expect(first["name"]).to.equal("main-0102030");
    const later = provider.check(network, {}, first, new Uint8Array([9, 9, 9, 9])).inputs;
    expect(later["name"]).to.equal("main-0102030");
  });

  it("refuses unknown types and inputs before anything is sent", () => {
    expect(check(subject("bigquery/dataset:Dataset"), {}).failures[0]?.reason).to.include(
      "no rules for gcp:bigquery/dataset:Dataset",
    );
    expect(
      check(network, { name: "main", colour: "red" }).failures.map(({ property }) => property),
    ).to.deep.equal(["colour"]);
  });

  it("takes a value that is not known yet for right", () => {
    expect(check(network, { name: unknown }).failures).to.deep.equal([]);
  });

  it("leaves open in a preview what only Google knows, and nothing else", () => {
    const planned = provider.preview(network, check(network, { name: "main" }).inputs);
    expect(planned["selfLink"]).to.equal(unknown);
    expect(planned["name"]).to.equal("main");
  });

  const changes: readonly [string, Subject, Values, Values, Record<string, boolean>][] = [
    [
      "a network's description is a replacement",
      network,
      { name: "n", description: "a" },
      { name: "n", description: "b" },
      { description: true },
    ],
    [
      "a pool's machine type is an update",
      pool,
      { name: "p", cluster: "c", nodeConfig: { machineType: "e2-medium" } },
      { name: "p", cluster: "c", nodeConfig: { machineType: "e2-standard-2" } },
      { "nodeConfig.machineType": false },
    ],
    [
      "a pool's spot is a replacement",
      pool,
      { name: "p", cluster: "c", nodeConfig: { spot: false } },
      { name: "p", cluster: "c", nodeConfig: { spot: true } },
      { "nodeConfig.spot": true },
    ],
    ["nothing is no change", network, { name: "n" }, { name: "n" }, {}],
  ];
  for (const [title, about, old, next, expected] of changes) {
    it(`plans that a change of ${title}`, () => {
      expect(diff(about, old, next).changes).to.deep.equal(expected);
    });
  }

  it("plans nothing when a caller says what Google filled in already, or stops saying it", () => {
    const about = subject("container/cluster:Cluster");
    const base = { name: "c", location: "europe-west1", initialNodeCount: 1 };
    const effectiveLabels = { owner: "team", "goog-pulumi-provisioned": "true" };
    const outputs = { ...base, networkingMode: "VPC_NATIVE", effectiveLabels };
    const planned = (old: Values, next: Values) => [
      ...provider.diff(about, { inputs: old, outputs }, next).changes.keys(),
    ];
    expect(planned(base, { ...base, networkingMode: "VPC_NATIVE" })).to.deep.equal([]);
    expect(planned({ ...base, networkingMode: "VPC_NATIVE" }, base)).to.deep.equal([]);
    expect(planned(base, { ...base, enableAutopilot: false })).to.deep.equal([]);
    expect(planned(base, { ...base, networkingMode: "ROUTES" })).to.deep.equal(["networkingMode"]);
    expect(planned(base, { ...base, enableAutopilot: true })).to.deep.equal(["enableAutopilot"]);
  });

  it("takes a self link and an id for the same reference", () => {
    const id = "projects/acme-test/global/networks/main";
    const rule = subject("compute/router:Router");
    expect(
      diff(
        rule,
        { name: "r", network: id },
        { name: "r", network: `https://www.googleapis.com/compute/v1/${id}` },
      ).changes,
    ).to.deep.equal({});
  });

  it("makes the replacement first where it can make up another name for it", () => {
    expect(diff(network, { description: "a" }, { description: "b" }).deleteBeforeReplace).to.equal(false);
    expect(diff(network, { name: "main-a" }, { name: "main-b" }).deleteBeforeReplace).to.equal(true);
  });

  it("frees an explicit name before it makes the replacement", () => {
    expect(
      diff(network, { name: "n", description: "a" }, { name: "n", description: "b" }).deleteBeforeReplace,
    ).to.equal(true);
  });

  it("puts its default labels on what carries labels, and sees when they change", async () => {
    const { inputs } = check(address, { name: "main" });
    const { outputs } = await provider.create(address, inputs);
    expect(outputs["effectiveLabels"]).to.deep.equal({ owner: "team", "goog-pulumi-provisioned": "true" });
    const other = googlePackage(cloud).configure({
      project: project.id,
      defaultLabels: JSON.stringify({ owner: "others" }),
    });
    expect([...other.diff(address, { inputs, outputs }, inputs).changes.keys()]).to.deep.equal([
      "effectiveLabels",
    ]);
    expect([...provider.diff(address, { inputs, outputs }, inputs).changes.keys()]).to.deep.equal([]);
  });

  it("marks what is secret by its rule, whoever forgot to", async () => {
    await cloud.create("projects/service:Service", project.id, { service: "monitoring.googleapis.com" });
    const channel = subject("monitoring/notificationChannel:NotificationChannel");
    const { outputs } = await provider.create(
      channel,
      check(channel, { type: "slack", labels: { channel_name: "#a" }, sensitiveLabels: { authToken: "t" } })
        .inputs,
    );
    expect(outputs["sensitiveLabels"]).to.have.property(
      "4dabf18193072939515e22adb298388d",
      "1b47061264138c4ac30d75fd1eb44270",
    );
  });

  for (const [guard, inputs] of [["deletionPolicy", { name: "main", deletionPolicy: "PREVENT" }]] as const) {
    it(`refuses by itself to delete what has its ${guard} on: no call is made`, async () => {
      const made = check(network, inputs).inputs;
      const { id, outputs } = await provider.create(network, made);
      const calls = cloud.journal.entries().length;
      expect(await refusal(provider.remove(network, id, { inputs: made, outputs }))).to.include(guard);
      expect(cloud.journal.entries().length).to.equal(calls);
    });
  }

  it("leaves in the cloud what is to be abandoned", async () => {
    const made = check(network, { name: "main", deletionPolicy: "ABANDON" }).inputs;
    const { id, outputs } = await provider.create(network, made);
    await provider.remove(network, id, { inputs: made, outputs });
    expect(cloud.list(network.kind)).to.have.length(1);
  });

  it("adopts by its id what an earlier run made, and finds no difference afterwards", async () => {
    const { inputs } = check(network, { name: "main", routingMode: "REGIONAL" });
    const { id } = await provider.create(network, inputs);
    const found = await provider.read(network, id, { inputs: {}, outputs: {} });
    expect(found?.inputs).to.include({ name: "main", project: project.id });
    const old = { inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
    expect([...provider.diff(network, old, inputs).changes.keys()]).to.deep.equal([]);
  });

  it("reads back as inputs what was given, and nothing that Google filled in beside it", async () => {
    const instance = subject("sql/databaseInstance:DatabaseInstance");
    const { inputs } = check(instance, instanceInputs("main"));
    const { id, outputs } = await provider.create(instance, inputs);
    const found = await provider.read(instance, id, { inputs, outputs });
    expect(found?.inputs).to.deep.equal(inputs);
  });

  it("says that a resource is gone when it is", async () => {
    expect(
      await provider.read(network, "projects/acme-test/global/networks/ghost", { inputs: {}, outputs: {} }),
    ).to.equal(undefined);
  });

  it("tries again while an answer passes, and not otherwise", async () => {
    const creates = () => cloud.journal.entries().filter(({ kind }) => kind === network.kind).length;
    cloud.faults.add({
      call: "create",
      kind: network.kind,
      times: 2,
      fail: { status: 503, reason: "backendError", message: "later" },
    });
    await provider.create(network, check(network, { name: "main" }).inputs);
    expect(creates()).to.equal(3);
    cloud.faults.add({
      call: "create",
      kind: network.kind,
      fail: { status: 403, reason: "forbidden", message: "no" },
    });
    expect(await refusal(provider.create(network, check(network, { name: "other" }).inputs))).to.include(
      "no",
    );
    expect(creates()).to.equal(4);
  });
});
