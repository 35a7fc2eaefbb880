/** Alert policies as a program sees them. That Google reads a query as it is meant is not proven: nothing reads it. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { refusal, smallCloud } from "../../../support/small-cloud";

const policy = "monitoring/alertPolicy:AlertPolicy";
const channel = "monitoring/notificationChannel:NotificationChannel";

const query: Values = {
  query: 'sum(rate(http_requests_total{namespace="staging", job="billing"}[5m])) > 1',
  duration: "300s",
  evaluationInterval: "60s",
  disableMetricValidation: true,
  labels: { service: "billing" },
};
const promql = (more: Values = {}): Values => ({
  displayName: "errors",
  conditionPrometheusQueryLanguage: { ...query, ...more },
});
const threshold: Values = {
  displayName: "errors",
  conditionThreshold: {
    comparison: "COMPARISON_GT",
    duration: "60s",
    filter: 'metric.type="x"',
    thresholdValue: 1,
  },
};

describe("an alert policy", () => {
  let cloud: Cloud;
  let program: GoogleProgram;
  let inputs: Values;
  let people: string;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
    const email = { type: "email", labels: { email_address: "team@acme.example" } };
    people = (await program.create(channel, email)).id;
    inputs = {
      displayName: "billing: too many errors",
      combiner: "OR",
      severity: "CRITICAL",
      conditions: [promql()],
      notificationChannels: [people],
      documentation: { content: "see the runbook" },
      alertStrategy: { autoClose: "1800s", notificationPrompts: ["OPENED"] },
      userLabels: { service: "billing" },
    };
  });

  it("is made, unchanged the next time, read back, adopted, and changed in place", async () => {
    const kept = await program.create(policy, inputs);
    expect(kept.id).to.match(/^projects\/acme-test\/alertPolicies\/\d{19}$/);
    expect(kept.outputs["name"]).to.equal(kept.id);
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(policy, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
    const slower = { ...inputs, conditions: [promql({ duration: "600s" })] };
    expect(program.plan(kept, slower)).to.deep.equal({
      "conditions[0].conditionPrometheusQueryLanguage.duration": false,
    });
    const twin = await program.create(policy, inputs);
    expect(twin.id).not.to.equal(kept.id);
  });

  const strange: [what: string, changes: Values, expected: RegExp][] = [
    ["no condition", { conditions: [] }, /conditions: missing/],
    ["a condition of no kind", { conditions: [{ displayName: "a" }] }, /no kind; exactly one of/],
    ["a condition of two kinds", { conditions: [{ ...promql(), ...threshold }] }, /exactly one of/],
    ["two conditions of PromQL", { conditions: [promql(), promql()] }, /has exactly one/],
    ["PromQL and another", { conditions: [promql(), threshold] }, /has exactly one/],
    ["an odd interval", { conditions: [promql({ evaluationInterval: "45s" })] }, /multiple of 30s/],
    ["no query", { conditions: [promql({ query: " " })] }, /an expression/],
    ["a rule's name with a dash", { conditions: [promql({ alertRule: "too-many" })] }, /label of Prometheus/],
    [
      "a metric that nobody wrote yet",
      { conditions: [promql({ disableMetricValidation: false })] },
      /unless disableMetricValidation is true/,
    ],
    ["a severity of its own", { severity: "PAGE" }, /one of CRITICAL, ERROR, WARNING/],
    ["a channel that is gone", { notificationChannels: ["projects/p/notificationChannels/1"] }, /not found/],
    ["an early close", { alertStrategy: { autoClose: "60s" } }, /30 minutes to 7 days/],
    ["a limit that is for logs", { alertStrategy: { notificationRateLimit: {} } }, /nothing else takes it/],
    ["a label with a capital", { userLabels: { Service: "a" } }, /must match/],
    ["MQL", { conditions: [{ displayName: "a", conditionMonitoringQueryLanguage: {} }] }, /no rule for this/],
  ];
  for (const [what, changes, expected] of strange) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(policy, { ...inputs, ...changes }))).to.match(expected);
      expect(cloud.list(policy)).to.deep.equal([]);
    });
  }

  it("is refused with a strategy for a channel that it does not tell", async () => {
    const alertStrategy = { notificationChannelStrategies: [{ notificationChannelNames: [people] }] };
    expect(await refusal(program.create(policy, { ...inputs, alertStrategy }))).to.equal("accepted");
    const others = { ...inputs, notificationChannels: [], alertStrategy };
    expect(await refusal(program.create(policy, others))).to.include("is not in notificationChannels");
  });

  it("reads Google's own metrics without more ado, in both spellings", async () => {
    for (const known of [
      'avg(kubernetes_io:container_restart_count{namespace_name="staging"}) > 1',
      '{"__name__"="cloudsql.googleapis.com/database/cpu/utilization"} > 0.9',
    ]) {
      const conditions = [promql({ query: known, disableMetricValidation: false })];
      expect(await refusal(program.create(policy, { ...inputs, conditions })), known).to.equal("accepted");
    }
  });

  it("keeps the channels that it tells", async () => {
    const kept = await program.create(policy, inputs);
    expect(await refusal(cloud.remove(channel, "acme-test", people))).to.include("alertPolicies/");
    await program.remove(kept);
    expect(await refusal(cloud.remove(channel, "acme-test", people))).to.equal("accepted");
  });
});
