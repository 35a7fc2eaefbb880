import { parseAllDocuments } from "yaml";

/** An object as a chart renders it. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly generateName?: string };
}

/** The objects of a rendered chart. */
export function objectsIn(manifest: string): Rendered[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object = document.toJS() as Rendered | null;
    if (!object?.kind) return [];
    // A list is taken for what is in it, as kubectl and Helm do.
    const { items } = object as { items?: Rendered[] };
    return object.kind === "List" && items ? items : [object];
  });
}

/** Names of a release's objects by kind, as the provider groups them: `Deployment.apps/apps/v1`, `Service/v1`. */
export function resourceNamesOf(manifest: string): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { apiVersion, kind, metadata } of objectsIn(manifest)) {
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
    const key = `${kind}${group}/${apiVersion}`;
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    names.set(key, (names.get(key) ?? new Set()).add(name ?? ""));
  }
  return Object.fromEntries([...names].map(([key, set]) => [key, [...set].sort()]));
}
