import type { ServiceEntry } from "../config/service";

/** A service as its metrics name it. */
export interface Identified {
  /** The service's name; its PodMonitoring is called so, and with it the label `job`. */
  service: string;
  /** The namespace it runs in, which is called as the environment. */
  namespace: string;
}

/** A service with what it promises. */
export interface Measured extends Identified {
  objectives: ServiceEntry["objectives"];
}

/** PromQL of calls that an objective looks at: those that went wrong, and all of them, summed over pods. */
export interface Calls {
  bad: (what: "rate" | "increase", window: string) => string;
  all: (what: "rate" | "increase", window: string) => string;
}

// Kubernetes and the load balancer ask several times a minute whether a pod lives; their calls would thin out failures.
const probes = 'route!~"/health(/.*)?|/metrics"';

/** Selects a metric of the calls that callers make; `matchers` are added as they are. */
export function callsOf(service: Identified, metric: string, ...matchers: string[]): string {
  return selector(service, metric, probes, ...matchers);
}

/** Calls by the objective of availability: 5xx are failures of ours; 4xx, with 429 among them, are the caller's. */
export function failedCalls(service: Identified): Calls {
  return {
    bad: sumOf(callsOf(service, "http_requests_total", 'code=~"5.."')),
    all: sumOf(callsOf(service, "http_requests_total")),
  };
}

/** Calls by the objective of latency: slow ones are those that the bucket of the objective does not count. */
export function slowCalls(service: Measured): Calls {
  const all = sumOf(callsOf(service, "http_request_duration_seconds_count"));
  const fast = fastCalls(service);
  return { bad: (what, window) => `(${all(what, window)} - ${fast(what, window)})`, all };
}

/** Calls that the bucket of the objective counts; none at all where a service has no such bucket. */
export function fastCalls(service: Measured): Calls["all"] {
  const bound = boundOf(service.objectives.latency.milliseconds);
  return sumOf(callsOf(service, "http_request_duration_seconds_bucket", bound));
}

/** Whole seconds are written `1` by some collectors and `1.0` by others. */
function boundOf(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return Number.isInteger(seconds) ? `le=~"${seconds}([.]0)?"` : `le="${seconds}"`;
}

/** The part of calls that went wrong, between 0 and 1; nothing where there was no call. */
export function badRatio(calls: Calls, window: string): string {
  return `${calls.bad("rate", window)} / ${calls.all("rate", window)}`;
}

/** A selector of one service's series; `matchers` are added as they are. */
export function selector({ service, namespace }: Identified, metric: string, ...matchers: string[]): string {
  return `${metric}{${[`namespace="${namespace}"`, `job="${service}"`, ...matchers].join(",")}}`;
}

/**
 * Restarts of a service's containers, from GKE's own metrics: a pod that dies at once never shows any of its own.
 *
 * The pods of a Deployment are called NAME-HASH-HASH, which no pod of a service with a longer name is.
 * https://cloud.google.com/monitoring/api/metrics_kubernetes
 */
export function restarts({ service, namespace }: Identified): string {
  const pods = `namespace_name="${namespace}",pod_name=~"${service}-[^-]+-[^-]+"`;
  return `kubernetes_io:container_restart_count{monitored_resource="k8s_container",${pods}}`;
}

function sumOf(series: string): Calls["all"] {
  return (what, window) => `sum(${what}(${series}[${window}]))`;
}
