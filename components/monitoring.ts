import * as monitoring from "@pulumi/gcp/monitoring";
import type { monitoring as inputs } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";

import { type AlertRule, alertRules } from "./alert-rules";
import { serviceDashboard, type Shown } from "./service-dashboard";

export interface MonitoringArgs extends Shown {
  project: string;
  /** Labels of alert policies and of the uptime check, which the provider's default labels do not reach. */
  labels: Record<string, string>;
  /**
   * Whom to tell. Left out, nobody: there is a dashboard, and no alert.
   * @default nobody
   */
  channels?: readonly pulumi.Input<string>[];
  /**
   * Where the internet reaches it.
   * @default nowhere
   */
  exposed?: { host: pulumi.Input<string>; path: string };
}

/**
 * What watches one service: a dashboard, and where somebody is to be told, its alerts and a check from the internet.
 *
 * The check is 130,000 calls a month, of which a project has a million free; a policy costs cents a month.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Monitoring", name, {}, opts);

    const dashboard = new monitoring.Dashboard(
      name,
      { dashboardJson: JSON.stringify(serviceDashboard(args)) },
      { parent: this },
    );
    const { channels, exposed } = args;
    if (channels) {
      const check =
        exposed && new monitoring.UptimeCheckConfig(name, uptimeCheckArgs(args, exposed), { parent: this });
      for (const rule of alertRules(args)) {
        new monitoring.AlertPolicy(
          `${name}-${rule.name}`,
          {
            ...alertPolicyArgs(args, rule, dashboard.id),
            conditions: [condition(rule, check ? queryWith(args, rule, check.uptimeCheckId) : rule.query)],
            notificationChannels: [...channels],
          },
          { parent: this },
        );
      }
    }

    this.registerOutputs({});
  }
}

/** Only Google knows the id of a check, and only one rule names it: all other queries are plain in a preview. */
function queryWith(args: Shown, rule: AlertRule, check: pulumi.Output<string>): pulumi.Input<string> {
  if (rule.name !== "uptime-page") return rule.query;
  return check.apply(
    (uptimeCheck) =>
      alertRules({ ...args, uptimeCheck }).find(({ name }) => name === rule.name)?.query ?? rule.query,
  );
}

const severities = { page: "CRITICAL", ticket: "WARNING" } as const;

function alertPolicyArgs(
  { service, namespace, project, repository, labels }: MonitoringArgs,
  { title, kind, urgency, documentation }: AlertRule,
  dashboard: pulumi.Input<string>,
): Omit<monitoring.AlertPolicyArgs, "conditions"> {
  const logs = `resource.type="k8s_container"\nresource.labels.namespace_name="${namespace}"\nlabels."k8s-pod/app_kubernetes_io/name"="${service}"`;
  return {
    displayName: `${namespace}: ${service}: ${title}`,
    // There is one condition: a policy whose condition is PromQL may have no other.
    combiner: "OR",
    severity: severities[urgency],
    alertStrategy: { autoClose: "1800s" },
    documentation: {
      mimeType: "text/markdown",
      subject: `${urgency === "page" ? "Now" : "This week"}: ${service} in ${namespace}: ${title}`,
      content: documentation,
      links: [
        {
          displayName: "Dashboard",
          url: pulumi.interpolate`https://console.cloud.google.com/monitoring/dashboards/builder/${last(dashboard)}?project=${project}`,
        },
        {
          displayName: "Logs",
          url: `https://console.cloud.google.com/logs/query;query=${encodeURIComponent(logs)}?project=${project}`,
        },
        { displayName: "Code", url: repository },
      ],
    },
    userLabels: { ...labels, service, kind, urgency },
  };
}

/** The last part of a resource's name. */
function last(name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(name).apply((text) => text.split("/").at(-1) ?? text);
}

function condition(rule: AlertRule, query: pulumi.Input<string>): inputs.AlertPolicyCondition {
  return {
    displayName: rule.title,
    conditionPrometheusQueryLanguage: {
      query,
      duration: `${rule.forSeconds}s`,
      evaluationInterval: `${rule.everySeconds}s`,
      // Google looks for the metrics at once, and there is none before the first pod and the first call.
      disableMetricValidation: true,
    },
  };
}

/**
 * A call of the path that is exposed, as a customer's would go: name, certificate, load balancer, route, pod.
 *
 * The paths of the probes are not exposed, and not every service answers its own path without a login, so any answer
 * but a failure of ours is one. Only the load balancer must not answer in the service's place: where it has no route
 * it says 404 with these words.
 */
function uptimeCheckArgs(
  { service, namespace, project, labels }: MonitoringArgs,
  { host, path }: NonNullable<MonitoringArgs["exposed"]>,
): monitoring.UptimeCheckConfigArgs {
  return {
    displayName: `${namespace}: ${service}`,
    monitoredResource: { type: "uptime_url", labels: { project_id: project, host } },
    httpCheck: {
      path,
      port: 443,
      useSsl: true,
      validateSsl: true,
      requestMethod: "GET",
      acceptedResponseStatusCodes: ["2XX", "3XX", "4XX"].map((answers) => ({
        statusClass: `STATUS_CLASS_${answers}`,
      })),
    },
    contentMatchers: [{ matcher: "NOT_CONTAINS_STRING", content: "fault filter abort" }],
    period: "60s",
    timeout: "10s",
    // Three are the fewest that Google takes: one that cannot call is then outvoted.
    selectedRegions: ["EUROPE", "USA_VIRGINIA", "ASIA_PACIFIC"],
    userLabels: { ...labels, service },
  };
}
