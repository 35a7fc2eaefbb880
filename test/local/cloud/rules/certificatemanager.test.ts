/** Certificates and the maps by which they are found, as a program sees them. Google's words are not proven. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import { listAt, textAt } from "../../../../local/cloud/rules/read";
import type { Value, Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram, type Kept } from "../../../support/google-program";
import { project, refusal, smallCloud } from "../../../support/small-cloud";

const authorization = "certificatemanager/dnsAuthorization:DnsAuthorization";
const certificate = "certificatemanager/certificate:Certificate";
const certificateMap = "certificatemanager/certificateMap:CertificateMap";
const entry = "certificatemanager/certificateMapEntry:CertificateMapEntry";
const proxy = "compute/targetHttpsProxy:TargetHttpsProxy";

describe("Certificate Manager", () => {
  let cloud: Cloud;
  let program: GoogleProgram;
  let authorized: Kept;

  const managed = (domains: string[], dnsAuthorizations: Value[] = [authorized.id]): Values => ({
    name: "web",
    managed: { domains, dnsAuthorizations },
  });
  const webInputs = () => managed(["acme.example", "*.acme.example"]);

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
    authorized = await program.create(authorization, { name: "web", domain: "acme.example" });
  });

  it("says which record proves that a domain is ours", () => {
    expect(authorized.id).to.equal(`projects/${project.id}/locations/global/dnsAuthorizations/web`);
    const [record] = listAt(authorized.outputs, "dnsResourceRecords");
    expect(record).to.include({ name: "_acme-challenge.acme.example.", type: "CNAME" });
    expect(textAt(record, "data")).to.match(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d+\.authorize\.certificatemanager\.goog\.$/,
    );
  });

  it("gives each project another record where the domain is asked for by several", async () => {
    const own = { name: "own", domain: "acme.example", type: "PER_PROJECT_RECORD" };
    const [record] = listAt((await program.create(authorization, own)).outputs, "dnsResourceRecords");
    expect(textAt(record, "name")).to.match(/^_acme-challenge_[0-9a-f]+\.acme\.example\.$/);
  });

  it("issues at once what is proven already, and else leaves it open", async () => {
    const waiting = await program.create(certificate, webInputs());
    expect(textAt(waiting.outputs, "managed", "state")).to.equal("PROVISIONING");
    await program.create("dns/managedZone:ManagedZone", { name: "acme", dnsName: "acme.example." });
    const [record] = listAt(authorized.outputs, "dnsResourceRecords");
    await program.create("dns/recordSet:RecordSet", {
      managedZone: "acme",
      name: textAt(record, "name") ?? "",
      type: "CNAME",
      ttl: 300,
      rrdatas: [textAt(record, "data") ?? ""],
    });
    const issued = await program.create(certificate, { ...webInputs(), name: "later" });
    expect(textAt(issued.outputs, "managed", "state")).to.equal("ACTIVE");
    expect(issued.outputs["sanDnsnames"]).to.deep.equal(["acme.example", "*.acme.example"]);
  });

  it("finds no difference in what it made, reads it back and adopts it", async () => {
    await program.create(certificateMap, { name: "web" });
    const made = await program.create(certificate, webInputs());
    const entryInputs = { name: "web", map: "web", hostname: "*.acme.example", certificates: [made.id] };
    const all: [string, Values][] = [
      [authorization, { name: "more", domain: "more.example" }],
      [certificate, { ...webInputs(), name: "more" }],
      [certificateMap, { name: "more" }],
      [entry, entryInputs],
    ];
    for (const [kind, inputs] of all) {
      const kept = await program.create(kind, inputs);
      expect(program.plan(kept, inputs), kind).to.deep.equal({});
      expect((await program.refresh(kept))?.inputs, kind).to.deep.equal(kept.inputs);
      const adopted = await program.adopt(kind, kept.id);
      expect(adopted && program.plan(adopted, inputs), kind).to.deep.equal({});
    }
  });

  it("makes a new certificate for other domains, and gives an entry another one in place", async () => {
    const made = await program.create(certificate, webInputs());
    expect(Object.values(program.plan(made, managed(["acme.example"])))).to.deep.equal([true]);
    await program.create(certificateMap, { name: "web" });
    const inputs = { name: "web", map: "web", matcher: "PRIMARY", certificates: [made.id] };
    const kept = await program.create(entry, inputs);
    const other = await program.create(certificate, { ...webInputs(), name: "other" });
    expect(program.plan(kept, { ...inputs, certificates: [other.id] })).to.deep.equal({
      "certificates[0]": false,
    });
  });

  const strange: [what: string, inputs: () => Values, expected: RegExp][] = [
    ["no domain", () => managed([]), /domains: missing/],
    ["a domain with a dot at its end", () => managed(["acme.example."]), /without a dot at its end/],
    ["a domain that nobody vouches for", () => managed(["acme.example", "b.example"]), /none is for b\.ex/],
    ["a wildcard and no authorization", () => managed(["*.acme.example"], []), /needs a DNS authoriz/],
    ["an authorization that is gone", () => managed(["acme.example"], ["ghost"]), /'ghost' was not found/],
    ["nothing", () => ({ name: "web" }), /somebody uploads/],
  ];
  for (const [what, inputs, expected] of strange) {
    it(`refuses a certificate with ${what}`, async () => {
      expect(await refusal(program.create(certificate, inputs()))).to.match(expected);
    });
  }

  it("refuses an entry that is for nothing, for two things, for what another is for, or not served", async () => {
    const made = await program.create(certificate, webInputs());
    const local = await program.create(certificate, { ...webInputs(), name: "local", scope: "ALL_REGIONS" });
    await program.create(certificateMap, { name: "web" });
    const create = (inputs: Values) =>
      refusal(program.create(entry, { name: "web", map: "web", certificates: [made.id], ...inputs }));
    expect(await create({})).to.include("one of them is needed");
    expect(await create({ hostname: "a.acme.example", matcher: "PRIMARY" })).to.include("exactly one");
    expect(await create({ matcher: "PRIMARY", certificates: [] })).to.include("certificates: missing");
    expect(await create({ matcher: "PRIMARY", certificates: [local.id] })).to.include("local is not global");
    expect(await create({ matcher: "PRIMARY", certificates: ["web"] })).to.include("the id of a certificate");
    expect(await create({ matcher: "PRIMARY", map: "ghost" })).to.include("'ghost' was not found");
    expect(await create({ hostname: "*.acme.example" })).to.equal("accepted");
    expect(await create({ hostname: "*.acme.example", name: "twice" })).to.include("is for that already");
    expect(await create({ matcher: "PRIMARY", name: "rest" })).to.equal("accepted");
  });

  it("keeps what is in use: an authorization, a certificate, a map", async () => {
    const made = await program.create(certificate, webInputs());
    const map = await program.create(certificateMap, { name: "web" });
    const used = await program.create(entry, {
      name: "web",
      map: map.id,
      matcher: "PRIMARY",
      certificates: [made.id],
    });
    expect(await refusal(program.remove(authorized))).to.include("certificates/web");
    expect(await refusal(program.remove(made))).to.include("certificateMapEntries/web");
    expect(await refusal(program.remove(map))).to.include("certificateMapEntries/web");
    await program.remove(used);

    const service = await program.create("compute/backendService:BackendService", {
      name: "web",
      loadBalancingScheme: "EXTERNAL_MANAGED",
    });
    const urlMap = await program.create("compute/uRLMap:URLMap", { name: "web", defaultService: service.id });
    const link = `//certificatemanager.googleapis.com/${map.id}`;
    const proxied = await program.create(proxy, { name: "web", urlMap: urlMap.id, certificateMap: link });
    expect(await refusal(program.remove(map))).to.include("targetHttpsProxies/web");
    await program.remove(proxied);
    expect(await refusal(program.remove(map))).to.equal("accepted");
    const again = program.create(proxy, { name: "web", urlMap: urlMap.id, certificateMap: link });
    expect(await refusal(again)).to.include("was not found");
  });

  it("is off in a project whose API is", async () => {
    const off = googleProgram(await smallCloud({ without: ["certificatemanager"] }));
    expect(await refusal(off.create(certificateMap, { name: "web" }))).to.include(
      "certificatemanager.googleapis.com has not been used",
    );
  });
});
