import { stringify } from "yaml";

import type { Catalogue } from "../config/catalogue";
import type { Releases } from "../config/releases";
import type { ServiceEntry } from "../config/service";

/**
 * A catalogue of any size in which services are what they are in a real one, by its owners and with everything that
 * they ask for; whom one calls is among those that were made with it. File name to text.
 */
export function generatedCatalogue(services: number, real: Catalogue): ReadonlyMap<string, string> {
  const kinds = Object.keys(real);
  return new Map(
    generatedNames(services).map((name, index, names) => {
      const kind = real[kinds[index % kinds.length] ?? ""];
      if (kind === undefined) throw new RangeError("an empty catalogue shows no service to take after");
      const first = index - (index % kinds.length);
      const calls = kind.calls.flatMap((called) => names[first + kinds.indexOf(called)] ?? []);
      return [`${name}.yaml`, stringify(entryOf(name, kind, calls))];
    }),
  );
}

/** What runs where all services of a generated catalogue do: the text of a file of releases. */
export function generatedReleases(services: number): string {
  const release = { version: "1.0.0", by: "bench", build: "main/1" };
  return stringify(
    Object.fromEntries(generatedNames(services).map((name) => [name, release])) satisfies Releases,
    { aliasDuplicateObjects: false },
  );
}

function generatedNames(services: number): string[] {
  const digits = String(services).length;
  return Array.from({ length: services }, (_, index) => `service-${String(index + 1).padStart(digits, "0")}`);
}

/** No two services are reached by one address, and none is about to go. */
function entryOf(name: string, kind: ServiceEntry, calls: readonly string[]) {
  const exposes = kind.exposes && { ...kind.exposes, path: `/${name}` };
  return { ...kind, calls, ...(exposes && { exposes }), retired: false };
}
