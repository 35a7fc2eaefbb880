/** Uptime checks as a program sees them. Nobody makes the request. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import { textAt } from "../../../../local/cloud/rules/read";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { project, refusal, smallCloud } from "../../../support/small-cloud";

const check = "monitoring/uptimeCheckConfig:UptimeCheckConfig";
const watched = (labels: Values): Values => ({ monitoredResource: { type: "uptime_url", labels } });
const inputs: Values = {
  displayName: "staging: api",
  timeout: "10s",
  period: "60s",
  ...watched({ project_id: project.id, host: "api.staging.acme.example" }),
  httpCheck: { path: "/billing/health/ready", useSsl: true, validateSsl: true },
  selectedRegions: ["EUROPE", "USA_VIRGINIA", "ASIA_PACIFIC"],
};

describe("an uptime check", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
  });

  it("is made with its port, unchanged the next time, read back and adopted", async () => {
    const kept = await program.create(check, inputs);
    expect(textAt(kept.outputs, "uptimeCheckId")).to.match(/^staging-api-[0-9a-z]+$/);
    expect(kept.outputs["httpCheck"]).to.include({ port: 443, requestMethod: "GET" });
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(check, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
  });

  it("asks another path in place, and another host by a new one", async () => {
    const kept = await program.create(check, inputs);
    const path = { ...inputs, httpCheck: { path: "/", useSsl: true, validateSsl: true } };
    expect(program.plan(kept, path)).to.deep.equal({ "httpCheck.path": false });
    const host = { ...inputs, ...watched({ project_id: project.id, host: "other.acme.example" }) };
    expect(program.plan(kept, host)).to.deep.equal({ "monitoredResource.labels.host": true });
  });

  const strange: [what: string, changes: Values, expected: RegExp][] = [
    ["two places", { selectedRegions: ["EUROPE", "USA_IOWA"] }, /at least 3 locations/],
    ["no host", watched({ project_id: project.id }), /host is missing/],
    ["another resource", { monitoredResource: { type: "gae_app", labels: {} } }, /one of uptime_url/],
    ["two ways to ask", { tcpCheck: { port: 443 } }, /exactly one of them/],
    ["an odd period", { period: "120s" }, /one of 60s, 300s, 600s, 900s/],
    ["two minutes of patience", { timeout: "120s" }, /1s to 60s/],
    ["a certificate to look at and no TLS", { httpCheck: { validateSsl: true } }, /only with useSsl/],
    ["a body and nowhere to put it", { httpCheck: { body: "YQ==" } }, /only with requestMethod POST/],
  ];
  for (const [what, changes, expected] of strange) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(check, { ...inputs, ...changes }))).to.match(expected);
    });
  }

  it("counts the United States as three places", async () => {
    expect(await refusal(program.create(check, { ...inputs, selectedRegions: ["USA"] }))).to.equal(
      "accepted",
    );
  });

  it("is kept by the policy whose filter names it", async () => {
    const kept = await program.create(check, inputs);
    const filter = `metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.label.check_id="${textAt(kept.outputs, "uptimeCheckId")}"`;
    const conditionThreshold = { comparison: "COMPARISON_GT", duration: "60s", filter, thresholdValue: 1 };
    const policy = await program.create("monitoring/alertPolicy:AlertPolicy", {
      displayName: "down",
      combiner: "OR",
      conditions: [{ displayName: "down", conditionThreshold }],
    });
    expect(await refusal(program.remove(kept))).to.include("One or more alerting policies is using it");
    await program.remove(policy);
    expect(await refusal(program.remove(kept))).to.equal("accepted");
  });
});
