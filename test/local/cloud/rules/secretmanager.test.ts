/** Secrets as a program sees them, through the stand-in for the provider. Not proven: Google's own words. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { makeCluster, project, refusal, smallCloud } from "../../../support/small-cloud";

const secret = "secretmanager/secret:Secret";
const member = "secretmanager/secretIamMember:SecretIamMember";
const inputs = { secretId: "billing--token", replication: { auto: {} }, labels: { service: "billing" } };
const regions = (...locations: string[]) => ({
  userManaged: { replicas: locations.map((location) => ({ location })) },
});
const pool = `${project.id}.svc.id.goog`;
const workload = (number: string, subject = "ns/staging/sa/billing") =>
  `principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/subject/${subject}`;

describe("a secret", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud, { defaultLabels: JSON.stringify({ owner: "team" }) });
  });

  it("is made, unchanged the next time and read back", async () => {
    const kept = await program.create(secret, inputs);
    expect(kept.id).to.equal("projects/acme-test/secrets/billing--token");
    expect(kept.outputs["name"]).to.equal(`projects/${project.number}/secrets/billing--token`);
    expect(kept.outputs["effectiveLabels"]).to.include({ owner: "team", service: "billing" });
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
  });

  it("is adopted by its id", async () => {
    const given = { secretId: "other", replication: { auto: {} } };
    const adopted = await program.adopt(secret, (await program.create(secret, given)).id);
    expect(adopted && program.plan(adopted, given)).to.deep.equal({});
  });

  it("changes its labels in place and its place by a new one", async () => {
    const kept = await program.create(secret, inputs);
    expect(program.plan(kept, { ...inputs, labels: {} })).to.deep.equal({
      "labels.service": false,
      effectiveLabels: false,
    });
    expect(program.plan(kept, { ...inputs, secretId: "other" })).to.deep.equal({ secretId: true });
    const moved = program.plan(kept, { ...inputs, replication: regions("europe-west1") });
    expect(Object.values(moved)).to.include(true);
  });

  for (const [what, replication, expected] of [
    ["no replication", {}, /exactly one of auto and userManaged/],
    ["two kinds of it", { auto: {}, ...regions("europe-west1") }, /exactly one of auto and userManaged/],
    ["no place", regions(), /replicas: missing/],
    ["a place twice", regions("europe-west1", "europe-west1"), /one location twice/],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(secret, { ...inputs, replication }))).to.match(expected);
    });
  }

  it("is refused with a name that is none, a topic, which is not emulated, and without the API", async () => {
    expect(await refusal(program.create(secret, { ...inputs, secretId: "a.b" }))).to.include("secretId");
    expect(await refusal(program.create(secret, { ...inputs, topics: [{ name: "t" }] }))).to.include(
      "no rule for this input",
    );
    const off = await smallCloud({ without: ["secretmanager"] });
    expect(await refusal(googleProgram(off).create(secret, inputs))).to.include(
      "secretmanager.googleapis.com has not been used",
    );
  });

  it("is kept by the provider while its deletionProtection is on", async () => {
    const kept = await program.create(secret, { ...inputs, deletionProtection: true });
    expect(await refusal(program.remove(kept))).to.include("deletionProtection is true");
    const free = await program.update(kept, { ...inputs, deletionProtection: false });
    await program.remove(free);
    expect(cloud.list(secret)).to.deep.equal([]);
  });

  it("is read by a workload of the cluster's pool, named by the project's number", async () => {
    await makeCluster(cloud);
    await program.create(secret, inputs);
    const grant = (who: string, secretId = "billing--token") =>
      program.create(member, { secretId, role: "roles/secretmanager.secretAccessor", member: who });
    const kept = await grant(workload(project.number));
    expect(kept.id).to.equal(
      `projects/acme-test/secrets/billing--token/roles/secretmanager.secretAccessor/${workload(project.number)}`,
    );
    const again = await grant(workload(project.number), "projects/acme-test/secrets/billing--token");
    expect(again.id).to.equal(kept.id);
    expect(await refusal(grant(workload(project.id)))).to.include("is no workload");
    expect(await refusal(grant(workload("300000000009")))).to.include("is no workload");
    expect(await refusal(grant(workload(project.number, "billing")))).to.include("is no workload");
    expect(await refusal(grant(workload(project.number), "ghost"))).to.include("'ghost' was not found");
  });

  it("takes what was granted on it along, and not what is granted on its namesake elsewhere", async () => {
    const other = { id: "acme-other", number: "300000000002" };
    cloud.register(other);
    for (const api of ["secretmanager", "iam"])
      await cloud.create("projects/service:Service", other.id, { service: `${api}.googleapis.com` });
    const theirs = googleProgram(cloud, { project: other.id });
    const who = { role: "roles/viewer", member: "group:team@acme.example", secretId: "billing--token" };
    const first = await program.create(secret, inputs);
    await theirs.create(secret, inputs);
    await program.create(member, who);
    await theirs.create(member, who);
    await program.remove(first);
    expect(cloud.list(member).map(({ project }) => project)).to.deep.equal([other.id]);
  });
});
