import { DeletionGuard } from "../components/deletion-guard";
import { Project } from "../components/project";
import { PublicName } from "../components/public-name";
import { physicalName } from "../config/names";
import type { Loaded } from "../config/load";
import type { PopupsSettings } from "../config/settings";
import { grantPipelines, grantPopups } from "./access";
import { labelsOf } from "./ground";
import { createAlerts, createBudget } from "./monitoring";

/** APIs of what is made here. A pop-up switches on what it needs itself. */
const apis = [
  "billingbudgets",
  "certificatemanager",
  // What is left of a pop-up is looked up there.
  "cloudasset",
  "cloudresourcemanager",
  "dns",
  "logging",
  "monitoring",
];

/**
 * The base of the project that pop-ups share: what takes too long to make for each of them, and outlives them all.
 *
 * Zone and certificates are called as the stack, which is how templates/popup.yaml knows them. What else belongs here
 * when there is need of it: an account for the nodes of all pop-ups, and an SQL instance that they share.
 */
export function createPopups(stack: string, settings: Loaded<PopupsSettings>) {
  const { project, region, domain, lifecycle } = settings;
  const ground = new Project("project", {
    project,
    region,
    labels: labelsOf(stack, settings),
    apis: apis.map((api) => `${api}.googleapis.com`),
  });
  const outside = { providers: ground.providers };

  const name = new PublicName(
    "public",
    { domain, calledAs: physicalName("publicName", stack), lifecycle },
    outside,
  );
  const { deployer, ...pipelines } = settings;
  const access = [...grantPipelines(pipelines, outside), ...grantPopups({ project, deployer }, outside)];
  const alerts = createAlerts(settings, outside);
  const budget = createBudget(stack, settings, { outside, alerts });

  const parts = [ground, name, ...access, alerts, budget];
  new DeletionGuard("environment", { lifecycle, guarded: parts.filter((part) => !!part) });

  return {
    domain,
    zone: name.zone,
    certificateMap: name.certificateMap,
    nameServers: name.nameServers,
  };
}
