import { coresOf, bytesOf, type Watched } from "./alert-rules";
import { badRatio, type Calls, callsOf, failedCalls, restarts, selector, slowCalls } from "./service-metrics";

/** What the dashboard of a service shows beside its metrics. */
export interface Shown extends Omit<Watched, "uptimeCheck"> {
  repository: string;
}

/** A dashboard as Cloud Monitoring takes it. https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards */
export interface Dashboard {
  displayName: string;
  mosaicLayout: { columns: number; tiles: readonly Tile[] };
}

interface Tile {
  /** Left out at the edge: Google drops a zero, and the dashboard would differ from its program for ever. */
  xPos?: number;
  yPos?: number;
  width: number;
  height: number;
  widget: Widget;
}

interface Widget {
  title: string;
  text?: { content: string; format: "MARKDOWN" };
  scorecard?: { timeSeriesQuery: Query; thresholds?: readonly object[]; sparkChartView?: object };
  xyChart?: {
    dataSets: readonly { timeSeriesQuery: Query }[];
    thresholds?: readonly object[];
    yAxis: object;
  };
}

interface Query {
  prometheusQuery: string;
  unitOverride: string;
}

const columns = 48;

/** The dashboard of one service: what is left of its objectives, then traffic, errors, latency, saturation, versions. */
export function serviceDashboard(service: Shown): Dashboard {
  const { availability, latency } = service.objectives;
  const [failed, slow] = [failedCalls(service), slowCalls(service)];
  const up = selector(service, "up");
  const memory = selector(service, "process_resident_memory_bytes");
  const cpu = `rate(${selector(service, "process_cpu_seconds_total")}[5m])`;
  const rows: { height: number; widgets: Widget[] }[] = [
    { height: 6, widgets: [about(service)] },
    {
      height: 8,
      widgets: [
        budgetLeft("Availability budget left, 28 days", failed, availability),
        budgetLeft("Latency budget left, 28 days", slow, latency.percent),
        scorecard("Pods that answer", `sum(${up})`, "1", service.replicas.min),
        scorecard("Calls a second", failed.all("rate", "5m"), "1/s"),
      ],
    },
    {
      height: 16,
      widgets: [
        chart("Traffic: calls a second by code", "1/s", {
          "{{code}}": `sum by (code) (rate(${callsOf(service, "http_requests_total")}[5m]))`,
        }),
        chart(
          "Errors: per cent of calls that fail",
          "%",
          { "failed calls": `100 * ${zeroWhereNone(failed, "5m")}` },
          100 - availability,
        ),
      ],
    },
    {
      height: 16,
      widgets: [
        chart(
          "Latency: percentiles",
          "s",
          { "50 per cent": quantile(0.5), "95 per cent": quantile(0.95), "99 per cent": quantile(0.99) },
          latency.milliseconds / 1000,
        ),
        chart(
          `Latency: per cent of calls slower than ${latency.milliseconds} ms`,
          "%",
          { "slow calls": `100 * ${badRatio(slow, "5m")}` },
          100 - latency.percent,
        ),
      ],
    },
    {
      height: 16,
      widgets: [
        chart(
          "Saturation: memory by pod",
          "By",
          { "{{pod}}": `max by (pod) (${memory})` },
          bytesOf(service.resources.memory),
        ),
        chart(
          "Saturation: CPU by pod",
          "{cpu}",
          { "{{pod}}": `sum by (pod) (${cpu})` },
          coresOf(service.resources.cpu),
        ),
        chart("Saturation: restarts", "1", {
          "{{pod_name}}": `sum by (pod_name) (increase(${restarts(service)}[10m]))`,
        }),
      ],
    },
    {
      height: 16,
      widgets: [
        chart("Versions: pods that answer", "1", { "{{version}}": `count by (version) (${up} == 1)` }),
        chart(
          "Pods: that answer, and the most there may be",
          "1",
          { pods: `sum(${up})` },
          service.replicas.max,
        ),
      ],
    },
  ];
  return {
    displayName: `${service.namespace}: ${service.service}`,
    mosaicLayout: { columns, tiles: laidOut(rows) },
  };

  function quantile(part: number): string {
    const buckets = callsOf(service, "http_request_duration_seconds_bucket");
    return `histogram_quantile(${part}, sum by (le) (rate(${buckets}[5m])))`;
  }
}

/** Every query of a dashboard. */
export function dashboardQueries({ mosaicLayout }: Dashboard): string[] {
  return mosaicLayout.tiles.flatMap(({ widget: { scorecard: card, xyChart } }) =>
    [
      ...(card ? [card.timeSeriesQuery] : []),
      ...(xyChart?.dataSets.map(({ timeSeriesQuery }) => timeSeriesQuery) ?? []),
    ].map(({ prometheusQuery }) => prometheusQuery),
  );
}

/** Rows of equally wide widgets, one below the other. */
function laidOut(rows: readonly { height: number; widgets: readonly Widget[] }[]): Tile[] {
  let below = 0;
  return rows.flatMap(({ height, widgets }) => {
    const top = below;
    below += height;
    const width = columns / widgets.length;
    return widgets.map((widget, at) => ({
      ...(at > 0 && { xPos: at * width }),
      ...(top > 0 && { yPos: top }),
      width,
      height,
      widget,
    }));
  });
}

function about({ service, objectives, repository, replicas, resources }: Shown): Widget {
  const { availability, latency } = objectives;
  return {
    title: `What ${service} promises`,
    text: {
      content: [
        `Over 28 days, **${availability} %** of calls are answered without a failure of ours, and **${latency.percent} %** within **${latency.milliseconds} ms**.`,
        `${replicas.min} to ${replicas.max} pods of ${resources.cpu} CPU and ${resources.memory}. Code: ${repository}`,
      ].join("\n\n"),
      format: "MARKDOWN",
    },
  };
}

/** Per cent of the error budget that is left; below zero the promise is broken. */
function budgetLeft(title: string, calls: Calls, percent: number): Widget {
  const budget = Number(((100 - percent) / 100).toPrecision(6));
  return scorecard(title, `100 * (1 - ${zeroWhereNone(calls, "28d")} / ${budget})`, "%", 25);
}

/** A code that never came has no series; the part of failed calls is then nought and not unknown. */
function zeroWhereNone({ bad, all }: Calls, window: string): string {
  return `(${bad("rate", window)} or vector(0)) / ${all("rate", window)}`;
}

function scorecard(title: string, prometheusQuery: string, unitOverride: string, least?: number): Widget {
  return {
    title,
    scorecard: {
      timeSeriesQuery: { prometheusQuery, unitOverride },
      sparkChartView: { sparkChartType: "SPARK_LINE" },
      ...(least !== undefined && { thresholds: [{ value: least, color: "RED", direction: "BELOW" }] }),
    },
  };
}

function chart(title: string, unitOverride: string, queries: Record<string, string>, limit?: number): Widget {
  return {
    title,
    xyChart: {
      dataSets: Object.entries(queries).map(([legendTemplate, prometheusQuery]) => ({
        timeSeriesQuery: { prometheusQuery, unitOverride },
        legendTemplate: legendTemplate.replace(/^\{\{(\w+)\}\}$/, "${metric.labels.$1}"),
        plotType: "LINE",
        targetAxis: "Y1",
      })),
      yAxis: { scale: "LINEAR" },
      ...(limit !== undefined && {
        // `100 - 99.9` is a tenth but for the fourteenth digit.
        thresholds: [{ value: Number(limit.toPrecision(12)), targetAxis: "Y1" }],
      }),
    },
  };
}
