import { isPopup } from "../../config/stacks";
import { exactVersion } from "../../config/version";
import { longestLife, written } from "./lifetime";
import type { Tags } from "./place";

/** What is done with a pop-up: it is being made or changed, it is there, it is being removed. */
export type Phase = "making" | "up" | "going";

const phases: readonly Phase[] = ["making", "up", "going"];

/** What is known of a pop-up beside what the engine knows: kept in tags of its stack, from before its first resource. */
export interface PopupRecord {
  readonly stack: string;
  readonly owner: string;
  readonly made: Date;
  readonly expires: Date;
  /** The environment whose versions it runs. */
  readonly from: string;
  /** Versions of its own. */
  readonly versions: Readonly<Record<string, string>>;
  /** Its part of the address plan. */
  readonly slice: string;
  readonly phase: Phase;
}

/** A stack of which the tags do not say for certain what it is. */
export interface Unproved {
  readonly stack: string;
  readonly problem: string;
}

/** Kind of stack that the reaper may remove; a name alone is no proof. */
const kind = "popup";

export function tagsOf(record: Omit<PopupRecord, "stack">): Tags {
  return {
    "popup:kind": kind,
    "popup:owner": record.owner,
    "popup:made": written(record.made),
    "popup:expires": written(record.expires),
    "popup:from": record.from,
    "popup:versions": Object.entries(record.versions)
      .map(([service, version]) => `${service}=${version}`)
      .join(" "),
    "popup:slice": record.slice,
    "popup:phase": record.phase,
  };
}

/** The record of a stack, or why its tags are none. Whatever is not certain is a problem, since a record is acted upon. */
export function recordOf(stack: string, tags: Tags): PopupRecord | Unproved {
  const unproved = (problem: string): Unproved => ({ stack, problem });
  const tag = (name: string) => tags[`popup:${name}`] ?? "";
  if (!isPopup(stack)) return unproved("its name is no pop-up's");
  if (tag("kind") !== kind) return unproved("it has no record: `platform popup up` has not made it");
  const owner = tag("owner").trim();
  if (owner === "") return unproved("its record says no owner");
  const made = timeOf(tag("made"));
  const expires = timeOf(tag("expires"));
  if (!made || !expires) {
    return unproved(`its record says made ${shown(tag("made"))} and expires ${shown(tag("expires"))}`);
  }
  if (expires < made) return unproved("its record says that it expired before it was made");
  const phase = phases.find((known) => known === tag("phase"));
  if (!phase) return unproved(`its record says phase ${shown(tag("phase"))}`);
  const versions = versionsOf(tag("versions"));
  if (!versions) return unproved(`its record says versions ${shown(tag("versions"))}`);
  return { stack, owner, made, expires, from: tag("from"), versions, slice: tag("slice"), phase };
}

export function isProved(record: PopupRecord | Unproved): record is PopupRecord {
  return !("problem" in record);
}

/** Why no command can have written this time of expiry, or undefined where one can. */
export function expiryProblem({ expires }: PopupRecord, now: Date): string | undefined {
  return expires.getTime() - now.getTime() > longestLife * 1000
    ? `its record says that it expires ${written(expires)}, which is longer than any pop-up lives`
    : undefined;
}

function timeOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const time = new Date(text);
  // Days that a month does not have.
  return Number.isNaN(time.getTime()) || written(time) !== text ? undefined : time;
}

function versionsOf(text: string): Record<string, string> | undefined {
  const pairs = text
    .split(" ")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("="));
  return pairs.every(([, version]) => exactVersion.safeParse(version).success)
    ? (Object.fromEntries(pairs) as Record<string, string>)
    : undefined;
}

function shown(text: string): string {
  return text === "" ? "nothing" : JSON.stringify(text);
}
