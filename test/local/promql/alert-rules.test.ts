/**
 * The rules, asked of the query engine of Prometheus on made-up series, in one run of it.
 *
 * Not proven: that Cloud Monitoring, whose engine is its own, gives the same. Its documents say so but for details.
 */
import { expect } from "chai";
import { join } from "node:path";

import { type AlertRule, alertRules, type Watched } from "../../../components/alert-rules";
import { dashboardQueries, serviceDashboard } from "../../../components/service-dashboard";
import { readCatalogue } from "../../../config/catalogue";
import { overridable, serviceIn } from "../../../config/service";
import {
  askPromql,
  type PromqlAnswer,
  type PromqlCase,
  type PromqlResult,
} from "../../../local/promql/promql";
import { root } from "../../support/settings";

const billing: Watched = {
  service: "billing",
  namespace: "staging",
  objectives: { availability: 99.9, latency: { milliseconds: 500, percent: 99 } },
  replicas: { min: 2, max: 4, cpuPercent: 70 },
  resources: { cpu: "100m", memory: "256Mi" },
  uptimeCheck: "billing-1",
};

const modest: Watched = { ...billing, objectives: { ...billing.objectives, availability: 90 } };

/** One series of values, a minute apart. */
type Series = PromqlCase["series"][number];

/** What a counter does: so much a minute for so many minutes, or a restart of its process. */
type Course = readonly ([perMinute: number, minutes: number] | "restart")[];

function counter(series: string, ...course: Course): Series {
  let value = 0;
  let from = 0;
  const parts = course.map((piece) => {
    if (piece === "restart") {
      value = 0;
      return "0";
    }
    const [perMinute, minutes] = piece;
    from = value + perMinute;
    value += perMinute * minutes;
    return `${from}+${perMinute}x${minutes - 1}`;
  });
  return { series, values: ["0", ...parts].join(" ") };
}

const gauge = (series: string, values: string): Series => ({ series, values });

const labels = (more: Record<string, string>) =>
  Object.entries({ namespace: "staging", job: "billing", pod: "billing-1-a", ...more })
    .map(([key, value]) => `${key}="${value}"`)
    .join(",");

const calls = (code: string, more: Record<string, string> = {}) =>
  `http_requests_total{${labels({ code, method: "GET", route: "/invoices", ...more })}}`;

/** Calls a minute, with a part of them failing for the last minutes, after six good hours. */
function failing(percent: number, minutes: number, perMinute = 100): Series[] {
  const bad = (perMinute * percent) / 100;
  return [
    counter(calls("200"), [perMinute, 360], [perMinute - bad, minutes]),
    counter(calls("500"), [0, 360], [bad, minutes]),
  ];
}

const duration = (part: string, more: Record<string, string> = {}) =>
  `http_request_duration_seconds_${part}{${labels({ method: "GET", route: "/invoices", ...more })}}`;

/** As `failing`, with slow calls. */
function slow(percent: number, minutes: number, le = "0.5"): Series[] {
  return [
    counter(duration("count"), [100, 360 + minutes]),
    counter(duration("bucket", { le }), [100, 360], [100 - percent, minutes]),
    counter(duration("bucket", { le: "+Inf" }), [100, 360 + minutes]),
  ];
}

const up = (values: string, more: Record<string, string> = {}) => gauge(`up{${labels(more)}}`, values);
const second = { pod: "billing-1-b" };

const outside = (place: string, values: string, check = "billing-1") =>
  gauge(
    `monitoring_googleapis_com:uptime_check_check_passed{monitored_resource="uptime_url",check_id="${check}",checker_location="${place}"}`,
    values,
  );

const places = (...values: string[]) =>
  values.map((value, at) => outside(["eur-belgium", "usa-virginia", "apac-singapore"][at] ?? "", value));

const memory = (megabytes: number, minutes = 60) =>
  gauge(`process_resident_memory_bytes{${labels({})}}`, `${megabytes * 1024 ** 2}x${minutes}`);

const restarted = (pod: string, ...course: Course) =>
  counter(
    `kubernetes_io:container_restart_count{monitored_resource="k8s_container",namespace_name="staging",pod_name="${pod}",container_name="service"}`,
    ...course,
  );

/** Pods that each use a part of the CPU they request, 100m: 6 seconds a minute are all of it. */
const pods = (count: number, percent: number) =>
  Array.from({ length: count }, (_, at) => ({ pod: `billing-1-${at}` })).flatMap((pod) => [
    up("1x60", pod),
    counter(`process_cpu_seconds_total{${labels(pod)}}`, [(6 * percent) / 100, 60]),
  ]);

