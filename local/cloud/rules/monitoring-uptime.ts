import { at, lastSegment, listAt, textAt } from "./read";
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
  type Surroundings,
  type Values,
} from "./shape";

const kind = "monitoring/uptimeCheckConfig:UptimeCheckConfig";

/** Places that a check runs from, with the number of locations in each: Google wants three at least. */
const regions: Readonly<Record<string, number>> = {
  ASIA_PACIFIC: 1,
  EUROPE: 1,
  SOUTH_AMERICA: 1,
  USA: 3,
  USA_IOWA: 1,
  USA_OREGON: 1,
  USA_VIRGINIA: 1,
};

/** What can be watched, and the labels that say where it is; other types of resources are not emulated. */
const resources: Readonly<Record<string, readonly string[]>> = {
  uptime_url: ["host"],
  k8s_service: ["location", "cluster_name", "namespace_name", "service_name"],
};

export const uptimeCheckConfig: Rule = {
  kind,
  api: "monitoring.googleapis.com",
  // Google makes the id of the name and of letters that it draws.
  id: (inputs, around) => {
    const slug = (textAt(inputs, "displayName") ?? "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    const drawn = Number(around.number(15, slug, String(around.list(kind).length))).toString(36);
    return `projects/${around.project.id}/uptimeCheckConfigs/${slug}-${drawn}`;
  },
  inputs: {
    checkerType: oneOf(["STATIC_IP_CHECKERS", "VPC_CHECKERS"], { replaces: true, computed: true }),
    contentMatchers: list(
      object({
        content: text({ required: true, maxLength: 1024 }),
        jsonPathMatcher: object({
          jsonMatcher: oneOf(["EXACT_MATCH", "REGEX_MATCH"], { default: "EXACT_MATCH" }),
          jsonPath: text({ required: true }),
        }),
        matcher: oneOf(
          [
            "CONTAINS_STRING",
            "NOT_CONTAINS_STRING",
            "MATCHES_REGEX",
            "NOT_MATCHES_REGEX",
            "MATCHES_JSON_PATH",
            "NOT_MATCHES_JSON_PATH",
          ],
          { default: "CONTAINS_STRING" },
        ),
      }),
      { maxItems: 1 },
    ),
    deletionPolicy: deletionPolicy(),
    displayName: text({ required: true, maxLength: 512 }),
    httpCheck: object({
      acceptedResponseStatusCodes: list(
        object({
          statusClass: text({
            pattern: /^STATUS_CLASS_([1-5]XX|ANY)$/,
            rule: "a class such as STATUS_CLASS_2XX",
          }),
          statusValue: number({ min: 100, max: 599 }),
        }),
      ),
      body: text(),
      contentType: oneOf(["TYPE_UNSPECIFIED", "URL_ENCODED", "USER_PROVIDED"]),
      customContentType: text(),
      headers: map(text(), { computed: true }),
      maskHeaders: flag(),
      path: text({ default: "/" }),
      port: number({ computed: true, min: 1, max: 65535 }),
      requestMethod: oneOf(["GET", "POST"], { replaces: true, default: "GET" }),
      useSsl: flag(),
      validateSsl: flag(),
    }),
    logCheckFailures: flag(),
    monitoredResource: object(
      {
        labels: map(text(), { required: true, replaces: true }),
        type: oneOf(Object.keys(resources), { required: true, replaces: true }),
      },
      { replaces: true },
    ),
    period: oneOf(["60s", "300s", "600s", "900s"], { default: "300s" }),
    project: project(),
    selectedRegions: list(oneOf(Object.keys(regions))),
    tcpCheck: object({ port: number({ required: true, min: 1, max: 65535 }) }),
    timeout: text({ required: true, pattern: /^([1-9]|[1-5]\d|60)(\.0+)?s$/, rule: "1s to 60s" }),
    userLabels: labels(),
  },
  computed: ["checkerType", "httpCheck.port", "name", "uptimeCheckId"],
  outputs: ({ id, inputs }) => ({
    checkerType: "STATIC_IP_CHECKERS",
    ...(inputs["httpCheck"] !== undefined && {
      httpCheck: { port: at(inputs, "httpCheck", "useSsl") === true ? 443 : 80 },
    }),
    name: id,
    uptimeCheckId: lastSegment(id),
  }),
  refuses: (inputs) => {
    const needed = resources[textAt(inputs, "monitoredResource", "type") ?? ""] ?? [];
    const places = listAt(inputs, "selectedRegions").map(String);
    const secure = at(inputs, "httpCheck", "useSsl") === true;
    return [
      ...(inputs["monitoredResource"] ? [] : ["monitoredResource: the emulated cloud needs it"]),
      ...((inputs["httpCheck"] === undefined) === (inputs["tcpCheck"] === undefined)
        ? ["httpCheck, tcpCheck: exactly one of them"]
        : []),
      ...needed
        .filter((name) => !textAt(inputs, "monitoredResource", "labels", name))
        .map((name) => `monitoredResource.labels: ${name} is missing`),
      ...(places.length > 0 && places.reduce((sum, name) => sum + (regions[name] ?? 0), 0) < 3
        ? ["selectedRegions: at least 3 locations; USA has 3, the others have 1"]
        : []),
      ...(at(inputs, "httpCheck", "validateSsl") === true && !secure
        ? ["httpCheck.validateSsl: only with useSsl"]
        : []),
      ...(at(inputs, "httpCheck", "body") !== undefined && at(inputs, "httpCheck", "requestMethod") !== "POST"
        ? ["httpCheck.body: only with requestMethod POST"]
        : []),
    ];
  },
  keeps: (state, around) => {
    const users = policiesOn(state, around);
    return users.length > 0
      ? `Cannot delete check ${textAt(state, "uptimeCheckId")}: One or more alerting policies is using it. Delete the alerting policy first. (${users.join(", ")})`
      : undefined;
  },
  takes: { create: 3, update: 3, remove: 3 },
  source: "terraform-provider-google resource_monitoring_uptime_check_config",
};

/** Policies whose filters name the check. That Google looks into queries of PromQL too is unproven, and not done here. */
function policiesOn(check: Values, around: Surroundings): string[] {
  const id = textAt(check, "uptimeCheckId") ?? "";
  return around
    .list("monitoring/alertPolicy:AlertPolicy")
    .filter(({ project, inputs }) =>
      listAt(inputs, "conditions").some((condition) =>
        ["conditionThreshold", "conditionAbsent"].some(
          (name) =>
            project === around.project.id && textAt(condition, name, "filter")?.includes(`"${id}"`) === true,
        ),
      ),
    )
    .map((policy) => policy.id);
}
