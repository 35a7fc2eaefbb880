import * as billing from "@pulumi/gcp/billing";
import * as pulumi from "@pulumi/pulumi";

import { shorten } from "../config/names";

export interface BudgetArgs {
  /** Stack prefix: budgets of all environments stand side by side in the billing account. */
  prefix: string;
  /** Number of the project whose costs count; the billing account knows no project ids. */
  projectNumber: string;
  billingAccount: string;
  /** What a month may cost, in whole units of the currency. */
  monthly: number;
  /** Currency of the billing account, `EUR`. */
  currency: string;
  /** Notification channels of type email, at most five; Google sends budgets to no other type. */
  emails: readonly pulumi.Input<string>[];
}

/** Mail when an environment costs more than planned. It only tells: nothing is stopped, and costs arrive a day late. */
export class Budget extends pulumi.ComponentResource {
  constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Budget", name, {}, opts);

    new billing.Budget(name, budgetArgs(args), { parent: this });

    this.registerOutputs({});
  }
}

function budgetArgs(args: BudgetArgs): billing.BudgetArgs {
  return {
    billingAccount: args.billingAccount,
    displayName: shorten(`${args.prefix} environment`, 60),
    budgetFilter: { projects: [`projects/${args.projectNumber}`], calendarPeriod: "MONTH" },
    amount: { specifiedAmount: { currencyCode: args.currency, units: String(args.monthly) } },
    thresholdRules: [
      ...[0.5, 0.9, 1].map((thresholdPercent) => ({ thresholdPercent, spendBasis: "CURRENT_SPEND" })),
      { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
    ],
    allUpdatesRule: { monitoringNotificationChannels: [...args.emails] },
  };
}