/** All is well for more than the longest window: 10 calls in 100,000 fail, and 1 in 1,000 is slow. */
const well: Series[] = [
  up("1x4500"),
  up("1x4500", second),
  ...places("1x4500", "1x4500", "1x4500"),
  counter(calls("200"), [100, 4500]),
  counter(calls("500"), [0.01, 4500]),
  counter(duration("count"), [100, 4500]),
  counter(duration("bucket", { le: "0.5" }), [99.9, 4500]),
  memory(100, 4500),
  counter(`process_cpu_seconds_total{${labels({})}}`, [1, 4500]),
  restarted("billing-5f6d-x7v2p", [0, 4500]),
];

interface Scenario {
  what: string;
  rule: string;
  /** @default billing */
  service?: Watched;
  series: readonly Series[];
  /** Minutes at which the rule is asked for the first and the last time. */
  minutes: readonly [from: number, to: number];
  /** Causes that the alert fires for, an empty one where the rule has only one; none: it stays quiet. */
  fires: readonly string[];
}

/** A rule that fires in one course of things and stays quiet in others. */
const scenarios: Scenario[] = [
  ...of("errors-page", [
    ["1.5 per cent of calls fail for an hour", failing(1.5, 62), [420, 422], [""]],
    ["1.4 per cent of calls fail for an hour", failing(1.4, 62), [420, 422], []],
    ["0.65 per cent of calls fail for six hours", failing(0.65, 362), [720, 722], [""]],
    ["0.55 per cent of calls fail for six hours", failing(0.55, 362), [720, 722], []],
    [
      "a bad hour has ended 35 minutes ago",
      [counter(calls("200"), [100, 460]), counter(calls("500"), [0, 360], [5, 60], [0, 40])],
      [456, 460],
      [],
    ],
    ["one call of sixty fails in a quiet hour", quietHour(1), [420, 425], []],
    ["nine calls of a quiet hour fail", quietHour(9), [420, 425], []],
    ["eleven calls of a quiet hour fail", quietHour(11), [420, 425], [""]],
    [
      "half of all calls get 404 or 429",
      [counter(calls("200"), [50, 430]), counter(calls("404"), [25, 430]), counter(calls("429"), [25, 430])],
      [420, 430],
      [],
    ],
    [
      "pods restart, and their counters begin again",
      [
        counter(calls("200"), [100, 380], "restart", [100, 20], "restart", [100, 30]),
        counter(calls("500"), [0.1, 380], "restart", [0.1, 20], "restart", [0.1, 30]),
      ],
      [400, 430],
      [],
    ],
    [
      "calls fail and pods restart over it",
      [
        counter(calls("200"), [100, 360], [95, 20], "restart", [95, 20], "restart", [95, 22]),
        counter(calls("500"), [0, 360], [5, 20], "restart", [5, 20], "restart", [5, 22]),
      ],
      [420, 422],
      [""],
    ],
    [
      "another service, and this one elsewhere, fail half of their calls",
      [
        ...failing(0.01, 62),
        counter(calls("500", { job: "routing" }), [50, 422]),
        counter(calls("200", { job: "routing" }), [50, 422]),
        counter(calls("500", { namespace: "production" }), [50, 422]),
        counter(calls("500", { job: "billing-export" }), [50, 422]),
      ],
      [420, 422],
      [],
    ],
    ["the service is gone and with it its metrics", [counter(calls("200"), [100, 360])], [420, 422], []],
    [
      "a pod says that it is not ready",
      [...failing(0, 62), counter(calls("503", { route: "/health/ready" }), [30, 422])],
      [420, 422],
      [],
    ],
    [
      "1.5 per cent of calls fail while Kubernetes asks often",
      [
        ...failing(1.5, 62),
        counter(calls("200", { route: "/health/live" }), [500, 422]),
        counter(calls("200", { route: "/metrics" }), [500, 422]),
      ],
      [420, 422],
      [""],
    ],
    ["one of two pods fails 3 per cent of calls", twoPods(3), [420, 422], [""]],
    ["one of two pods fails 2.6 per cent of calls", twoPods(2.6), [420, 422], []],
  ]),
  ...of(
    "errors-page",
    [
      ["95 per cent of calls fail, of which 10 may", failing(95, 62), [420, 422], [""]],
      ["85 per cent of calls fail for an hour, of which 10 may", failing(85, 62), [420, 422], []],
      ["65 per cent of calls fail for six hours, of which 10 may", failing(65, 362), [720, 722], [""]],
    ],
    modest,
  ),
  ...of("errors-ticket", [
    ["0.12 per cent of calls fail for three days", failing(0.12, 4400), [4730, 4760], [""]],
    ["0.09 per cent of calls fail for three days", failing(0.09, 4400), [4730, 4760], []],
    [
      "0.2 per cent of calls fail for ten hours of three days",
      [counter(calls("200"), [100, 4500]), counter(calls("500"), [0, 3900], [0.2, 600])],
      [4490, 4500],
      [],
    ],
    [
      "the bad days are over",
      [counter(calls("200"), [100, 5000]), counter(calls("500"), [0.5, 4500], [0, 500])],
      [4900, 5000],
      [],
    ],
  ]),
  ...of("latency-page", [
    ["16 per cent of calls are slow for an hour", slow(16, 62), [420, 422], [""]],
    ["14 per cent of calls are slow for an hour", slow(14, 62), [420, 422], []],
    ["7 per cent of calls are slow for six hours", slow(7, 362), [720, 722], [""]],
    ["5 per cent of calls are slow for six hours", slow(5, 362), [720, 722], []],
    ["another service is slow", slow(50, 62).map(elsewhere), [420, 422], []],
    ["the histogram lacks the bound", slow(16, 62, "0.4"), [420, 422], []],
  ]),
  ...["1", "1.0"].flatMap((le) =>
    of(
      "latency-page",
      [
        [`16 per cent take longer than a second, written ${le}`, slow(16, 62, le), [420, 422], [""]],
        [`14 per cent take longer than a second, written ${le}`, slow(14, 62, le), [420, 422], []],
      ],
      { ...billing, objectives: { ...billing.objectives, latency: { milliseconds: 1000, percent: 99 } } },
    ),
  ),
  ...of("latency-ticket", [
    ["1.2 per cent of calls are slow for three days", slow(1.2, 4400), [4730, 4760], ["the budget burns"]],
    ["0.9 per cent of calls are slow for three days", slow(0.9, 4400), [4730, 4760], []],
    ["the histogram lacks the bound", slow(0, 62, "0.4"), [400, 422], ["no bucket to measure by"]],
    ["nobody calls", [counter(duration("count"), [0, 420])], [400, 420], []],
  ]),
  ...of("uptime-page", [
    ["no pod answers for four minutes", [up("1x20 0x5"), up("1x20 0x5", second)], [10, 25], [noPod()]],
    ["no pod answers for two minutes", [up("1x20 0x2 1x10"), up("1x20 0x2 1x10", second)], [10, 30], []],
    ["one of two pods answers", [up("1x40"), up("0x40", second)], [10, 40], []],
    ["all pods are gone", [up("1x20"), up("1x20", second)], [10, 30], [noPod()]],
    ["there never was a pod, but other services run", [up("1x40", { job: "routing" })], [10, 20], [noPod()]],
    [
      "calls from two of three places fail",
      [up("1x40"), ...places("0x40", "0x40", "1x40")],
      [10, 40],
      [noAnswer()],
    ],
    ["calls from one of three places fail", [up("1x40"), ...places("0x40", "1x40", "1x40")], [10, 40], []],
    [
      "two of three rounds of calls fail",
      [up("1x40"), ...places(...Array<string>(3).fill("0 0 1 ".repeat(13)))],
      [10, 38],
      [noAnswer()],
    ],
    [
      "one round of calls fails",
      [up("1x40"), ...places(...Array<string>(3).fill("1x20 0 1x20"))],
      [5, 40],
      [],
    ],
    [
      "another service cannot be called",
      [up("1x40"), outside("eur-belgium", "0x40", "routing-1")],
      [10, 40],
      [],
    ],
    [
      "nobody answers, inside or outside",
      [up("0x40"), ...places("0x40", "0x40", "0x40")],
      [10, 40],
      [noPod(), noAnswer()],
    ],
  ]),
  ...of("uptime-ticket", [
    [
      "one of two pods answers",
      [up("1x60"), up("1x20 0x40", second)],
      [10, 60],
      ["fewer than 2 pods answer"],
    ],
    ["one of two pods is away for ten minutes", [up("1x60"), up("1x20 0x9 1x30", second)], [10, 58], []],
    ["two pods answer", [up("1x60"), up("1x60", second)], [10, 60], []],
  ]),
  ...of("saturation-ticket", [
    ["a pod has 232 of 256 MiB", [memory(232)], [10, 60], ["memory"]],
    ["a pod has 229 of 256 MiB", [memory(229)], [10, 60], []],
    [
      "memory is short for ten minutes",
      [gauge(`process_resident_memory_bytes{${labels({})}}`, `${2e8}x30 ${2.5e8}x9 ${2e8}x30`)],
      [10, 60],
      [],
    ],
    [
      "a container restarts every fifteen minutes",
      [restarted("billing-5f6d-x7v2p", ...crashing(15, 8))],
      [60, 120],
      ["restarts"],
    ],
    [
      "a container restarts twice",
      [restarted("billing-5f6d-x7v2p", [0, 10], ...crashing(20, 2))],
      [20, 50],
      [],
    ],
    [
      "a container of a service with a longer name restarts",
      [restarted("billing-export-5f6d-x7v2p", ...crashing(5, 24))],
      [60, 120],
      [],
    ],
    [
      "all four pods use 75 per cent of their CPU",
      pods(4, 75),
      [15, 60],
      ["cpu at the largest number of pods"],
    ],
    ["all four pods use 65 per cent of their CPU", pods(4, 65), [15, 60], []],
    ["three pods use all of their CPU, and there may be a fourth", pods(3, 100), [15, 60], []],
  ]),
  ...alertRules(billing).flatMap(({ name }) => of(name, [["all is well", well, [4330, 4500], []]])),
];

