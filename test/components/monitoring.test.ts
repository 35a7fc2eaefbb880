import { expect } from "chai";

import { alertRules } from "../../components/alert-rules";
import { Monitoring, type MonitoringArgs } from "../../components/monitoring";
import { record, type Recording } from "../support/recorder";
import { watched } from "../support/watched";

const types = {
  policy: "gcp:monitoring/alertPolicy:AlertPolicy",
  check: "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
  dashboard: "gcp:monitoring/dashboard:Dashboard",
};
const channels = ["projects/acme/notificationChannels/1", "projects/acme/notificationChannels/2"];
const exposed = { host: "api.staging.acme.example", path: "/billing" };
const labels = { environment: "staging", owner: "billing-team", "managed-by": "pulumi" };

function monitoring(changes: Partial<MonitoringArgs> = {}, preview = false): Promise<Recording> {
  const args = {
    ...watched(),
    project: "acme-staging",
    repository: "https://github.com/acme/billing",
    labels,
    ...changes,
  };
  return record(() => new Monitoring("billing", args), { preview });
}

type Inputs = Readonly<Record<string, unknown>>;
type Condition = Record<"conditionPrometheusQueryLanguage", Record<string, unknown>>;

const conditionsOf = (inputs: Inputs) => inputs["conditions"] as Condition[];
const queryOf = (inputs: Inputs) => conditionsOf(inputs)[0]?.conditionPrometheusQueryLanguage["query"];

describe("monitoring of a service", () => {
  it("is a dashboard, a check from the internet and a policy a rule", async () => {
    const made = (await monitoring({ channels, exposed })).keys(({ custom }) => custom);
    expect(made).to.have.members([
      `${types.dashboard} billing`,
      `${types.check} billing`,
      ...alertRules(watched()).map(({ name }) => `${types.policy} billing-${name}`),
    ]);
  });

  it("is a dashboard alone where there is nobody to tell", async () => {
    const made = (await monitoring({ exposed })).keys(({ custom }) => custom);
    expect(made).to.deep.equal([`${types.dashboard} billing`]);
  });

  it("has no check from the internet where that cannot reach it", async () => {
    const recording = await monitoring({ channels });
    expect(recording.all(types.check)).to.deep.equal([]);
    expect(recording.all(types.policy)).to.have.length(alertRules(watched()).length);
  });

  it("tells every channel, and how urgent it is", async () => {
    for (const { name, inputs } of (await monitoring({ channels })).all(types.policy)) {
      expect(inputs["notificationChannels"]).to.deep.equal(channels);
      expect(inputs["severity"]).to.equal(name.endsWith("-page") ? "CRITICAL" : "WARNING");
      expect(inputs["userLabels"]).to.deep.equal({
        ...labels,
        service: "billing",
        kind: name.split("-")[1],
        urgency: name.split("-")[2],
      });
    }
  });

  it("gives a policy the one condition that PromQL may have, of metrics that are not there yet", async () => {
    const recording = await monitoring({ channels });
    for (const rule of alertRules(watched())) {
      const { inputs } = recording.one(types.policy, `billing-${rule.name}`);
      expect(conditionsOf(inputs)).to.deep.equal([
        {
          displayName: rule.title,
          conditionPrometheusQueryLanguage: {
            query: rule.query,
            duration: `${rule.forSeconds}s`,
            evaluationInterval: `${rule.everySeconds}s`,
            disableMetricValidation: true,
          },
        },
      ]);
    }
  });

  it("asks for the check that Google named, in the rule of uptime alone", async () => {
    const recording = await monitoring({ channels, exposed });
    const naming = recording
      .all(types.policy)
      .filter(({ inputs }) => String(queryOf(inputs)).includes('check_id="check-of-billing"'));
    expect(naming.map(({ name }) => name)).to.deep.equal(["billing-uptime-page"]);
  });

  it("shows all other queries in a preview, where nobody knows the check's name", async () => {
    const recording = await monitoring({ channels, exposed }, true);
    const hidden = recording
      .all(types.policy)
      .filter(({ inputs }) => !String(queryOf(inputs)).includes('job="billing"'));
    expect(hidden.map(({ name }) => name)).to.deep.equal(["billing-uptime-page"]);
  });

  it("names policies so that nobody takes one for another's", async () => {
    const names = (await monitoring({ channels }))
      .all(types.policy)
      .map(({ inputs }) => inputs["displayName"]);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^staging: billing: /);
  });

  it("says in every policy what to do, with links to dashboard, logs and code", async () => {
    for (const { inputs } of (await monitoring({ channels })).all(types.policy)) {
      const { content, subject, links } = inputs["documentation"] as {
        content: string;
        subject: string;
        links: { displayName: string; url: string }[];
      };
      expect(content).to.contain("1. ");
      expect(subject).to.match(/^(Now|This week): billing in staging: /);
      expect(links.map(({ displayName }) => displayName)).to.deep.equal(["Dashboard", "Logs", "Code"]);
      expect(links.map(({ url }) => url)).to.deep.equal([
        "https://console.cloud.google.com/monitoring/dashboards/builder/of-billing?project=acme-staging",
        "https://console.cloud.google.com/logs/query;query=resource.type%3D%22k8s_container%22%0A" +
          "resource.labels.namespace_name%3D%22staging%22%0A" +
          "labels.%22k8s-pod%2Fapp_kubernetes_io%2Fname%22%3D%22billing%22?project=acme-staging",
        "https://github.com/acme/billing",
      ]);
    }
  });

  it("calls the exposed path as a customer would, and takes any answer of the service's own", async () => {
    const { inputs } = (await monitoring({ channels, exposed })).one(types.check);
    expect(inputs["monitoredResource"]).to.deep.equal({
      type: "uptime_url",
      labels: { project_id: "acme-staging", host: "api.staging.acme.example" },
    });
    expect(inputs["httpCheck"]).to.deep.equal({
      path: "/billing",
      port: 443,
      useSsl: true,
      validateSsl: true,
      requestMethod: "GET",
      acceptedResponseStatusCodes: [
        { statusClass: "STATUS_CLASS_2XX" },
        { statusClass: "STATUS_CLASS_3XX" },
        { statusClass: "STATUS_CLASS_4XX" },
      ],
    });
    expect(inputs["contentMatchers"]).to.deep.equal([
      { matcher: "NOT_CONTAINS_STRING", content: "fault filter abort" },
    ]);
    // Google takes no fewer, and one of three that is alone in trouble is outvoted.
    expect(inputs["selectedRegions"]).to.have.length(3);
  });
});
