import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { parse, stringify } from "yaml";

import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { SettingsError } from "../../config/problems";
import { releasesFolder, releasesOf } from "../../config/releases";
import type { ServicesSettings } from "../../config/settings";
import type { ChartName } from "../../local/registry/artifact-registry";
import { invented } from "../../local/registry/content";
import { addressOf, placeOf } from "../../local/registry/place";
import type { WorldClient } from "../../local/world/client";
import type { ChartFile } from "../../local/world/control";
import { CommandFailure, exitCodes } from "../failure";

export interface DemoCharts {
  /** Checkout with the catalogue, the base chart and the template of a service. */
  readonly root: string;
  readonly client: Pick<WorldClient, "missingCharts" | "publishCharts">;
  /** Path of Helm. */
  readonly helm: string;
  /** Folder for what is there for a moment only. */
  readonly temporary: string;
  readonly onProgress: (line: string) => void;
}

/** What says, beside a chart, that no pipeline has made it. */
const mark = { [invented]: "packaged by ./platform local up; its image was never built" };

/**
 * Sees to it that the registry of the world has a chart for every service that a stack releases, and the base of them
 * all: here no pipeline has pushed any. What is there stays, whoever has pushed it.
 *
 * @throws CommandFailure when a chart cannot be packaged
 */
export async function fillRegistry(services: ServicesSettings, demo: DemoCharts): Promise<void> {
  const place = placeOf(services.charts);
  if (!place) return;
  const { root, client, onProgress } = demo;
  const repository = addressOf(place);
  const catalogue = readCatalogue(join(root, "catalog", "services"));
  const wanted = [baseChart(root), ...released(root, services, catalogue)];

  const looked = await client.missingCharts({ repository, charts: wanted });
  if ("refused" in looked) return onProgress(`no demo charts: ${looked.refused}`);
  if (looked.charts.length === 0) return;
  onProgress(`packaging ${looked.charts.length} demo charts`);
  mkdirSync(demo.temporary, { recursive: true });
  const folder = mkdtempSync(join(demo.temporary, "charts-"));
  try {
    const charts = await each(looked.charts, (chart) => packaged(chart, catalogue, folder, repository, demo));
    const published = await client.publishCharts({ repository, charts });
    // What needs them says that they are not there, and what to do.
    if ("refused" in published) onProgress(`no demo charts: ${published.refused}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The digest that stands in a demo chart for that of an image: the same wherever it is made, and no image's. */
export function inventedDigest({ name, version }: ChartName): string {
  return `sha256:${createHash("sha256").update(`${name}@${version}`).digest("hex")}`;
}

/** What a new service's chart says of it; a service without a database has nothing to migrate. */
export function demoValues(root: string, name: string, catalogue: Catalogue): string {
  const template = join(root, "templates", "service", "chart", "values.yaml");
  const text = existsSync(template) ? readFileSync(template, "utf8") : "";
  const { service = {} } = (parse(text) ?? {}) as { service?: Record<string, unknown> };
  const { migration, ...rest } = service;
  const migrates = migration !== undefined && catalogue[name]?.stores.includes("postgres") === true;
  return stringify({ service: { ...rest, ...(migrates && { migration }) } });
}

function released(root: string, services: ServicesSettings, catalogue: Catalogue): ChartName[] {
  try {
    const releases = releasesOf(services, join(root, releasesFolder), catalogue);
    return Object.entries(releases).map(([name, { version }]) => ({ name, version }));
  } catch (error) {
    if (error instanceof SettingsError) throw new CommandFailure(error.message, exitCodes.wrong);
    throw error;
  }
}

const baseFolder = (root: string) => join(root, "charts", "service");

function baseChart(root: string): ChartName {
  const { name, version } = parse(readFileSync(join(baseFolder(root), "Chart.yaml"), "utf8")) as ChartName;
  return { name, version };
}

async function packaged(
  chart: ChartName,
  catalogue: Catalogue,
  folder: string,
  repository: string,
  { root, helm }: DemoCharts,
): Promise<ChartFile> {
  const { name, version } = chart;
  const base = baseFolder(root);
  // The user's own settings and plugins of Helm stay out of it.
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, HELM: helm };
  const values = join(folder, `${name}.yaml`);
  const [program, ...args] =
    name in catalogue
      ? [
          ...["sh", join(base, "package.sh"), "--values", values, "--name", name, "--version", version],
          ...["--repository", imageOf(repository, name), "--digest", inventedDigest(chart)],
          ...["--output", folder],
        ]
      : [helm, "package", base, "--destination", folder];
  if (name in catalogue) writeFileSync(values, demoValues(root, name, catalogue));
  try {
    await promisify(execFile)(program ?? "", args, { env });
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    throw new CommandFailure(`the demo chart of ${name} ${version} cannot be packaged: ${words}`);
  }
  const archive = readFileSync(join(folder, `${name}-${version}.tgz`)).toString("base64");
  return { name, version, archive, annotations: mark };
}

/** Images lie beside the charts, on a shelf of their own. */
function imageOf(repository: string, name: string): string {
  return `${repository.slice(0, repository.lastIndexOf("/"))}/images/${name}`;
}

/** All of them in their order, as many at once as this machine has cores. */
async function each<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++)
      made[index] = await make(items[index] as T);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return made;
}