function of(
  rule: string,
  courses: [string, readonly Series[], readonly [number, number], readonly string[]][],
  service = billing,
): Scenario[] {
  return courses.map(([what, series, minutes, fires]) => ({ what, rule, service, series, minutes, fires }));
}

function noPod() {
  return "no pod answers";
}

function noAnswer() {
  return "the internet gets no answer";
}

/** One call a minute, of which the last ones fail. */
function quietHour(bad: number): Series[] {
  return [counter(calls("200"), [1, 425]), counter(calls("500"), [0, 421 - bad], [1, bad], [0, 4])];
}

function twoPods(percent: number): Series[] {
  return [
    counter(calls("200"), [100, 422]),
    counter(calls("200", second), [100, 360], [100 - percent, 62]),
    counter(calls("500", second), [0, 360], [percent, 62]),
  ];
}

function elsewhere({ series, values }: Series): Series {
  return { series: series.replace('job="billing"', 'job="routing"'), values };
}

/** A restart, and then none for some minutes, so many times. */
function crashing(everyMinutes: number, times: number): Course {
  return Array.from({ length: times }).flatMap((): [number, number][] => [
    [1, 1],
    [0, everyMinutes - 1],
  ]);
}

const ruleOf = ({ rule, service = billing }: Scenario): AlertRule => {
  const found = alertRules(service).find(({ name }) => name === rule);
  if (!found) throw new Error(`${service.service} has no rule ${rule}`);
  return found;
};

