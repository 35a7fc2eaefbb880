import { alertPolicy } from "./monitoring-alert-policy";
import { dashboard } from "./monitoring-dashboard";
import { uptimeCheckConfig } from "./monitoring-uptime";
import { textAt } from "./read";
import { deletionPolicy, flag, labels, map, object, project, text, type Rule, type Values } from "./shape";

/** What a channel of a type cannot do without. */
const needs: Readonly<Record<string, { label?: string; secret?: string }>> = {
  email: { label: "email_address" },
  slack: { label: "channel_name", secret: "authToken" },
  pagerduty: { secret: "serviceKey" },
  pubsub: { label: "topic" },
  webhook_tokenauth: { label: "url" },
  webhook_basicauth: { label: "url", secret: "password" },
  sms: { label: "number" },
};

const notificationChannel: Rule = {
  kind: "monitoring/notificationChannel:NotificationChannel",
  api: "monitoring.googleapis.com",
  // Google numbers channels itself, so two that are alike are two.
  id: (inputs, around) => {
    const alike = around.list("monitoring/notificationChannel:NotificationChannel").length;
    const words = [
      JSON.stringify(inputs["labels"] ?? {}),
      textAt(inputs, "displayName") ?? "",
      String(alike),
    ];
    return `projects/${around.project.id}/notificationChannels/${around.number(19, ...words)}`;
  },
  inputs: {
    deletionPolicy: deletionPolicy(),
    description: text({ maxLength: 1024 }),
    displayName: text({ maxLength: 512 }),
    enabled: flag({ default: true }),
    forceDelete: flag({ default: false, providerOnly: true }),
    labels: map(text()),
    project: project(),
    sensitiveLabels: object({
      authToken: text({ secret: true }),
      password: text({ secret: true }),
      serviceKey: text({ secret: true }),
    }),
    type: text({ required: true }),
    userLabels: labels(),
  },
  computed: ["name", "verificationStatus"],
  outputs: ({ id }) => ({ name: id, verificationStatus: "" }),
  refuses: (inputs) => {
    const type = textAt(inputs, "type") ?? "";
    const needed = needs[type];
    if (!needed) return [`type: ${type} is not one of ${Object.keys(needs).join(", ")}`];
    const labels = (inputs["labels"] ?? {}) as Values;
    return [
      ...(needed.label && !labels[needed.label]
        ? [`labels.${needed.label}: a channel of type ${type} needs it`]
        : []),
      ...(needed.secret &&
      !labels["auth_token"] &&
      !(inputs["sensitiveLabels"] as Values | undefined)?.[needed.secret]
        ? [`sensitiveLabels.${needed.secret}: a channel of type ${type} needs it`]
        : []),
    ];
  },
  takes: { create: 3, update: 3, remove: 3 },
  source: "terraform-provider-google resource_monitoring_notification_channel",
};

export const monitoring: readonly Rule[] = [notificationChannel, alertPolicy, dashboard, uptimeCheckConfig];
