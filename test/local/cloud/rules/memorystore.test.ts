/** Instances of Memorystore for Valkey, with the policy that connects them. Google's words are not proven. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import { listAt, textAt } from "../../../../local/cloud/rules/read";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { make, makeNetwork, project, refusal, smallCloud } from "../../../support/small-cloud";

const instance = "memorystore/instance:Instance";
const policy = "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy";
const location = "europe-west1";

const connections = (state: Values) =>
  listAt(listAt(state, "endpoints")[0], "connections").map((connection) =>
    ["connectionType", "ipAddress"].map((name) => textAt(connection, "pscAutoConnection", name)),
  );

describe("an instance of Memorystore", () => {
  let cloud: Cloud;
  let program: GoogleProgram;
  let network: string;
  let connects: string;
  let inputs: Values;

  const connect = (more: Values = {}) =>
    make(cloud, policy, { name: "caches", location, network, serviceClass: "gcp-memorystore", ...more });

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
    network = (await makeNetwork(cloud)).network;
    connects = await make(cloud, "compute/subnetwork:Subnetwork", {
      name: "caches",
      network,
      region: location,
      ipCidrRange: "10.0.8.0/28",
    });
    inputs = {
      instanceId: "billing",
      location,
      shardCount: 1,
      replicaCount: 1,
      nodeType: "SHARED_CORE_NANO",
      mode: "CLUSTER_DISABLED",
      authorizationMode: "IAM_AUTH",
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      engineVersion: "VALKEY_8_0",
      deletionProtectionEnabled: false,
      desiredAutoCreatedEndpoints: [{ network, projectId: project.id }],
    };
  });

  it("is made with two endpoints in the policy's subnetwork, unchanged the next time and read back", async () => {
    await connect({ pscConfig: { subnetworks: [connects] } });
    const kept = await program.create(instance, inputs);
    expect(kept.id).to.equal(`projects/${project.id}/locations/${location}/instances/billing`);
    expect(connections(kept.outputs)).to.deep.equal([
      ["CONNECTION_TYPE_PRIMARY", "10.0.8.2"],
      ["CONNECTION_TYPE_READER", "10.0.8.3"],
    ]);
    expect(JSON.stringify(kept.outputs["managedServerCas"])).to.include("BEGIN CERTIFICATE");
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(instance, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
  });

  it("shares the subnetwork with others, keeps its addresses through a change and gives them back", async () => {
    await connect({ pscConfig: { subnetworks: [connects] } });
    const [first] = await Promise.all([
      program.create(instance, inputs),
      program.create(instance, { ...inputs, instanceId: "routing" }),
    ]);
    const address = { name: "own", region: location, addressType: "INTERNAL", subnetwork: connects };
    const reserved = await program.create("compute/address:Address", address);
    expect(reserved.outputs["address"]).to.equal("10.0.8.6");
    const third = await program.create(instance, { ...inputs, instanceId: "third" });
    expect(connections(third.outputs).map(([, ip]) => ip)).to.deep.equal(["10.0.8.7", "10.0.8.8"]);
    const grown = await program.update(first, { ...inputs, replicaCount: 2 });
    expect(connections(grown.outputs)).to.deep.equal(connections(first.outputs));
    await program.remove(grown);
    const next = await program.create(instance, { ...inputs, instanceId: "next" });
    expect(connections(next.outputs)).to.deep.equal(connections(first.outputs));
  });

  it("is refused without a policy for its network and region, and where the policy has no room", async () => {
    const create = (more: Values = {}) => refusal(program.create(instance, { ...inputs, ...more }));
    expect(await create()).to.include("no service connection policy of class gcp-memorystore");
    await connect({ pscConfig: { subnetworks: [connects], limit: "3" } });
    expect(await create({ location: "us-east1" })).to.include("no service connection policy");
    const elsewhere = [{ network, projectId: "acme-other" }];
    expect(await create({ desiredAutoCreatedEndpoints: elsewhere })).to.include("not projectId");
    expect(await create()).to.equal("accepted");
    expect(await create({ instanceId: "second" })).to.include("allows 3 connections");
  });

  it("is refused where the policy's subnetworks are full", async () => {
    const tiny = { name: "tiny", network, region: location, ipCidrRange: "10.0.9.0/29" };
    const subnetworks = [await make(cloud, "compute/subnetwork:Subnetwork", tiny)];
    await connect({ pscConfig: { subnetworks } });
    const create = (instanceId: string) => refusal(program.create(instance, { ...inputs, instanceId }));
    expect([await create("first"), await create("second")]).to.deep.equal(["accepted", "accepted"]);
    expect(await create("third")).to.include("have no free address");
  });

  for (const [path, change, expected] of [
    ["shards without cluster mode", { shardCount: 2 }, /must be 1 with mode CLUSTER_DISABLED/],
    ["a node type that nobody sells", { nodeType: "HUGE" }, /one of SHARED_CORE_NANO/],
    ["a short name", { instanceId: "abc" }, /4-63/],
    ["one zone, and no word which", { zoneDistributionConfig: { mode: "SINGLE_ZONE" } }, /needs it/],
    [
      "a zone of another region",
      { zoneDistributionConfig: { mode: "SINGLE_ZONE", zone: "us-east1-b" } },
      /not in europe-west1/,
    ],
    ["settings of another persistence", { persistenceConfig: { aofConfig: {} } }, /not with mode DISABLED/],
    ["an input that is not emulated", { aclPolicy: "p" }, /no rule for this input/],
  ] as const) {
    it(`is refused with ${path}`, async () => {
      await connect({ pscConfig: { subnetworks: [connects] } });
      expect(await refusal(program.create(instance, { ...inputs, ...change }))).to.match(expected);
    });
  }

  it("grows in place, changes how it is reached by a new one, and its engine never goes back", async () => {
    await connect({ pscConfig: { subnetworks: [connects] } });
    const kept = await program.create(instance, inputs);
    const plan = (change: Values) => program.plan(kept, { ...inputs, ...change });
    expect(plan({ nodeType: "STANDARD_SMALL", replicaCount: 2 })).to.deep.equal({
      nodeType: false,
      replicaCount: false,
    });
    expect(plan({ authorizationMode: "AUTH_DISABLED" })).to.deep.equal({ authorizationMode: true });
    expect(plan({ mode: "CLUSTER" })).to.deep.equal({ mode: true });
    const older = program.update(kept, { ...inputs, engineVersion: "VALKEY_7_2" });
    expect(await refusal(older)).to.include("VALKEY_8_0 cannot become VALKEY_7_2");
  });

  it("is protected unless a program says otherwise", async () => {
    await connect({ pscConfig: { subnetworks: [connects] } });
    const unsaid = Object.entries(inputs).filter(([name]) => name !== "deletionProtectionEnabled");
    const kept = await program.create(instance, Object.fromEntries(unsaid));
    expect(await refusal(program.remove(kept))).to.include("is protected");
    expect(program.plan(kept, inputs)).to.deep.equal({ deletionProtectionEnabled: false });
    await program.remove(await program.update(kept, inputs));
    expect(cloud.list(instance)).to.deep.equal([]);
  });

  it("keeps the policy that connects it", async () => {
    const id = await connect({ pscConfig: { subnetworks: [connects] } });
    const kept = await program.create(instance, inputs);
    expect(await refusal(cloud.remove(policy, project.id, id))).to.match(/in use by '.*instances\/billing'/);
    await program.remove(kept);
    expect(await refusal(cloud.remove(policy, project.id, id))).to.equal("accepted");
  });

  it("lets those connect who are granted the role on the project, on a condition", async () => {
    const grant = {
      project: project.id,
      role: "roles/memorystore.dbConnectionUser",
      member: "group:team@acme.example",
      condition: {
        title: "billing",
        expression: `resource.name == "projects/x/locations/y/instances/billing"`,
      },
    };
    const kept = await program.create("projects/iAMMember:IAMMember", grant);
    expect(program.plan(kept, grant)).to.deep.equal({});
  });
});
