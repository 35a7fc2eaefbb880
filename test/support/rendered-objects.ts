/** What `charts/service` renders in an environment that has everything, kept in a file that a reviewer reads. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import type { ClusterContext, ClusterObject } from "../../policies/policy";

export const renderedFile = join(__dirname, "rendered", "billing.yaml");

/** Where images of the product come from. */
export const context: ClusterContext = {
  images: ["europe-west1-docker.pkg.dev/acme-ci/images", "gcr.io/cloud-sql-connectors"],
  available: true,
};

export function objectsIn(text: string): ClusterObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as ClusterObject | null;
    return object === null ? [] : [object];
  });
}

export const renderedObjects = () => objectsIn(readFileSync(renderedFile, "utf8"));

/** Anything inside an object, for a test to change. */
export type Block = Record<string, unknown>;

/** The objects with one of them changed at a path such as `spec.template.spec`; undefined takes a value out. */
export function withChange(
  objects: readonly ClusterObject[],
  kind: string,
  path: string,
  value: unknown,
): ClusterObject[] {
  const copy = structuredClone(objects) as ClusterObject[];
  const object = copy.find((candidate) => candidate.kind === kind);
  if (!object) throw new Error(`there is no ${kind}`);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const inside = keys.reduce<Block>((block, key) => (block[key] ??= {}) as Block, object as unknown as Block);
  if (value === undefined) delete inside[last];
  else inside[last] = value;
  return copy;
}
