import { gunzipSync } from "node:zlib";

import type { Api, KubernetesObject } from "../../../clusters/api";
import type { Values } from "../../../cloud/rules/shape";

/** One revision of a release, as Helm keeps it in a secret of the release's namespace. */
export interface Revision {
  readonly number: number;
  /** In Helm's words: `deployed`, `superseded`, `failed`, `pending-install`, … */
  readonly status: string;
  /** Who made it: the mark of an operation of this world, or undefined. */
  readonly operation: string | undefined;
  readonly contents: RevisionContents;
}

export interface RevisionContents {
  readonly info: { readonly description?: string };
  readonly chart: {
    readonly metadata: { readonly name: string; readonly version: string; readonly appVersion?: string };
  };
  /** The values that were given, without those of the chart. */
  readonly config?: Values | null;
  readonly manifest: string;
  readonly hooks?: readonly { readonly name: string; readonly kind: string; readonly manifest: string }[];
}

/** Label of Helm's secrets that says which operation of this world made a revision. */
export const operationLabel = "platform.local/operation";

interface Secret extends KubernetesObject {
  readonly data: { readonly release: string };
}

/** All revisions of a release, the newest last; none when there is no such release. */
export async function revisionsOf(api: Api, namespace: string, name: string): Promise<Revision[]> {
  const selector = encodeURIComponent(`owner=helm,name=${name}`);
  const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`;
  const { items } = await api.get<{ items: Secret[] }>(path);
  return items.map(revisionOf).sort((a, b) => a.number - b.number);
}

/** The newest revision that was once good, which is what Helm goes back to. */
export function lastGood(revisions: readonly Revision[]): Revision | undefined {
  return (
    revisions.findLast(({ status }) => status === "deployed") ??
    revisions.findLast(({ status }) => status === "superseded")
  );
}

function revisionOf({ metadata, data }: Secret): Revision {
  const { labels = {} } = metadata;
  let contents: RevisionContents | undefined;
  return {
    number: Number(labels["version"]),
    status: labels["status"] ?? "unknown",
    operation: labels[operationLabel],
    // Rendered charts are large, and mostly only the newest is looked into.
    get contents() {
      return (contents ??= unpacked(data.release));
    },
  };
}

/** Helm packs JSON with gzip and base64; the API adds its own base64. */
function unpacked(release: string): RevisionContents {
  const packed = Buffer.from(Buffer.from(release, "base64").toString(), "base64");
  return JSON.parse(gunzipSync(packed).toString()) as RevisionContents;
}
