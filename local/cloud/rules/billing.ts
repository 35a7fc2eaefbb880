/** Budgets of a billing account: they tell, they never stop anything. */
import { at, listAt, textAt, textsAt, uuid } from "./read";
import {
  deletionPolicy,
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  text,
  type Rule,
  type Surroundings,
  type Values,
} from "./shape";

const kind = "billing/budget:Budget";

/** Google lets a channel go that a budget names. */
const channel = { kinds: ["monitoring/notificationChannel:NotificationChannel"] };

const date = () => ({
  day: number({ required: true, min: 1, max: 31 }),
  month: number({ required: true, min: 1, max: 12 }),
  year: number({ required: true, min: 1, max: 9999 }),
});

const budget: Rule = {
  kind,
  api: "billingbudgets.googleapis.com",
  outsideProjects: true,
  // Google names budgets itself, so two that are alike are two.
  id: (inputs, around) => {
    const account = textAt(inputs, "billingAccount") ?? "";
    const words = [account, textAt(inputs, "displayName") ?? "", String(around.list(kind).length)];
    return `billingAccounts/${account}/budgets/${uuid(around, ...words)}`;
  },
  inputs: {
    allUpdatesRule: object({
      disableDefaultIamRecipients: flag({ default: false }),
      enableProjectLevelRecipients: flag({ default: false }),
      monitoringNotificationChannels: list(text({ reference: channel }), { maxItems: 5 }),
      schemaVersion: oneOf(["1.0"], { default: "1.0" }),
    }),
    amount: object(
      {
        lastPeriodAmount: flag(),
        specifiedAmount: object({
          currencyCode: text({ computed: true, pattern: /^[A-Z]{3}$/, rule: "a currency such as EUR" }),
          nanos: number({ min: -999999999, max: 999999999 }),
          units: text({ pattern: /^-?\d+$/, rule: "a whole number, as text" }),
        }),
      },
      { required: true },
    ),
    billingAccount: text({
      required: true,
      replaces: true,
      pattern: /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/,
      rule: "the id of a billing account, such as 012345-6789AB-CDEF01",
    }),
    budgetFilter: object(
      {
        calendarPeriod: oneOf(["MONTH", "QUARTER", "YEAR"], { computed: true }),
        creditTypes: list(text()),
        creditTypesTreatment: oneOf(
          ["INCLUDE_ALL_CREDITS", "EXCLUDE_ALL_CREDITS", "INCLUDE_SPECIFIED_CREDITS"],
          { default: "INCLUDE_ALL_CREDITS" },
        ),
        customPeriod: object({ endDate: object(date()), startDate: object(date(), { required: true }) }),
        labels: map(text(), { computed: true }),
        projects: list(
          // Google answers with numbers, so that a name would differ for ever.
          text({ pattern: /^projects\/\d+$/, rule: "projects/{number}" }),
          { unordered: true },
        ),
        services: list(text({ pattern: /^services\/[0-9A-F-]+$/, rule: "services/{id}" }), {
          computed: true,
        }),
      },
      { computed: true },
    ),
    deletionPolicy: deletionPolicy(),
    displayName: text({ maxLength: 60 }),
    ownershipScope: oneOf(["ALL_USERS", "BILLING_ACCOUNT"]),
    thresholdRules: list(
      object({
        spendBasis: oneOf(["CURRENT_SPEND", "FORECASTED_SPEND"], { default: "CURRENT_SPEND" }),
        thresholdPercent: number({ required: true, min: 0 }),
      }),
    ),
  },
  computed: ["amount.specifiedAmount.currencyCode", "budgetFilter.calendarPeriod", "name"],
  outputs: ({ id, inputs }) => ({
    ...(at(inputs, "amount", "specifiedAmount") !== undefined && {
      amount: { specifiedAmount: { currencyCode: "EUR" } },
    }),
    ...(at(inputs, "budgetFilter", "customPeriod") === undefined && {
      budgetFilter: { calendarPeriod: "MONTH" },
    }),
    name: id.slice(id.lastIndexOf("/") + 1),
  }),
  refuses: (inputs, around) => [...amountProblems(inputs), ...ruleProblems(inputs, around)],
  takes: { create: 3, update: 3, remove: 3 },
  source: "terraform-provider-google resource_billing_budget",
};

function amountProblems(inputs: Values): string[] {
  const specified = at(inputs, "amount", "specifiedAmount") !== undefined;
  const last = at(inputs, "amount", "lastPeriodAmount");
  const treatment = textAt(inputs, "budgetFilter", "creditTypesTreatment");
  const types = listAt(inputs, "budgetFilter", "creditTypes").length > 0;
  return [
    ...(specified === (last !== undefined)
      ? ["amount: exactly one of specifiedAmount and lastPeriodAmount"]
      : []),
    ...(last === false ? ["amount.lastPeriodAmount: true or left out"] : []),
    ...(at(inputs, "budgetFilter", "calendarPeriod") !== undefined &&
    at(inputs, "budgetFilter", "customPeriod") !== undefined
      ? ["budgetFilter: calendarPeriod or customPeriod"]
      : []),
    ...(types !== (treatment === "INCLUDE_SPECIFIED_CREDITS")
      ? ["budgetFilter.creditTypes: with creditTypesTreatment INCLUDE_SPECIFIED_CREDITS, and only then"]
      : []),
  ];
}

function ruleProblems(inputs: Values, around: Surroundings): string[] {
  if (inputs["allUpdatesRule"] === undefined) return [];
  const names = textsAt(inputs, "allUpdatesRule", "monitoringNotificationChannels");
  return [
    ...(names.length > 0
      ? []
      : ["allUpdatesRule: it needs monitoringNotificationChannels; topics are not emulated"]),
    ...names
      .map((name) => around.find(channel, name, around.project.id)?.inputs)
      .filter((found) => found !== undefined && found["type"] !== "email")
      .map(
        (found) =>
          `allUpdatesRule.monitoringNotificationChannels: a channel of type ${textAt(found, "type")}; only email`,
      ),
  ];
}

export const billing: readonly Rule[] = [budget];
