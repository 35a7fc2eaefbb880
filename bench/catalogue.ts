import { stringify } from "yaml";

import type { Catalogue } from "../config/catalogue";
import type { ServiceEntry } from "../config/service";

/**
 * A catalogue of any size in which services are what they are in a real one: as often with each store, and by its
 * owners. File name to text.
 */
export function generatedCatalogue(services: number, real: Catalogue): ReadonlyMap<string, string> {
  const kinds = Object.values(real);
  const digits = String(services).length;
  return new Map(
    Array.from({ length: services }, (_, index) => [
      `service-${String(index + 1).padStart(digits, "0")}.yaml`,
      fileOf(kinds[index % kinds.length]),
    ]),
  );
}

function fileOf(kind: ServiceEntry | undefined): string {
  if (kind === undefined) throw new RangeError("an empty catalogue shows no service to take after");
  return stringify({ owner: kind.owner, repository: kind.repository, stores: kind.stores });
}
