import { at, listAt, numberAt, textAt, textsAt } from "./read";
import {
  deletionPolicy,
  flag,
  labels,
  list,
  map,
  number,
  object,
  oneOf,
  project,
  text,
  type Rule,
  type Value,
  type Values,
} from "./shape";

const kind = "monitoring/alertPolicy:AlertPolicy";

/**
 * Google keeps a channel that a policy names unless it is told to delete it all the same; `forceDelete` of the channel
 * is not emulated.
 */
const heldChannel = { kinds: ["monitoring/notificationChannel:NotificationChannel"], holds: true };

const seconds = { pattern: /^\d+(\.\d{1,9})?s$/, rule: "seconds, such as 300s" } as const;

const comparisons = ["COMPARISON_GT", "COMPARISON_LT"];
const missingData = [
  "EVALUATION_MISSING_DATA_INACTIVE",
  "EVALUATION_MISSING_DATA_ACTIVE",
  "EVALUATION_MISSING_DATA_NO_OP",
];

const aggregations = () =>
  list(
    object({
      alignmentPeriod: text(seconds),
      crossSeriesReducer: text({ pattern: /^REDUCE_[A-Z0-9_]+$/, rule: "a reducer such as REDUCE_SUM" }),
      groupByFields: list(text()),
      perSeriesAligner: text({ pattern: /^ALIGN_[A-Z0-9_]+$/, rule: "an aligner such as ALIGN_RATE" }),
    }),
  );

const trigger = () => object({ count: number({ min: 1 }), percent: number({ min: 0, max: 100 }) });

/** What a condition can be; MQL, which Google no longer recommends, and SQL are not emulated. */
const conditionKinds = {
  conditionAbsent: object({
    aggregations: aggregations(),
    duration: text({ required: true, ...seconds }),
    filter: text({ maxLength: 2048 }),
    trigger: trigger(),
  }),
  conditionMatchedLog: object({ filter: text({ required: true }), labelExtractors: map(text()) }),
  conditionPrometheusQueryLanguage: object({
    alertRule: text({ pattern: /^[a-zA-Z_][a-zA-Z0-9_]*$/, rule: "a name as a label of Prometheus has" }),
    disableMetricValidation: flag(),
    duration: text(seconds),
    evaluationInterval: text(seconds),
    labels: map(text(), { keyPattern: /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/ }),
    query: text({ required: true, pattern: /\S/, rule: "an expression" }),
    ruleGroup: text(),
  }),
  conditionThreshold: object({
    aggregations: aggregations(),
    comparison: oneOf(comparisons, { required: true }),
    duration: text({ required: true, ...seconds }),
    evaluationMissingData: oneOf(missingData),
    filter: text({ maxLength: 2048 }),
    thresholdValue: number(),
    trigger: trigger(),
  }),
};

export const alertPolicy: Rule = {
  kind,
  api: "monitoring.googleapis.com",
  // Google numbers policies itself, so two that are alike are two.
  id: (inputs, around) => {
    const alike = around.list(kind).length;
    const words = [textAt(inputs, "displayName") ?? "", String(alike)];
    return `projects/${around.project.id}/alertPolicies/${around.number(19, ...words)}`;
  },
  inputs: {
    alertStrategy: object({
      autoClose: text(seconds),
      notificationChannelStrategies: list(
        object({
          notificationChannelNames: list(text({ reference: heldChannel })),
          renotifyInterval: text(seconds),
        }),
      ),
      notificationPrompts: list(oneOf(["OPENED", "CLOSED"])),
      notificationRateLimit: object({ period: text(seconds) }),
    }),
    combiner: oneOf(["AND", "OR", "AND_WITH_MATCHING_RESOURCE"], { required: true }),
    conditions: list(object({ displayName: text({ required: true, maxLength: 512 }), ...conditionKinds }), {
      required: true,
      maxItems: 6,
    }),
    deletionPolicy: deletionPolicy(),
    displayName: text({ required: true, maxLength: 512 }),
    documentation: object({
      content: text({ maxLength: 8192 }),
      links: list(object({ displayName: text({ maxLength: 63 }), url: text({ maxLength: 2083 }) }), {
        maxItems: 3,
      }),
      mimeType: oneOf(["text/markdown"], { default: "text/markdown" }),
      subject: text({ maxLength: 10240 }),
    }),
    enabled: flag({ default: true }),
    notificationChannels: list(text({ reference: heldChannel }), { maxItems: 16 }),
    project: project(),
    severity: oneOf(["CRITICAL", "ERROR", "WARNING"]),
    userLabels: labels(),
  },
  computed: ["creationRecords", "name"],
  outputs: ({ id }) => ({
    creationRecords: [{ mutateTime: "2026-01-01T00:00:00Z", mutatedBy: "" }],
    name: id,
  }),
  refuses: (inputs) => {
    const conditions = listAt(inputs, "conditions");
    const has = (name: string) => conditions.some((condition) => at(condition, name) !== undefined);
    return [
      ...(conditions.length > 0 ? [] : ["conditions: missing"]),
      ...conditions.flatMap((condition, index) =>
        conditionProblems(condition).map((problem) => `conditions[${index}]${problem}`),
      ),
      ...["conditionPrometheusQueryLanguage", "conditionMatchedLog"]
        .filter((name) => has(name) && conditions.length > 1)
        .map((name) => `conditions: a policy with ${name} has exactly one`),
      ...(has("conditionMatchedLog") !== (at(inputs, "alertStrategy", "notificationRateLimit") !== undefined)
        ? ["alertStrategy.notificationRateLimit: conditionMatchedLog needs it, and nothing else takes it"]
        : []),
      ...strategyProblems(inputs),
    ];
  },
  takes: { create: 3, update: 3, remove: 3 },
  source: "terraform-provider-google resource_monitoring_alert_policy",
};

