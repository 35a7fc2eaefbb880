import * as helm from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { Alerts } from "../../components/alerts";
import { parseSettings } from "../../config/parse";
import { serviceEntry } from "../../config/service";
import type { DeliverySettings } from "../../config/settings";
import { createBudget, createMonitoring } from "../../environments/monitoring";
import { record } from "../support/recorder";
import { changed, popup, stackConfig } from "../support/settings";

const types = {
  policy: "gcp:monitoring/alertPolicy:AlertPolicy",
  check: "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
  dashboard: "gcp:monitoring/dashboard:Dashboard",
  channel: "gcp:monitoring/notificationChannel:NotificationChannel",
  budget: "gcp:billing/budget:Budget",
  release: "kubernetes:helm.sh/v3:Release",
};

const entry = (more: object) =>
  serviceEntry.parse({ owner: "billing-team", repository: "https://github.com/acme/x", stores: [], ...more });
const billing = entry({
  exposes: { host: "api", path: "/billing" },
  environments: {
    production: { replicas: { min: 3, max: 20 }, resources: { cpu: "500m", memory: "512Mi" } },
  },
});
const routing = entry({ owner: "messaging-team" });

/** The part of an environment that watches two services, with the settings that the stack has in its file. */
function watching(stack: string, config = stackConfig(stack)) {
  const settings = parseSettings(config) as DeliverySettings;
  return record(
    () => {
      const outside = { providers: [] };
      const alerts =
        settings.alerts &&
        new Alerts("platform", { ...settings.alerts, slackToken: pulumi.secret("xoxb-1") }, outside);
      const release = (name: string) => new helm.Release(name, { chart: "service" });
      createMonitoring(
        stack,
        settings,
        {
          billing: { entry: billing, release: release("billing"), host: "api.acme.example" },
          // It has no path that the internet may call, so a host changes nothing.
          routing: { entry: routing, release: release("routing"), host: "api.acme.example" },
        },
        { outside, labels: { environment: stack, owner: settings.owner }, alerts },
      );
      createBudget(stack, settings, { outside, alerts });
    },
    { stack },
  );
}

describe("what watches an environment", () => {
  it("is a dashboard and all alerts for each service, and a check for those on the internet", async () => {
    const recording = await watching("staging");
    expect(recording.all(types.dashboard).map(({ name }) => name)).to.deep.equal(["billing", "routing"]);
    expect(recording.all(types.check).map(({ name }) => name)).to.deep.equal(["billing"]);
    expect(recording.all(types.policy)).to.have.length(14);
  });

  it("is dashboards only in a pop-up, which has nobody to tell", async () => {
    const made = (await watching(popup)).keys(({ custom, type }) => custom && type !== types.release);
    expect(made).to.deep.equal([`${types.dashboard} billing`, `${types.dashboard} routing`]);
  });

  it("goes by what the service has in this environment", async () => {
    const query = async (stack: string, policy: string) =>
      JSON.stringify((await watching(stack)).one(types.policy, policy).inputs["conditions"]);
    expect(await query("staging", "billing-uptime-ticket")).to.contain("< 2");
    expect(await query("production", "billing-uptime-ticket")).to.contain("< 3");
    expect(await query("production", "billing-saturation-ticket")).to.contain(">= 20");
    expect(await query("production", "routing-uptime-ticket")).to.contain("< 2");
  });

  it("comes after the release, since what does not run yet raises its own alert", async () => {
    const recording = await watching("staging");
    const releases = recording.all(types.release);
    for (const { urn, name } of recording.all(types.policy)) {
      const release = releases.find((one) => name.startsWith(one.name));
      expect(recording.prerequisites(urn).has(release?.urn ?? ""), name).to.equal(true);
    }
  });

  it("is labelled with the service's own team", async () => {
    const owners = (await watching("staging"))
      .all(types.policy)
      .map(({ inputs }) => (inputs["userLabels"] as Record<string, string>)["owner"]);
    expect(new Set(owners)).to.deep.equal(new Set(["billing-team", "messaging-team"]));
  });

  it("tells the mailbox what the project costs, where the settings plan it", async () => {
    const recording = await watching("production");
    const { inputs, propertyDependencies } = recording.one(types.budget);
    expect(inputs["budgetFilter"]).to.deep.equal({
      projects: [`projects/${parseSettings(stackConfig("production")).projectNumber}`],
      calendarPeriod: "MONTH",
    });
    expect(propertyDependencies["allUpdatesRule"]).to.deep.equal([
      recording.one(types.channel, "platform-email").urn,
    ]);
    const unplanned = await watching("production", changed("production", { "platform:budget": undefined }));
    expect(unplanned.all(types.budget)).to.deep.equal([]);
    expect((await watching(popup)).all(types.budget)).to.deep.equal([]);
  });
});
