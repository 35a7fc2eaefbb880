import type * as pulumi from "@pulumi/pulumi";

import { Alerts } from "../components/alerts";
import { Budget } from "../components/budget";
import { Monitoring } from "../components/monitoring";
import type { LoadedSettings } from "../config/load";
import { type ServiceEntry, serviceIn } from "../config/service";
import type { DeliverySettings } from "../config/settings";
import type { Ground } from "./ground";

/** A service that runs, as far as watching it goes. */
export interface Running {
  entry: ServiceEntry;
  /** What makes it run. It is watched from then on: a service that is not there yet would raise its own alert. */
  release: pulumi.Resource;
  /**
   * Name under which the internet reaches it.
   * @default nothing watches it from there
   */
  host?: pulumi.Input<string>;
}

/** Whom to tell, where the settings name somebody, and the providers of an environment. */
interface Around extends Pick<Ground, "outside" | "labels"> {
  alerts?: Alerts | undefined;
}

/** Where alerts go; nowhere where the settings name nobody. */
export function createAlerts(
  { alerts, slackToken }: Pick<LoadedSettings, "alerts" | "slackToken">,
  outside: Ground["outside"],
): Alerts | undefined {
  return alerts && slackToken && new Alerts("platform", { ...alerts, slackToken }, outside);
}

/** A dashboard for each service that runs; where there is somebody to tell, its alerts too. */
export function createMonitoring(
  stack: string,
  settings: Pick<DeliverySettings, "project" | "services">,
  services: Readonly<Record<string, Running>>,
  { outside, labels, alerts }: Around,
): Monitoring[] {
  return Object.entries(services).map(([service, { entry, release, host }]) => {
    const { replicas, resources } = serviceIn(entry, settings.services.overrides);
    return new Monitoring(
      service,
      {
        service,
        namespace: stack,
        project: settings.project,
        repository: entry.repository,
        objectives: entry.objectives,
        replicas,
        resources,
        labels: { ...labels, owner: entry.owner },
        ...(alerts && { channels: alerts.channels }),
        ...(entry.exposes && host !== undefined && { exposed: { host, path: entry.exposes.path } }),
      },
      // A policy names no release, yet must not come before it.
      { ...outside, dependsOn: release },
    );
  });
}

/** Mail when the project costs more than the settings say; nothing where they do not say. */
export function createBudget(
  stack: string,
  settings: Pick<LoadedSettings, "budget" | "projectNumber">,
  { outside, alerts }: Omit<Around, "labels">,
): Budget | undefined {
  const { budget, projectNumber } = settings;
  if (!budget || !alerts) return undefined;
  return new Budget("project", { prefix: stack, projectNumber, ...budget, emails: [alerts.email] }, outside);
}