/** Causes for which the rule gave something for as long as it must. */
function firing({ forSeconds, everySeconds }: AlertRule, { error, series }: PromqlResult): string[] {
  if (error !== undefined) throw new Error(error);
  const fires = (moments: readonly number[]) => {
    let since: number | undefined;
    return moments.some((moment, at) => {
      if (since === undefined || moment - (moments[at - 1] ?? 0) > everySeconds) since = moment;
      return moment - since >= forSeconds;
    });
  };
  return series
    .filter(({ points }) => fires(points.map(({ seconds }) => seconds)))
    .map(({ labels: { cause = "" } }) => cause)
    .sort();
}

describe("alert rules", () => {
  const catalogue = Object.entries(readCatalogue(join(root, "catalog", "services")));
  const watched = catalogue.flatMap(([service, entry]) =>
    overridable.map((environment): Watched => ({
      service,
      namespace: environment,
      objectives: entry.objectives,
      replicas: serviceIn(entry, environment).replicas,
      resources: serviceIn(entry, environment).resources,
      ...(entry.exposes && { uptimeCheck: `${service}-1` }),
    })),
  );
  const expressions = watched.flatMap((service) => [
    ...alertRules(service).map(({ query }) => query),
    ...dashboardQueries(serviceDashboard({ ...service, repository: "https://github.com/acme/x" })),
  ]);

  let answer: PromqlAnswer;
  before(async () => {
    answer = await askPromql({
      parse: expressions,
      cases: scenarios.map((scenario) => ({
        interval: "1m",
        series: scenario.series,
        queries: [
          {
            expression: ruleOf(scenario).query,
            from: `${scenario.minutes[0]}m`,
            to: `${scenario.minutes[1]}m`,
            step: `${ruleOf(scenario).everySeconds}s`,
          },
        ],
      })),
    });
  });

  it("and dashboards of the whole catalogue, everywhere, are PromQL", () => {
    expect(expressions.length).to.be.above(catalogue.length * overridable.length * 15);
    const wrong = answer.parse.flatMap((error, at) => (error ? [`${expressions[at]}: ${error}`] : []));
    expect(wrong).to.deep.equal([]);
  });

  for (const [at, scenario] of scenarios.entries()) {
    const { rule, what, fires } = scenario;
    it(`${rule} ${fires.length > 0 ? "fires" : "stays quiet"} when ${what}`, () => {
      const [result] = answer.cases[at] ?? [];
      if (!result) throw new Error("the engine gave no answer");
      expect(firing(ruleOf(scenario), result)).to.deep.equal([...fires].sort());
    });
  }

  it("each fire in some course of things, and stay quiet in another", () => {
    const names = alertRules(billing).map(({ name }) => name);
    const those = (fires: boolean) =>
      new Set(scenarios.filter((one) => one.fires.length > 0 === fires).map(({ rule }) => rule));
    expect([...those(true)]).to.have.members(names);
    expect([...those(false)]).to.have.members(names);
  });
});
