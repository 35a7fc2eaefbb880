/**
 * Prints where the code of a service is, as the catalogue of this checkout says.
 *
 *   repository.ts SERVICE
 */
import { join } from "node:path";

import { catalogueFolder, readCatalogue } from "../../config/catalogue";

const [service = ""] = process.argv.slice(2);
const catalogue = readCatalogue(join(__dirname, "..", "..", catalogueFolder));
const entry = Object.hasOwn(catalogue, service) ? catalogue[service] : undefined;
if (entry) process.stdout.write(`${entry.repository}\n`);
else {
  process.stderr.write(
    `there is no service ${JSON.stringify(service)} in ${catalogueFolder}; take one of ${Object.keys(catalogue).join(", ")}\n`,
  );
  process.exitCode = 1;
}