const length = (values: Value | undefined, ...path: string[]): number | undefined => {
  const duration = textAt(values, ...path);
  return duration === undefined ? undefined : Number.parseFloat(duration);
};

function conditionProblems(condition: Value): string[] {
  const names = Object.keys(conditionKinds).filter((name) => at(condition, name) !== undefined);
  if (names.length !== 1)
    return [
      `: it has ${names.join(" and ") || "no kind"}; exactly one of ${Object.keys(conditionKinds).join(", ")}`,
    ];
  const query = at(condition, "conditionPrometheusQueryLanguage");
  const interval = length(query, "evaluationInterval");
  const threshold = at(condition, "conditionThreshold");
  const aligned = ["conditionThreshold", "conditionAbsent"].map((name) => at(condition, name));
  return [
    ...(interval !== undefined && (interval === 0 || interval % 30 !== 0)
      ? [".conditionPrometheusQueryLanguage.evaluationInterval: a positive multiple of 30s"]
      : []),
    ...(query !== undefined && !isKnown(query)
      ? [
          ".conditionPrometheusQueryLanguage.query: it reads no metric of Google's own, and Google refuses a metric that nobody has written yet unless disableMetricValidation is true",
        ]
      : []),
    ...(textAt(threshold, "evaluationMissingData") && length(threshold, "duration") === 0
      ? [".conditionThreshold.evaluationMissingData: needs a duration that is not zero"]
      : []),
    ...(numberAt(threshold, "trigger", "count") !== undefined &&
    numberAt(threshold, "trigger", "percent") !== undefined
      ? [".conditionThreshold.trigger: count or percent"]
      : []),
    ...aligned
      .filter((each) => (length(each, "duration") ?? 0) % 60 !== 0)
      .map(() => ".duration: a multiple of a minute"),
  ];
}

/** Nobody writes metrics here: those that Google has of its own are known, and no others are. */
function isKnown(query: Value): boolean {
  if (at(query, "disableMetricValidation") === true) return true;
  return /\b(kubernetes_io|[a-z0-9]+_googleapis_com):|["'][a-z0-9.]*(googleapis\.com|kubernetes\.io)\//.test(
    textAt(query, "query") ?? "",
  );
}

function strategyProblems(inputs: Values): string[] {
  const close = length(inputs, "alertStrategy", "autoClose");
  const channels = textsAt(inputs, "notificationChannels");
  return [
    ...(close !== undefined && (close < 1800 || close > 604800)
      ? ["alertStrategy.autoClose: 30 minutes to 7 days, 1800s to 604800s"]
      : []),
    ...listAt(inputs, "alertStrategy", "notificationChannelStrategies").flatMap((strategy) => {
      const again = length(strategy, "renotifyInterval");
      return [
        ...(again !== undefined && (again < 1800 || again > 86400)
          ? ["alertStrategy.notificationChannelStrategies: renotifyInterval is 30 minutes to 24 hours"]
          : []),
        ...textsAt(strategy, "notificationChannelNames")
          .filter((name) => !channels.includes(name))
          .map(
            (name) => `alertStrategy.notificationChannelStrategies: ${name} is not in notificationChannels`,
          ),
      ];
    }),
  ];
}
