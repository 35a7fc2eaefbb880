import type { ServiceEntry } from "../config/service";
import {
  badRatio,
  type Calls,
  failedCalls,
  fastCalls,
  type Measured,
  restarts,
  selector,
  slowCalls,
} from "./service-metrics";

/** What alert rules need to know about a service. */
export interface Watched extends Measured {
  replicas: ServiceEntry["replicas"];
  resources: ServiceEntry["resources"];
  /**
   * Id of the uptime check that calls it from the internet.
   * @default nobody calls it from there
   */
  uptimeCheck?: string;
}

/** When somebody is told about one kind of trouble, and what they read then. */
export interface AlertRule {
  /** `KIND-URGENCY`; no other rule of the service is called so. */
  name: string;
  kind: "uptime" | "errors" | "latency" | "saturation";
  /** `page`: customers notice now. `ticket`: they will, when nobody does anything this week. */
  urgency: "page" | "ticket";
  title: string;
  /** PromQL that gives a series for each cause that holds, and none while all is well. */
  query: string;
  /** How long the query must give something before the alert fires. */
  forSeconds: number;
  /** How often the query runs. */
  everySeconds: number;
  /** Markdown: what it means, and what to do first. */
  documentation: string;
}

/**
 * How fast an error budget of 28 days goes, as a multiple of what would use all of it in just that time. The short
 * window ends an alert soon after the trouble ends.
 * https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export const burnRates = {
  page: [
    { rate: 14.4, long: "1h", short: "5m" },
    { rate: 6, long: "6h", short: "30m" },
  ],
  ticket: [{ rate: 1, long: "3d", short: "6h" }],
} as const;

/** With fewer bad calls than this in the long window, nobody is told: of twenty calls in a night, one may fail. */
export const fewestBadCalls = 10;

/**
 * A modest objective leaves a budget that cannot burn 14 times as fast as planned, even when every call fails. So nine
 * bad calls in ten always are enough.
 */
export const highestThreshold = 0.9;

/** The alert rules of one service. */
export function alertRules(service: Watched): AlertRule[] {
  return [
    uptimePage(service),
    uptimeTicket(service),
    burnRule("errors", "page", service),
    burnRule("errors", "ticket", service),
    burnRule("latency", "page", service),
    burnRule("latency", "ticket", service),
    saturationTicket(service),
  ];
}

function uptimePage(service: Watched): AlertRule {
  return {
    ...named("uptime", "page"),
    title: "nobody answers",
    // A service without any series does not answer either, so a zero stands in for them.
    query: causes({
      "no pod answers": `(sum(${selector(service, "up")}) or vector(0)) == 0`,
      ...(service.uptimeCheck !== undefined && {
        "the internet gets no answer": `avg(avg_over_time(${outside(service.uptimeCheck)}[3m])) < 0.5`,
      }),
    }),
    forSeconds: 180,
    everySeconds: 60,
    documentation: text(
      "Customers get no answer. The label `cause` says who noticed: Google's collectors find no pod that answers, or most calls from the internet fail.",
      "Is a rollout under way? `kubectl -n NAMESPACE rollout status deployment/SERVICE`; the release before it is one `./platform release rollback` away.",
      "Are there pods? `kubectl -n NAMESPACE get pods -l app.kubernetes.io/name=SERVICE`, then `describe` one that is not Ready.",
      "Pods are well, yet the internet gets no answer: look at the certificate, the DNS record and the route (`kubectl -n NAMESPACE describe httproute SERVICE`).",
      "Every service at once: it is the cluster, the database, or the collectors (`kubectl -n gmp-system get pods`).",
    )(service),
  };
}

function uptimeTicket(service: Watched): AlertRule {
  const { min } = service.replicas;
  return {
    ...named("uptime", "ticket"),
    title: "fewer pods than promised",
    query: causes({ [`fewer than ${min} pods answer`]: `sum(${selector(service, "up")}) < ${min}` }),
    forSeconds: 900,
    everySeconds: 60,
    documentation: text(
      `Fewer pods answer than the ${min} that always should: the next one that goes may be noticed.`,
      "Pods that are Pending find no node: `kubectl -n NAMESPACE describe pod …` says what they lack; look at the pool's `maxNodes`.",
      "Pods that restart say why in `kubectl -n NAMESPACE logs --previous …`.",
    )(service),
  };
}

