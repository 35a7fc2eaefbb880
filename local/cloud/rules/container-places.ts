/** Where clusters and their nodes stand, and which version they run. */
import { listAt, textAt } from "./read";
import type { Surroundings, Values } from "./shape";

/** What a new cluster runs when nobody asks for a version. */
export const currentVersion = "1.34.1-gke.3355000";

export const isZone = (location: string): boolean => /-[a-z]$/.test(location);

export const regionOf = (location: string): string => location.replace(/-[a-z]$/, "");

/** The zones that nodes stand in: asked for, or the cluster's own, or three of its region. */
export function nodeLocationsOf(cluster: Values, location: string): string[] {
  const asked = listAt(cluster, "nodeLocations").map(String);
  if (asked.length > 0) return asked;
  return isZone(location) ? [location] : zonesOf(location);
}

/** Zone letters are a, b, c almost everywhere. */
const zonesOf = (region: string): string[] =>
  (({ "europe-west1": ["b", "c", "d"], "us-east1": ["b", "c", "d"] })[region] ?? ["a", "b", "c"]).map(
    (letter) => `${region}-${letter}`,
  );

/** The named secondary ranges of a cluster's subnetwork, or undefined when the subnetwork is not known. */
export function secondaryRanges(
  cluster: Values,
  around: Surroundings,
): ReadonlyMap<string, string> | undefined {
  const name = textAt(cluster, "subnetwork");
  const found = name && around.find({ kinds: ["compute/subnetwork:Subnetwork"] }, name, around.project.id);
  if (!found) return undefined;
  return new Map(
    listAt(found.inputs, "secondaryIpRanges").map((range) => [
      textAt(range, "rangeName") ?? "",
      textAt(range, "ipCidrRange") ?? "",
    ]),
  );
}
