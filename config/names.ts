import { createHash } from "node:crypto";

/**
 * Longest physical name of each kind, in characters.
 *
 * Sources: GKE cluster and node pool 40; Compute Engine, KMS, DNS, Certificate Manager, Memorystore and Backup for GKE names
 * 63; Secret Manager 255; Cloud SQL instance 98 with its project in front, of which a project takes up to 30 and the colon one. A
 * service account's id may have 30, but as a database login it is `ID@PROJECT.iam`, for which PostgreSQL has 63: 28 are
 * left beside the longest project.
 */
export const nameLimits = {
  cluster: 40,
  nodePool: 40,
  serviceAccount: 28,
  network: 63,
  publicName: 63,
  key: 63,
  sqlInstance: 67,
  cache: 63,
  secret: 255,
  backupPlan: 63,
} as const;

export type NameKind = keyof typeof nameLimits;

/** Bytes of the random part of a name that must be safe to re-create; it reads as twice as many hex digits. */
export const suffixBytes = 3;

/** Room that `-` and the random part take. */
const suffixLength = 1 + 2 * suffixBytes;

/** A physical name made of parts joined by dashes, shortened to the kind's limit without collisions. */
export function physicalName(kind: NameKind, ...parts: readonly string[]): string {
  return shorten(parts.join(separators[kind] ?? "-"), nameLimits[kind]);
}

/**
 * No part has two dashes in a row, so two of them keep the parts apart: in the project that pop-ups share,
 * `popup-a` with service `b-c` must not get the account of `popup-a-b` with service `c`.
 */
const separators: Partial<Record<NameKind, string>> = { serviceAccount: "--", cache: "--", secret: "--" };

/** As `physicalName`, with room left for the random suffix that the caller appends as `-xxxxxx`. */
export function suffixedName(kind: NameKind, ...parts: readonly string[]): string {
  return shorten(parts.join("-"), nameLimits[kind] - suffixLength);
}

/**
 * A name of parts and a hash of every field whose change replaces what has it, so that the new one can stand beside
 * the old one.
 */
export function versionedName(kind: NameKind, parts: readonly string[], replacingFields: unknown): string {
  const hash = digest(JSON.stringify(replacingFields), 8);
  return `${shorten(parts.join("-"), nameLimits[kind] - hash.length - 1)}-${hash}`;
}

/** A node pool's name, by which the new pool can stand beside the one that it replaces. */
export function poolName(parts: readonly string[], replacingFields: unknown): string {
  return versionedName("nodePool", parts, replacingFields);
}

/** Longest part of a domain between two dots (RFC 1035). */
const longestLabel = 63;

/**
 * The name under which the internet finds a host of an environment: `HOST.DOMAIN`. In a domain that several stacks
 * share it is `HOST-STACK.DOMAIN`, one label, since that is what a wildcard certificate covers.
 */
export function hostName(of: { host: string; domain: string; stack: string; shared: boolean }): string {
  const label = of.shared ? `${of.host}-${of.stack}` : of.host;
  return `${shorten(label, longestLabel)}.${of.domain}`;
}

/** `text` as it is when it fits, else its beginning and a hash of all of it, so two names never shorten to one. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const hash = digest(text, 6);
  return `${text.slice(0, limit - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
