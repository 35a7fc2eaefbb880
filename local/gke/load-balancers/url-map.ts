/** How a gateway's routes read as a URL map of the cloud. */
import type { Value, Values } from "../../cloud/rules/shape";
import { type Attachment, type Backend, overlap } from "./attachment";
import type { Listener, RouteRule } from "./gateway-objects";

/** Hosts with their rules, and for requests that no host is for `nobody`: the id of a backend service. */
export function urlMapInputs(
  attachments: readonly Attachment[],
  listeners: readonly Listener[],
  serviceOf: (backend: Backend) => string,
  nobody: string,
): Values {
  const rules = new Map<string, { length: number; exact: boolean; values: Values }[]>();
  for (const attachment of attachments) {
    for (const host of hostsOf(attachment, listeners)) {
      const known = rules.get(host) ?? [];
      rules.set(host, [
        ...known,
        ...attachment.rules.flatMap((entry) => routeRules(entry, serviceOf, nobody)),
      ]);
    }
  }
  const matchers = [...rules]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([host, found], index) => ({
      host,
      name: `host${index + 1}`,
      // The most exact path first, as the Gateway API has it.
      routeRules: [...found]
        .sort((one, other) => Number(other.exact) - Number(one.exact) || other.length - one.length)
        .map(({ values }, priority): Values => ({ priority: priority + 1, ...values })),
    }));
  return {
    defaultService: nobody,
    hostRules: matchers.map(({ host, name }) => ({ hosts: [host], pathMatcher: name })),
    pathMatchers: matchers.map(({ name, routeRules }) => ({ name, defaultService: nobody, routeRules })),
  };
}

/** The hosts of the route that its listeners serve; without any, those of the listeners, or all. */
function hostsOf({ route, listeners: own }: Attachment, served: readonly Listener[]): string[] {
  const { hostnames = [] } = route.spec;
  const listeners = own.filter((listener) => served.includes(listener));
  const hosts = listeners.flatMap(({ hostname }) =>
    hostnames.length === 0 ? [hostname ?? "*"] : hostnames.filter((host) => overlap(hostname, host)),
  );
  return [...new Set(hosts)];
}

function routeRules(
  { rule, backends }: { rule: RouteRule; backends: readonly Backend[] },
  serviceOf: (backend: Backend) => string,
  nobody: string,
) {
  const matches = rule.matches && rule.matches.length > 0 ? rule.matches : [{}];
  return matches.map(({ path }) => {
    const { type = "PathPrefix", value = "/" } = path ?? {};
    const field = { Exact: "fullPathMatch", RegularExpression: "regexMatch" }[type] ?? "prefixMatch";
    return {
      length: value.length,
      exact: type === "Exact",
      values: { matchRules: [{ [field]: value }], ...actionOf(rule, backends, serviceOf, nobody) },
    };
  });
}

function actionOf(
  rule: RouteRule,
  backends: readonly Backend[],
  serviceOf: (backend: Backend) => string,
  nobody: string,
): Record<string, Value> {
  const redirect = rule.filters?.find(({ requestRedirect }) => requestRedirect)?.requestRedirect;
  if (redirect) {
    return {
      urlRedirect: {
        httpsRedirect: redirect.scheme === "https",
        ...(redirect.hostname !== undefined && { hostRedirect: redirect.hostname }),
        redirectResponseCode: redirect.statusCode === 301 ? "MOVED_PERMANENTLY_DEFAULT" : "FOUND",
        stripQuery: false,
      },
    };
  }
  const [first, ...others] = backends;
  if (!first) return { service: nobody };
  if (others.length === 0) return { service: serviceOf(first) };
  return {
    routeAction: {
      weightedBackendServices: backends.map((backend) => ({
        backendService: serviceOf(backend),
        weight: Math.min(backend.weight, 1000),
      })),
    },
  };
}
