/** A zone of the internet as a program sees it. Google's words are not proven. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import { listAt } from "../../../../local/cloud/rules/read";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { refusal, smallCloud } from "../../../support/small-cloud";

const zone = "dns/managedZone:ManagedZone";
const record = "dns/recordSet:RecordSet";
const zoneInputs: Values = {
  name: "staging",
  dnsName: "staging.acme.example.",
  dnssecConfig: { state: "on" },
  cloudLoggingConfig: { enableLogging: true },
};
const address = (name: string, more: Values = {}): Values => ({
  managedZone: "staging",
  name,
  type: "A",
  ttl: 300,
  rrdatas: ["203.0.113.7"],
  ...more,
});
const alias = (name: string, ...rrdatas: string[]) => address(name, { type: "CNAME", rrdatas });

describe("a public zone", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
  });

  it("gets four name servers, and is unchanged the next time, read back and adopted", async () => {
    const kept = await program.create(zone, zoneInputs);
    expect(listAt(kept.outputs, "nameServers")).to.have.length(4);
    expect(program.plan(kept, zoneInputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(zone, kept.id);
    expect(adopted && program.plan(adopted, zoneInputs)).to.deep.equal({});
    expect(program.plan(kept, { ...zoneInputs, dnssecConfig: { state: "off" } })).to.deep.equal({
      "dnssecConfig.state": false,
    });
  });

  it("takes records for everything below it, and for its own name", async () => {
    await program.create(zone, zoneInputs);
    for (const inputs of [
      address("staging.acme.example."),
      address("*.staging.acme.example."),
      address("api.staging.acme.example."),
      alias("_acme-challenge.staging.acme.example.", "a.b.authorize.certificatemanager.goog."),
    ]) {
      const kept = await program.create(record, inputs);
      expect(program.plan(kept, inputs)).to.deep.equal({});
      expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    }
  });

  it("refuses an alias of its own name, of two targets, and beside another record", async () => {
    await program.create(zone, zoneInputs);
    const create = (inputs: Values) => refusal(program.create(record, inputs));
    expect(await create(alias("staging.acme.example.", "a.example."))).to.include("own name cannot be");
    expect(await create(alias("api.staging.acme.example.", "a.example.", "b.example."))).to.include(
      "one target",
    );
    expect(await create(address("api.staging.acme.example."))).to.equal("accepted");
    expect(await create(alias("api.staging.acme.example.", "a.example."))).to.include("has a A already");
    expect(await create(address("api.staging.acme.example.", { type: "TXT", rrdatas: ['"x"'] }))).to.equal(
      "accepted",
    );
    expect(await create(alias("www.staging.acme.example.", "a.example."))).to.equal("accepted");
    expect(await create(address("www.staging.acme.example."))).to.include("has a CNAME already");
  });

  it("is kept while it has records, unless that is forced", async () => {
    const kept = await program.create(zone, zoneInputs);
    await program.create(record, address("api.staging.acme.example."));
    expect(await refusal(program.remove(kept))).to.include("one or more of its own records");
    await program.remove(await program.update(kept, { ...zoneInputs, forceDestroy: true }));
    expect([...cloud.list(zone), ...cloud.list(record)]).to.deep.equal([]);
  });
});
