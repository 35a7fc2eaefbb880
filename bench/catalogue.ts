import { stringify } from "yaml";

import type { Catalogue } from "../config/catalogue";
import type { Releases } from "../config/releases";
import type { ServiceEntry } from "../config/service";

/**
 * A catalogue of any size in which services are what they are in a real one: the real ones over and over, each time with
 * calls among themselves and paths of their own. File name to text.
 */
export function generatedCatalogue(services: number, real: Catalogue): ReadonlyMap<string, string> {
  const kinds = Object.entries(real);
  const names = namesOf(services);
  return new Map(
    names.map((name, index) => {
      const [, kind] = kinds[index % kinds.length] ?? [];
      if (kind === undefined) throw new RangeError("an empty catalogue shows no service to take after");
      const first = index - (index % kinds.length);
      const twin = (called: string) => names[first + kinds.findIndex(([of]) => of === called)];
      return [`${name}.yaml`, stringify(entryOf(name, kind, twin))];
    }),
  );
}

/** A version for every service of a generated catalogue. */
export function generatedReleases(services: number): Releases {
  // One object for all would be written as aliases, of which a file may have no more than a hundred.
  const release = () => ({ version: "1.0.0", by: "bench", build: "generated" });
  return Object.fromEntries(namesOf(services).map((name) => [name, release()]));
}

function namesOf(services: number): string[] {
  const digits = String(services).length;
  return Array.from({ length: services }, (_, index) => `service-${String(index + 1).padStart(digits, "0")}`);
}

function entryOf(
  name: string,
  { calls, exposes, retired: _, ...kind }: ServiceEntry,
  twin: (called: string) => string | undefined,
): Partial<ServiceEntry> {
  return {
    ...kind,
    // The last ones may be too few for everyone to have whom it calls.
    calls: calls.flatMap((called) => twin(called) ?? []),
    ...(exposes && { exposes: { host: exposes.host, path: `/${name}` } }),
  };
}
