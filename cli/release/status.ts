import { join } from "node:path";

import { type Catalogue, catalogueFolder, readCatalogue } from "../../config/catalogue";
import type { ReleaseEntry, Releases } from "../../config/releases";
import { compareVersions } from "../../config/version";
import { print, printJson, table, type Terminal } from "../terminal";
import { readReleasesFile, stacksWithReleases } from "./files";

/** Which version of a service is in which environment's file. */
export interface ServiceStatus {
  readonly service: string;
  readonly retired: boolean;
  /** By environment; null where it does not run. */
  readonly releases: Readonly<Record<string, ReleaseEntry | null>>;
  /** What somebody should know, `production is behind staging`. */
  readonly remarks: readonly string[];
}

/** `platform release status`: which version of which service is in which environment's file. */
export function status(checkout: string, { json }: Terminal): void {
  const catalogue = readCatalogue(join(checkout, catalogueFolder));
  const stacks = stacksWithReleases(checkout);
  const services = statusOf(
    catalogue,
    Object.fromEntries(stacks.map((stack) => [stack, readReleasesFile(checkout, stack, catalogue).releases])),
  );
  if (json) printJson({ stacks, services });
  else print(statusText(stacks, services));
}

/** All services of the catalogue with their releases by environment. */
export function statusOf(
  catalogue: Catalogue,
  releases: Readonly<Record<string, Releases>>,
): ServiceStatus[] {
  return Object.entries(catalogue).map(([service, { retired }]) => {
    const own = Object.fromEntries(
      Object.entries(releases).map(([stack, all]) => [stack, all[service] ?? null]),
    );
    return { service, retired, releases: own, remarks: remarksOf(retired, own) };
  });
}

/** A row for each service, a column for each environment. */
export function statusText(stacks: readonly string[], services: readonly ServiceStatus[]): string {
  if (services.length === 0) return `${catalogueFolder} has no service`;
  return table(
    ["SERVICE", ...stacks.map((stack) => stack.toUpperCase()), "REMARKS"],
    services.map(({ service, releases, remarks }) => [
      service,
      ...stacks.map((stack) => releases[stack]?.version ?? "—"),
      remarks.join(", "),
    ]),
  );
}

function remarksOf(retired: boolean, releases: ServiceStatus["releases"]): string[] {
  const nowhere = Object.values(releases).every((release) => release === null);
  return [
    ...(retired ? ["retired"] : []),
    ...(nowhere ? ["not released"] : promotionOf(releases["staging"] ?? null, releases["production"])),
  ];
}

function promotionOf(staging: ReleaseEntry | null, production: ReleaseEntry | null | undefined): string[] {
  if (production === undefined) return [];
  if (production === null) return staging ? ["not in production"] : [];
  if (staging === null) return ["not in staging"];
  const order = compareVersions(production.version, staging.version);
  if (order === 0) return [];
  return [order < 0 ? "production is behind staging" : "production is ahead of staging"];
}
