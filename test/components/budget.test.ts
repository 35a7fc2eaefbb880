import { expect } from "chai";

import { Budget } from "../../components/budget";
import { record } from "../support/recorder";

function budget() {
  return record(
    () =>
      new Budget("project", {
        prefix: "staging",
        projectNumber: "200000000002",
        billingAccount: "01ABCD-23EF45-6789AB",
        monthly: 1500,
        currency: "EUR",
        emails: ["projects/acme/notificationChannels/1"],
      }),
  );
}

describe("a budget", () => {
  it("counts what one project costs in a month, and tells the mailbox", async () => {
    const { thresholdRules, ...inputs } = (await budget()).one("gcp:billing/budget:Budget").inputs;
    expect(inputs).to.deep.equal({
      billingAccount: "01ABCD-23EF45-6789AB",
      displayName: "staging environment",
      budgetFilter: { projects: ["projects/200000000002"], calendarPeriod: "MONTH" },
      amount: { specifiedAmount: { currencyCode: "EUR", units: "1500" } },
      allUpdatesRule: { monitoringNotificationChannels: ["projects/acme/notificationChannels/1"] },
    });
    expect(thresholdRules).to.have.length(4);
  });

  it("tells at half, nine tenths and all of it, and when the month will cost more", async () => {
    expect((await budget()).one("gcp:billing/budget:Budget").inputs["thresholdRules"]).to.deep.equal([
      { thresholdPercent: 0.5, spendBasis: "CURRENT_SPEND" },
      { thresholdPercent: 0.9, spendBasis: "CURRENT_SPEND" },
      { thresholdPercent: 1, spendBasis: "CURRENT_SPEND" },
      { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
    ]);
  });
});
