/** The emulated cloud by itself, without engine and provider. Not proven: that Google's words are the same. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { Cloud } from "../../../local/cloud/cloud";
import type { Values } from "../../../local/cloud/rules/shape";
import {
  instanceInputs,
  make,
  makeCluster,
  makeNetwork,
  project,
  refusal,
  smallCloud,
} from "../../support/small-cloud";

const network = "compute/network:Network";
const firewall = "compute/firewall:Firewall";
const instance = "sql/databaseInstance:DatabaseInstance";

describe("the emulated cloud", () => {
  it("refuses a kind that it has no rules for, and names where to add them", async () => {
    const cloud = await smallCloud();
    expect(await refusal(make(cloud, "bigquery/dataset:Dataset", {}))).to.match(
      /no rules for bigquery.*local\/cloud\/rules/,
    );
  });

  it("refuses an input that it has no rule for, nested ones too", async () => {
    const cloud = await smallCloud();
    expect(await refusal(make(cloud, network, { name: "main", colour: "red" }))).to.match(
      /colour: .*no rule for this input/,
    );
    const odd = instanceInputs("main");
    odd["settings"] = { tier: "db-custom-2-7680", sauce: "hot" };
    expect(await refusal(make(cloud, instance, odd))).to.match(/settings\.sauce: .*no rule for this input/);
  });

  it("refuses what is missing, too long or of the wrong form", async () => {
    const cloud = await smallCloud();
    expect(await refusal(make(cloud, network, {}))).to.include("name: it is required");
    expect(await refusal(make(cloud, network, { name: "Main" }))).to.match(/name: .*lower case/);
    expect(await refusal(make(cloud, network, { name: "n".repeat(64) }))).to.match(/name: .*1-63/);
    expect(await refusal(make(cloud, network, { name: "main", mtu: 9000 }))).to.include("at most 8896");
  });

  it("refuses a project that nobody registered", async () => {
    const cloud = new Cloud();
    expect(await refusal(cloud.create(network, "acme-elsewhere", { name: "main" }))).to.match(
      /403.*acme-elsewhere/,
    );
  });

  it("refuses calls to an API that is not switched on", async () => {
    const cloud = new Cloud();
    cloud.register(project);
    expect(await refusal(make(cloud, network, { name: "main" }))).to.match(
      /403.*compute\.googleapis\.com.*accessNotConfigured/,
    );
  });

  it("refuses a second resource of one name, and lets one grant be made twice", async () => {
    const cloud = await smallCloud();
    await make(cloud, network, { name: "main" });
    expect(await refusal(make(cloud, network, { name: "main" }))).to.match(/409.*already exists/);
    const grant = { project: project.id, role: "roles/viewer", member: "group:team@acme.example" };
    await make(cloud, "projects/iAMMember:IAMMember", grant);
    expect(await refusal(make(cloud, "projects/iAMMember:IAMMember", grant))).to.equal("accepted");
  });

  it("refuses references to what does not exist", async () => {
    const cloud = await smallCloud();
    const subnetwork = {
      name: "main",
      network: "nowhere",
      region: "europe-west1",
      ipCidrRange: "10.0.0.0/22",
    };
    expect(await refusal(make(cloud, "compute/subnetwork:Subnetwork", subnetwork))).to.match(
      /404.*network.*'nowhere' was not found/,
    );
  });

  it("refuses a range that another subnetwork has, by whatever name they call their network", async () => {
    const cloud = await smallCloud();
    await makeNetwork(cloud);
    await make(cloud, network, { name: "other" });
    const second = { name: "second", region: "europe-west1", ipCidrRange: "10.0.2.0/24" };
    expect(
      await refusal(make(cloud, "compute/subnetwork:Subnetwork", { ...second, network: "main" })),
    ).to.match(/10\.0\.2\.0\/24 overlaps 10\.0\.0\.0\/22/);
    expect(
      await refusal(make(cloud, "compute/subnetwork:Subnetwork", { ...second, network: "other" })),
    ).to.equal("accepted");
  });

  const strangers = [
    [
      "an account that nobody made",
      "serviceAccount:ghost@acme-test.iam.gserviceaccount.com",
      /Service account ghost.* does not exist/,
    ],
    [
      "a workload before the first cluster",
      "serviceAccount:acme-test.svc.id.goog[services/billing]",
      /Identity Pool does not exist/,
    ],
    ["a word that is no principal", "billing", /not an IAM principal/],
  ] as const;
  for (const [what, member, expected] of strangers) {
    it(`refuses to grant a role to ${what}`, async () => {
      const cloud = await smallCloud();
      const grant = { project: project.id, role: "roles/viewer", member };
      expect(await refusal(make(cloud, "projects/iAMMember:IAMMember", grant))).to.match(expected);
    });
  }

  it("grants to a workload once the project has a cluster with its pool", async () => {
    const cloud = await smallCloud();
    const workloadPool = `${project.id}.svc.id.goog`;
    await makeCluster(cloud);
    const member = `serviceAccount:${workloadPool}[services/billing]`;
    const grant = { project: project.id, role: "roles/viewer", member };
    expect(await refusal(make(cloud, "projects/iAMMember:IAMMember", grant))).to.equal("accepted");
  });

  it("grants to all accounts of a project before there are any", async () => {
    const cloud = await smallCloud();
    const member =
      "principalSet://cloudresourcemanager.googleapis.com/projects/200000000009/type/ServiceAccount";
    const grant = { project: project.id, role: "roles/viewer", member };
    expect(await refusal(make(cloud, "projects/iAMMember:IAMMember", grant))).to.equal("accepted");
  });

  it("refuses to delete a network that a subnetwork is in, and says which", async () => {
    const cloud = await smallCloud();
    const made = await makeNetwork(cloud);
    expect(await refusal(cloud.remove(network, project.id, made.network))).to.match(
      /already being used by .*subnetworks\/main/,
    );
    await cloud.remove("compute/subnetwork:Subnetwork", project.id, made.subnetwork);
    expect(await refusal(cloud.remove(network, project.id, made.network))).to.equal("accepted");
  });

  for (const [form, said] of [
    ["id", (made: { id: string }) => made.id],
    ["self link", (made: { state: Values }) => made.state["selfLink"] as string],
    ["name", () => "main"],
  ] as const) {
    it(`refuses to delete a network that a firewall is in which says its ${form}, until it moves`, async () => {
      const cloud = await smallCloud();
      const main = await cloud.create(network, project.id, { name: "main" });
      const other = await make(cloud, network, { name: "other" });
      const inputs = { name: "wall", network: said(main), denies: [{ protocol: "tcp" }], sourceTags: ["a"] };
      const wall = await make(cloud, firewall, inputs);
      expect(await refusal(cloud.remove(network, project.id, main.id))).to.include("already being used by");

      await cloud.update(firewall, project.id, wall, { ...inputs, network: other });

      expect(await refusal(cloud.remove(network, project.id, other))).to.include("already being used by");
      expect(await refusal(cloud.remove(network, project.id, main.id))).to.equal("accepted");
    });
  }

  it("names what uses a network in the order in which it came", async () => {
    const cloud = await smallCloud();
    const [one, two] = [
      await make(cloud, network, { name: "one" }),
      await make(cloud, network, { name: "two" }),
    ];
    const inputs = { denies: [{ protocol: "tcp" }], sourceTags: ["a"] };
    const first = await make(cloud, firewall, { ...inputs, name: "first", network: one });
    await make(cloud, firewall, { ...inputs, name: "second", network: two });
    await cloud.update(firewall, project.id, first, { ...inputs, name: "first", network: two });
    expect(await refusal(cloud.remove(network, project.id, two))).to.match(/first'.*second'/);
  });

  it("refuses to delete an address and an instance that an endpoint uses", async () => {
    const cloud = await smallCloud();
    const made = await makeNetwork(cloud);
    const sql = await cloud.create(instance, project.id, instanceInputs("main"));
    const place = { name: "sql", region: "europe-west1" };
    const address = await make(cloud, "compute/address:Address", {
      ...place,
      addressType: "INTERNAL",
      subnetwork: made.subnetwork,
    });
    const target = sql.state["pscServiceAttachmentLink"] ?? "";
    await make(cloud, "compute/forwardingRule:ForwardingRule", {
      ...place,
      network: made.network,
      ipAddress: address,
      target,
      loadBalancingScheme: "",
    });
    expect(await refusal(cloud.remove("compute/address:Address", project.id, address))).to.include(
      "already being used by",
    );
    expect(await refusal(cloud.remove(instance, project.id, sql.id))).to.include("already being used by");
  });

  it("refuses to delete the parts of a load balancer that others stand on, down to the network", async () => {
    const cloud = await smallCloud();
    const { network, subnetwork } = await makeNetwork(cloud);
    const name = "web";
    const group = await make(cloud, "compute/networkEndpointGroup:NetworkEndpointGroup", {
      ...{ name, network, subnetwork, zone: "europe-west1-b" },
    });
    const healthChecks = await make(cloud, "compute/healthCheck:HealthCheck", { name, httpHealthCheck: {} });
    const service = await make(cloud, "compute/backendService:BackendService", {
      ...{ name, healthChecks, backends: [{ group }] },
    });
    const urlMap = await make(cloud, "compute/uRLMap:URLMap", { name, defaultService: service });
    const target = await make(cloud, "compute/targetHttpProxy:TargetHttpProxy", { name, urlMap });
    const ipAddress = await make(cloud, "compute/globalAddress:GlobalAddress", { name });
    await make(cloud, "compute/globalForwardingRule:GlobalForwardingRule", { name, target, ipAddress });

    const inUse = [network, subnetwork, group, healthChecks, service, urlMap, target, ipAddress].map((id) =>
      cloud.list().find((resource) => resource.id === id),
    );
    for (const resource of inUse) {
      const { kind = "", id = "" } = resource ?? {};
      expect(await refusal(cloud.remove(kind, project.id, id)), id).to.include("already being used by");
    }
  });

  it("gives no two things one address of the internet", async () => {
    const cloud = await smallCloud();
    for (let index = 0; index < 60; index++) {
      await make(cloud, "compute/globalAddress:GlobalAddress", { name: `a-${index}` });
    }
    const addresses = cloud.list("compute/globalAddress:GlobalAddress").map(({ state }) => state["address"]);
    expect(new Set(addresses)).to.have.length(60);
  });

  it("refuses to delete an instance whose own protection is on", async () => {
    const cloud = await smallCloud();
    const inputs = instanceInputs("main");
    inputs["settings"] = { ...(inputs["settings"] as object), deletionProtectionEnabled: true };
    const { id } = await cloud.create(instance, project.id, inputs);
    expect(await refusal(cloud.remove(instance, project.id, id))).to.include("protected");
    expect(cloud.list(instance)).to.have.length(1);
  });

  it("keeps the name of a deleted SQL instance for a week, and of a key ring for ever", async () => {
    const cloud = await smallCloud();
    const { id } = await cloud.create(instance, project.id, instanceInputs("main"));
    await cloud.remove(instance, project.id, id);
    expect(await refusal(make(cloud, instance, instanceInputs("main")))).to.match(/409.*kept until/);
    expect(await refusal(make(cloud, instance, instanceInputs("other")))).to.equal("accepted");

    const ring = { name: "main", location: "europe-west1" };
    const ringId = await make(cloud, "kms/keyRing:KeyRing", ring);
    await cloud.remove("kms/keyRing:KeyRing", project.id, ringId);
    expect(await refusal(make(cloud, "kms/keyRing:KeyRing", ring))).to.match(/409/);
  });

  it("takes the parts of an instance along when it is deleted", async () => {
    const cloud = await smallCloud();
    const { id } = await cloud.create(instance, project.id, instanceInputs("main"));
    await make(cloud, "sql/database:Database", { name: "billing", instance: "main" });
    await cloud.remove(instance, project.id, id);
    expect(cloud.list("sql/database:Database")).to.deep.equal([]);
  });

  it("writes down every call with what came of it", async () => {
    const cloud = await smallCloud();
    const from = cloud.journal.entries().length;
    await make(cloud, network, { name: "main" });
    await refusal(make(cloud, network, { name: "main" }));
    const calls = cloud.journal.entries(from);
    expect(calls.map(({ call, id }) => `${call} ${id}`)).to.deep.equal([
      "create projects/acme-test/global/networks/main",
      "create projects/acme-test/global/networks/main",
    ]);
    expect(calls.map(({ outcome }) => outcome)[0]).to.equal("ok");
    expect(calls.map(({ outcome }) => outcome)[1]).to.include("409");
  });

  it("never keeps a secret: neither in what it lists nor in what it writes down", async () => {
    const cloud = await smallCloud();
    await make(cloud, "projects/service:Service", { service: "monitoring.googleapis.com" });
    await make(cloud, "monitoring/notificationChannel:NotificationChannel", {
      type: "slack",
      displayName: "alerts",
      labels: { channel_name: "#alerts" },
      sensitiveLabels: { authToken: "sentinel-5d1f" },
    });
    expect(JSON.stringify([cloud.list(), cloud.journal.entries()])).to.not.include("sentinel-5d1f");
  });
});

describe("planned faults", () => {
  it("fail the nth matching call only", async () => {
    const cloud = await smallCloud();
    const fail = { status: 429, reason: "rateLimitExceeded", message: "slow down" };
    cloud.faults.add({ call: "create", kind: network, nth: 2, fail });
    const outcomes = [];
    for (const name of ["one", "two", "three"]) outcomes.push(await refusal(make(cloud, network, { name })));
    expect(outcomes.map((outcome) => outcome.includes("slow down"))).to.deep.equal([false, true, false]);
    expect(cloud.list(network)).to.have.length(2);
  });

  it("can lose the answer of a call that was done", async () => {
    const cloud = await smallCloud();
    cloud.faults.add({ call: "create", kind: network, loseAnswer: true });
    expect(await refusal(make(cloud, network, { name: "main" }))).to.include("503");
    expect(cloud.list(network)).to.have.length(1);
  });

  it("can hold back an answer until they are cleared", async () => {
    const cloud = await smallCloud();
    cloud.faults.add({ call: "create", kind: network, hang: true });
    let answered = false;
    const call = make(cloud, network, { name: "main" }).then(() => (answered = true));
    while (cloud.faults.hanging === 0) await new Promise(setImmediate);
    expect(answered).to.equal(false);
    cloud.faults.clear();
    await call;
    expect(answered).to.equal(true);
  });
});

describe("an emulated cloud on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-cloud-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same after its process is gone", async () => {
    const before = await smallCloud({ folder });
    await makeNetwork(before);
    const after = new Cloud({ folder });
    expect(after.list()).to.deep.equal(before.list());
  });

  it("forgets only a line that was never finished, and refuses to open when another is damaged", async () => {
    const before = await smallCloud({ folder });
    await makeNetwork(before);
    const file = join(folder, "resources.jsonl");
    appendFileSync(file, '{"key":"half');
    expect(new Cloud({ folder }).list()).to.deep.equal(before.list());
    writeFileSync(file, readFileSync(file, "utf8").replace('{"key"', "{key"));
    expect(() => new Cloud({ folder })).to.throw(SyntaxError);
  });

  it("keeps reserved names", async () => {
    const before = await smallCloud({ folder });
    const { id } = await before.create(instance, project.id, instanceInputs("main"));
    await before.remove(instance, project.id, id);
    expect(await refusal(make(new Cloud({ folder }), instance, instanceInputs("main")))).to.include(
      "kept until",
    );
  });

  it("has taken the parts along of what was being deleted when its process died", async () => {
    const before = await smallCloud({ folder });
    const { id } = await before.create(instance, project.id, instanceInputs("main"));
    await make(before, "sql/database:Database", { name: "billing", instance: "main" });
    void new Cloud({ folder, scale: 0.05 }).remove(instance, project.id, id);
    await new Promise(setImmediate);
    const after = new Cloud({ folder });
    expect([...after.list(instance), ...after.list("sql/database:Database")]).to.deep.equal([]);
  });

  it("has finished what was under way when its process died", async () => {
    await smallCloud({ folder });
    const before = new Cloud({ folder, scale: 0.05 });
    void before.create(network, project.id, { name: "main" });
    expect(before.list(network).map(({ status }) => status)).to.deep.equal(["creating"]);
    const after = new Cloud({ folder });
    expect(after.list(network).map(({ status }) => status)).to.deep.equal(["ready"]);
  });
});