function burnRule(kind: "errors" | "latency", urgency: "page" | "ticket", service: Watched): AlertRule {
  const { availability, latency } = service.objectives;
  const [calls, percent] =
    kind === "errors" ? [failedCalls(service), availability] : [slowCalls(service), latency.percent];
  const promise =
    kind === "errors"
      ? `${availability} per cent of calls are answered without a failure of ours`
      : `${latency.percent} per cent of calls are answered within ${latency.milliseconds} ms`;
  const burns = burnRates[urgency].map((burn) => burning(calls, percent, burn)).join("\nor\n");
  return {
    ...named(kind, urgency),
    title: `${kind === "errors" ? "calls fail" : "calls are slow"}, ${
      urgency === "page" ? "the error budget burns fast" : "the error budget will not last"
    }`,
    query:
      kind === "latency" && urgency === "ticket"
        ? causes({ "the budget burns": burns, "no bucket to measure by": unmeasured(service, calls) })
        : burns,
    forSeconds: 0,
    everySeconds: urgency === "page" ? 60 : 300,
    documentation: text(
      `Over 28 days, ${promise}. ${meaning[urgency]}`,
      "What changed? Compare the time with the last release (`./platform release status`); when they agree, roll back first and ask later.",
      kind === "errors"
        ? "Which calls? The dashboard splits failures by code; the logs of those minutes have the route and the reason."
        : "Which part? Compare the percentiles on the dashboard with CPU, with memory, and with the latency of the services and stores it calls.",
      ...(kind === "latency" && urgency === "ticket"
        ? [
            `Cause \`no bucket to measure by\`: the histogram has no bound at ${latency.milliseconds} ms, so this objective is not watched at all until the service has one.`,
          ]
        : []),
    )(service),
  };
}

const meaning = {
  page: "At this speed, a fiftieth of the budget goes in an hour, or a twentieth in six.",
  ticket: "At this speed, all of the budget is gone before the 28 days are over.",
};

/** Both windows are above the threshold, and the bad calls are more than an accident. */
function burning(calls: Calls, percent: number, burn: { rate: number; long: string; short: string }): string {
  const limit = burnThreshold(percent, burn.rate);
  return [
    `(${badRatio(calls, burn.long)} > ${limit}`,
    `and ${badRatio(calls, burn.short)} > ${limit}`,
    `and ${calls.bad("increase", burn.long)} >= ${fewestBadCalls})`,
  ].join("\n");
}

/** The part of calls that must be bad, between 0 and 1, for the budget of an objective to burn at a rate. */
export function burnThreshold(percent: number, rate: number): number {
  return rounded(Math.min((rate * (100 - percent)) / 100, highestThreshold));
}

/** Without its bucket, a slow service would look like one that is never called. */
function unmeasured(service: Watched, calls: Calls): string {
  return `(${calls.all("rate", "6h")} > 0) unless ${fastCalls(service)("rate", "6h")}`;
}

function saturationTicket(service: Watched): AlertRule {
  const { replicas, resources } = service;
  const up = selector(service, "up");
  const memory = bytesOf(resources.memory);
  const aimed = (replicas.max * coresOf(resources.cpu) * replicas.cpuPercent) / 100;
  return {
    ...named("saturation", "ticket"),
    title: "little room left",
    query: causes({
      memory: `max(${selector(service, "process_resident_memory_bytes")}) > ${rounded(0.9 * memory)}`,
      restarts: `sum(increase(${restarts(service)}[1h])) > 2.5`,
      "cpu at the largest number of pods":
        `(sum(rate(${selector(service, "process_cpu_seconds_total")}[10m])) > ${rounded(aimed)}` +
        ` and count(${up} == 1) >= ${replicas.max})`,
    }),
    forSeconds: 900,
    everySeconds: 60,
    documentation: text(
      "Nobody notices yet, but there is little room. The label `cause` says of what.",
      `\`memory\`: a pod is above nine tenths of its ${resources.memory} and is killed at all of it. A leak shows as a slope on the dashboard; otherwise raise \`resources.memory\` in catalog/services/SERVICE.yaml.`,
      "`restarts`: three or more within an hour. `kubectl -n NAMESPACE describe pod …` has the reason of the last one, `logs --previous` its words.",
      `\`cpu\`: ${replicas.max} pods run, no more may, and they use more than the ${replicas.cpuPercent} per cent of ${resources.cpu} each that is aimed at. Raise \`replicas.max\` or \`resources.cpu\` there.`,
    )(service),
  };
}

function named<K extends AlertRule["kind"], U extends AlertRule["urgency"]>(kind: K, urgency: U) {
  return { name: `${kind}-${urgency}`, kind, urgency };
}

/** One series for each cause that holds; the label `cause` says which. */
function causes(queries: Record<string, string>): string {
  return Object.entries(queries)
    .map(([cause, query]) => `label_replace(${query}, "cause", "${cause}", "", "")`)
    .join("\nor\n");
}

/** What each place that calls from outside got: 1 for an answer, 0 for none, once a minute. */
function outside(check: string): string {
  const metric = "monitoring_googleapis_com:uptime_check_check_passed";
  return `${metric}{monitored_resource="uptime_url",check_id="${check}"}`;
}

function text(sense: string, ...steps: string[]) {
  return ({ service, namespace }: Watched) =>
    [`**${service} in ${namespace}.** ${sense}`, "", ...steps.map((step, at) => `${at + 1}. ${step}`)]
      .join("\n")
      .replaceAll("NAMESPACE", namespace)
      .replaceAll("SERVICE", service);
}

/** Cores that a pod requests: `100m` is a tenth. */
export function coresOf(cpu: string): number {
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
}

/** Bytes of `256Mi` or `1Gi`. */
export function bytesOf(memory: string): number {
  return Number(memory.slice(0, -2)) * (memory.endsWith("Gi") ? 1024 ** 3 : 1024 ** 2);
}

/** Six digits are more than any threshold means; binary fractions have sixteen. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
