/** Budgets as a program sees them. Nothing is ever spent here. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { project, refusal, smallCloud } from "../../../support/small-cloud";

const budget = "billing/budget:Budget";
const channel = "monitoring/notificationChannel:NotificationChannel";

describe("a budget", () => {
  let cloud: Cloud;
  let program: GoogleProgram;
  let inputs: Values;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
    const email = { type: "email", labels: { email_address: "team@acme.example" } };
    inputs = {
      billingAccount: "012345-6789AB-CDEF01",
      displayName: "staging",
      amount: { specifiedAmount: { currencyCode: "EUR", units: "500" } },
      budgetFilter: { projects: [`projects/${project.number}`] },
      thresholdRules: [{ thresholdPercent: 0.5 }, { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" }],
      allUpdatesRule: { monitoringNotificationChannels: [(await program.create(channel, email)).id] },
    };
  });

  it("is made of the account and not of a project, unchanged the next time, read back and adopted", async () => {
    const kept = await program.create(budget, inputs);
    expect(kept.id).to.match(/^billingAccounts\/012345-6789AB-CDEF01\/budgets\/[0-9a-f-]{36}$/);
    expect(kept.inputs).not.to.have.property("project");
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(budget, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
  });

  it("changes its amount in place, and its account by a new one", async () => {
    const kept = await program.create(budget, inputs);
    const amount = { specifiedAmount: { currencyCode: "EUR", units: "600" } };
    expect(program.plan(kept, { ...inputs, amount })).to.deep.equal({
      "amount.specifiedAmount.units": false,
    });
    expect(program.plan(kept, { ...inputs, billingAccount: "AAAAAA-BBBBBB-CCCCCC" })).to.deep.equal({
      billingAccount: true,
    });
  });

  const strange: [what: string, changes: Values, expected: RegExp][] = [
    ["the name of an account", { billingAccount: "billingAccounts/1" }, /the id of a billing account/],
    ["a project by its id", { budgetFilter: { projects: ["projects/acme-test"] } }, /projects\/\{number\}/],
    ["no amount", { amount: {} }, /exactly one of specifiedAmount/],
    [
      "two amounts",
      { amount: { lastPeriodAmount: true, specifiedAmount: { units: "1" } } },
      /exactly one of/,
    ],
    ["an amount with cents", { amount: { specifiedAmount: { units: "1.5" } } }, /a whole number/],
    ["a rule that tells nobody", { allUpdatesRule: {} }, /it needs monitoringNotificationChannels/],
    ["a threshold below nothing", { thresholdRules: [{ thresholdPercent: -1 }] }, /at least 0/],
    ["a topic", { allUpdatesRule: { pubsubTopic: "t" } }, /no rule for this input/],
    [
      "two periods",
      {
        budgetFilter: {
          calendarPeriod: "YEAR",
          customPeriod: { startDate: { year: 2026, month: 1, day: 1 } },
        },
      },
      /calendarPeriod or customPeriod/,
    ],
    ["credits that do not count", { budgetFilter: { creditTypes: ["PROMOTION"] } }, /and only then/],
  ];
  for (const [what, changes, expected] of strange) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(budget, { ...inputs, ...changes }))).to.match(expected);
    });
  }

  it("tells at most five people, by e-mail", async () => {
    const told = (...monitoringNotificationChannels: string[]) =>
      refusal(program.create(budget, { ...inputs, allUpdatesRule: { monitoringNotificationChannels } }));
    const slack = { type: "slack", labels: { channel_name: "#a" }, sensitiveLabels: { authToken: "t" } };
    expect(await told((await program.create(channel, slack)).id)).to.include("of type slack; only email");
    expect(await told(...Array<string>(6).fill("a"))).to.include("at most 5");
    expect(await told("ghost")).to.include("'ghost' was not found");
  });

  it("needs its API in the project that the call is made for", async () => {
    const off = await smallCloud({ without: ["billingbudgets"] });
    off.register({ id: "acme-billing", number: "300000000002" });
    await off.create("projects/service:Service", "acme-billing", {
      service: "billingbudgets.googleapis.com",
    });
    const plain = Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "allUpdatesRule"));
    expect(await refusal(googleProgram(off).create(budget, plain))).to.include(
      "billingbudgets.googleapis.com has not been used in project 300000000001",
    );
    const paying = googleProgram(off, { billingProject: "acme-billing", userProjectOverride: "true" });
    const kept = await paying.create(budget, plain);
    expect(paying.plan(kept, plain)).to.deep.equal({});
    expect((await paying.refresh(kept))?.id).to.equal(kept.id);
    await paying.remove(kept);
    expect(off.list(budget)).to.deep.equal([]);
    expect(
      await refusal(googleProgram(off, { billingProject: "acme-billing" }).create(budget, plain)),
    ).to.include("has not been used in project 300000000001");
  });
});
