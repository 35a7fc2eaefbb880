/** Writes schemas/: what editors check in stack files and in the catalogue with its versions, and what `platform preview --json` prints. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { previewSchema } from "../cli/preview/document";
import { releasesSchema, serviceSchema, stackSchema } from "../config/editor-schema";

const folder = join(__dirname, "..", "schemas");
const schemas = {
  "stack.schema.json": stackSchema(),
  "service.schema.json": serviceSchema(),
  "releases.schema.json": releasesSchema(),
  "preview.schema.json": previewSchema(),
};

mkdirSync(folder, { recursive: true });
for (const [file, schema] of Object.entries(schemas)) {
  writeFileSync(join(folder, file), `${JSON.stringify(schema, undefined, 2)}\n`);
  process.stdout.write(`schemas/${file}\n`);
}
