import { serviceAgents } from "./rules/iam";
import type { Project } from "./rules/shape";

/**
 * What a call may say about other projects than its own: only what is there, or anything. `assumed` is for a cloud in
 * which one stack stands alone; what the call says about its own project is checked all the same.
 */
export type Elsewhere = "checked" | "assumed";

/** Whether a name (an id, a self link, an account's address, a pool) puts a thing into another project than this one. */
export function isElsewhere(name: string, own: Project): boolean {
  const project = projectIn(name);
  return project !== undefined && project !== own.id && project !== own.number;
}

/** The project, by id or number, that a name says; undefined for a bare name. */
function projectIn(name: string): string | undefined {
  const path = /(?:^|\/)projects\/([^/]+)\//.exec(name)?.[1];
  if (path !== undefined) return isTenant(path) ? undefined : path;
  const pool = /^([^./]+)\.svc\.id\.goog$/.exec(name)?.[1];
  return pool ?? homeOf(name);
}

/** The project of an account, which stands in its address after the @, and for Google's own before it. */
function homeOf(address: string): string | undefined {
  const [, account = "", place] = /^([^@]+)@([^@]+?)(?:\.iam)?\.gserviceaccount\.com$/.exec(address) ?? [];
  if (place === undefined) return undefined;
  if (place === "appspot") return account;
  return isGoogles(place) ? /\d+/.exec(account)?.[0] : place;
}

const isGoogles = (place: string): boolean =>
  ["developer", "cloudservices", ...serviceAgents.values()].includes(place) || place.startsWith("gcp-sa-");

/** A service attachment of Cloud SQL is in a project of Google's; whose instance it serves, the link does not say. */
const isTenant = (project: string): boolean => /^[0-9a-f]+p-tp$/.test(project);
